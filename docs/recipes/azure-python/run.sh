#!/usr/bin/env bash
# The Azure SDK for Python against the Azure emulator, over TLS, as the SDK sends no token without it.
. "$(dirname "$0")/../start.sh"
python_clients azure-identity azure-mgmt-network azure-mgmt-resourcegraph azure-mgmt-security
start_sandbox --tls
for name in azure-core azure-identity azure-mgmt-network azure-mgmt-resourcegraph azure-mgmt-security; do
  python_version "$name"
done
python "$RECIPES/azure-python/run.py"
