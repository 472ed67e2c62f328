#!/usr/bin/env bash
# The Azure CLI beside the bot: what one writes, the other reads.
. "$(dirname "$0")/../start.sh"
python_clients azure-cli
start_sandbox --tls --bot
python_version azure-cli
. "$RECIPES/azure-cli/shown.sh"

STAGING=22222222-aaaa-4bbb-8ccc-000000000002
discord() { python3 "$RECIPES/azure-cli/with_bot.py" "$@"; }
sign_in
run az account set -s "$STAGING"

run az security jit-policy list --query "length([?location=='northeurope'])" -o tsv
must_be 0
discord enable
listed="[?location=='northeurope'].{name: name, group: resourceGroup, place: location, state: provisioningState, machine: virtualMachines[0].id, port: to_string(virtualMachines[0].ports[0].number), longest: virtualMachines[0].ports[0].maxRequestAccessDuration}"
run az security jit-policy list --query "$listed" -o tsv
must_be $'default\tstaging-web\tnortheurope\tSucceeded\t/subscriptions/'"$STAGING"$'/resourceGroups/staging-web/providers/Microsoft.Compute/virtualMachines/api-01\t22\tPT30M'
run az security jit-policy show -g staging-web -l northeurope -n default \
  --query "virtualMachines[0].ports[0].[protocol, allowedSourceAddressPrefix]" -o tsv
must_be $'*\n198.51.100.0/24'

echo "The other way round: a JIT policy of another name, written by the CLI, which has no command for it but \`az rest\`:"
vm=/subscriptions/$STAGING/resourceGroups/staging-data/providers/Microsoft.Compute/virtualMachines/cache-01
policy=/subscriptions/$STAGING/resourceGroups/staging-data/providers/Microsoft.Security/locations/westeurope/jitNetworkAccessPolicies/by-script
cat >"$FOLDER/policy.json" <<END
{"kind": "Basic", "properties": {"virtualMachines": [{"id": "$vm",
  "ports": [{"number": 22, "protocol": "TCP", "allowedSourceAddressPrefix": "*", "maxRequestAccessDuration": "PT2H"}]}]}}
END
run az rest -m put -u "$policy?api-version=2020-01-01" --body "@$FOLDER/policy.json" \
  --query "[name, properties.provisioningState]" -o tsv
must_be $'by-script\nUpdating'
discord request
run az rest -m get -u "$policy?api-version=2020-01-01" \
  --query "properties.requests[0].virtualMachines[0].ports[0].[to_string(number), status, allowedSourceAddressPrefix]" -o tsv
must_be $'22\nInitiated\n198.51.100.7'
echo "All of it is as it must be."
