#!/usr/bin/env bash
# The Azure SDK for Python beside the bot: what one writes, the other reads.
. "$(dirname "$0")/../start.sh"
python_clients azure-identity azure-mgmt-security
start_sandbox --tls --bot
for name in azure-core azure-identity azure-mgmt-security; do
  python_version "$name"
done
python "$RECIPES/azure-python/with_bot.py"
