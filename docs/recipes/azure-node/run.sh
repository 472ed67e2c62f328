#!/usr/bin/env bash
# The Azure SDK for JavaScript against the Azure emulator, over TLS, as the SDK sends no token without it.
. "$(dirname "$0")/../start.sh"
node_clients @azure/arm-security @azure/identity
start_sandbox --tls
node_version @azure/arm-security
node_version @azure/identity
cp "$RECIPES/azure-node/run.mjs" "$CLIENTS/node/azure.mjs"
NODE_EXTRA_CA_CERTS=$CA node "$CLIENTS/node/azure.mjs"
