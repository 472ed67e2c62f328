#!/usr/bin/env bash
# The Azure CLI against the Azure emulator, over TLS, as the CLI sends no token without it.
. "$(dirname "$0")/../start.sh"
python_clients azure-cli
start_sandbox --tls
python_version azure-cli

. "$RECIPES/azure-cli/shown.sh"

SUBSCRIPTION=11111111-aaaa-4bbb-8ccc-000000000001
RULE_MARK=MicrosoftDefenderForCloud-JITRule

sign_in
run az account set -s "$SUBSCRIPTION"

run az security jit-policy list --query "sort_by([].{name: name, place: location, machines: length(virtualMachines)}, &join('', [place, name, to_string(machines)]))" -o tsv
must_be $'default\tnortheurope\t1\ndefault\tnortheurope\t1\nJIT_win-02\twesteurope\t1\ndefault\twesteurope\t1\ndefault\twesteurope\t1\ndefault\twesteurope\t3'
run az security jit-policy show -g prod-web -l westeurope -n default \
  --query "[name, kind, provisioningState, to_string(length(requests || \`[]\`))]" -o tsv
must_be $'default\nBasic\nSucceeded\n0'
run az security pricing show -n VirtualMachines --query "[name, pricingTier, subPlan]" -o tsv
must_be $'VirtualMachines\nStandard\nP2'
run az vm list --query "sort([].name)" -o tsv
must_be $'cache-01\ndb-01\nedge-01\njump-01\nweb-01\nweb-02\nweb-03\nwin-01\nwin-02'
run az vm get-instance-view -g prod-web -n web-01 --query "instanceView.statuses[].code" -o tsv
must_be $'ProvisioningState/succeeded\nPowerState/running'
nic=$(az vm show -g prod-web -n web-01 --query "networkProfile.networkInterfaces[0].id" -o tsv)
standing="value[].effectiveSecurityRules[] | [?starts_with(name, 'securityRules/$RULE_MARK')].join(' ', [access, sourceAddressPrefix]) | sort(@)"
run az network nic list-effective-nsg --ids "$nic" --query "$standing" -o tsv
must_be $'Deny 0.0.0.0/0'

# The CLI has no command that asks for access; `az rest` sends the call.
end=$(date -u -d '+30 minutes' +%Y-%m-%dT%H:%M:%SZ)
vm=/subscriptions/$SUBSCRIPTION/resourceGroups/prod-web/providers/Microsoft.Compute/virtualMachines/web-01
policy=/subscriptions/$SUBSCRIPTION/resourceGroups/prod-web/providers/Microsoft.Security/locations/westeurope/jitNetworkAccessPolicies/default
cat >"$FOLDER/request.json" <<END
{"justification": "INC-42 disk full", "virtualMachines": [{"id": "$vm",
  "ports": [{"number": 22, "endTimeUtc": "$end", "allowedSourceAddressPrefix": "198.51.100.7"}]}]}
END
run az rest -m post -u "$policy/initiate?api-version=2020-01-01" --body "@$FOLDER/request.json" \
  --query "[justification, virtualMachines[0].ports[0].status]" -o tsv
must_be $'INC-42 disk full\nInitiating'

port="requests[?justification=='INC-42 disk full'] | [0].virtualMachines[0].ports[0].[to_string(number), status, allowedSourceAddressPrefix]"
echo "Read back until Azure says that the port is open:"
for _ in $(seq 30); do
  status=$(az security jit-policy show -g prod-web -l westeurope -n default --query "${port}[1]" -o tsv)
  if [ "$status" = Initiated ]; then break; fi
  sleep 1
done
run az security jit-policy show -g prod-web -l westeurope -n default --query "$port" -o tsv
must_be $'22\nInitiated\n198.51.100.7'
run az network nic list-effective-nsg --ids "$nic" --query "$standing" -o tsv
must_be $'Allow 198.51.100.7/32\nDeny 0.0.0.0/0'
run az network nsg show --ids "$(az network nic show --ids "$nic" --query networkSecurityGroup.id -o tsv)" \
  --query "securityRules[?starts_with(name, '$RULE_MARK') && access=='Allow'].[sourceAddressPrefix, destinationPortRange || destinationPortRanges[0]]" -o tsv
must_be $'198.51.100.7\t22'

echo "What Azure refuses, the CLI must show as it shows a refusal of Azure:"
refused() {
  local code=$1
  shift
  show "$@"
  if "$@" >"$FOLDER/answer" 2>&1; then echo 'WRONG  this must be refused'; exit 1; fi
  grep -o "$code" "$FOLDER/answer" | head -1 || { echo "WRONG  the refusal must say: $code"; cat "$FOLDER/answer"; exit 1; }
  printf '  ok\n'
}
refused ResourceNotFound az vm show -g prod-web -n nobody
sed -i 's/"198.51.100.7"/"2001:db8::7"/' "$FOLDER/request.json"
refused BadRequest az rest -m post -u "$policy/initiate?api-version=2020-01-01" --body "@$FOLDER/request.json"
refused AuthorizationFailed az security pricing create -n VirtualMachines --tier free

echo "The same sign-in without a secret, as on an Azure host:"
export IDENTITY_ENDPOINT=$AZURE/msi/token IDENTITY_HEADER=sandbox-identity-header
run az login --identity --query "sort([].name)" -o tsv
must_be $'Playground\nProduction\nStaging'
run az rest -m get -u "$policy?api-version=2020-01-01" --query "properties.requests[0].justification" -o tsv
must_be 'INC-42 disk full'
echo "All of it is as it must be."
