# Sourced by the recipes of the Azure CLI: its settings, and commands that are shown with their answers.

# What is not as it would be for Azure itself: whom to trust, no look at the public cloud's list of clouds, and the
# addresses of a cloud of our own. The settings are kept apart from those of the person who runs this.
export AZURE_CONFIG_DIR=$FOLDER/azure REQUESTS_CA_BUNDLE=$CA
export AZURE_CORE_INSTANCE_DISCOVERY=false AZURE_CORE_COLLECT_TELEMETRY=false AZURE_CORE_ONLY_SHOW_ERRORS=true

# A command as a person would type it, with addresses and secrets by name.
show() {
  local line='$' word
  for word in "$@"; do
    if [[ $word =~ ^[A-Za-z0-9_./:?=@,-]+$ ]]; then line+=" $word"; else line+=" \"$word\""; fi
  done
  line=${line//$AZURE/\$AZURE}
  line=${line//$APP_SECRET/\$APP_SECRET}
  printf '%s\n' "${line//$FOLDER/\$FOLDER}"
}

# Shows a command, runs it, and keeps its answer.
run() {
  show "$@"
  answer=$("$@")
  if [ -n "$answer" ]; then printf '%s\n' "${answer//$AZURE/\$AZURE}"; fi
}

# Ends the recipe unless the last answer is as it must be.
must_be() {
  if [ "$answer" != "$1" ]; then
    printf 'WRONG  the answer must be: %s\n' "$1"
    exit 1
  fi
  printf '  ok\n'
}

# Signs in to the emulator as the bot's application.
sign_in() {
  run az cloud register -n Sandbox --endpoint-resource-manager "$AZURE" --endpoint-active-directory "$AZURE" \
    --endpoint-active-directory-resource-id https://management.azure.com/ \
    --endpoint-active-directory-graph-resource-id "$AZURE/" --endpoint-management "$AZURE"
  run az cloud set -n Sandbox
  run az login --service-principal -u "$APP_ID" -p "$APP_SECRET" --tenant "$TENANT" --query "sort([].name)" -o tsv
  must_be $'Playground\nProduction\nStaging'
}
