# Sourced by every recipe: starts the emulators, waits for them, and ends them with the script. The bot is there only where
# a recipe asks for it (start_sandbox --bot).
#
# Sets DISCORD and AZURE (their addresses), BOT_TOKEN, APP_ID, APP_SECRET, TENANT, FOLDER (a temporary folder),
# CLIENTS (where clients are installed), and CA when the emulators speak TLS (start_sandbox --tls).
#
# AZURE_PORT and DISCORD_PORT, set before start_sandbox, choose ports; otherwise free ones are taken.
#
# Settings: PORTCULLIS, the program; CLIENTS, a folder to keep installed clients in between two runs.
set -euo pipefail

RECIPES=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
PORTCULLIS=${PORTCULLIS:-$RECIPES/../../target/debug/portcullis}
if [ ! -x "$PORTCULLIS" ]; then
  echo "There is no program at $PORTCULLIS. Build it with: cargo build" >&2
  exit 2
fi
FOLDER=$(mktemp -d)
CLIENTS=${CLIENTS:-$FOLDER/clients}
mkdir -p "$CLIENTS"
STARTED=()
export PYTHONDONTWRITEBYTECODE=1

end() {
  for id in ${STARTED[@]+"${STARTED[@]}"}; do
    kill -TERM "$id" 2>/dev/null || true
    wait "$id" 2>/dev/null || true
  done
  rm -rf "$FOLDER"
}
trap end EXIT

# Waits until a file holds a text; shows the file when the process that writes it ends first, or after 60 seconds.
wait_for_line() {
  local file=$1 text=$2 id=$3 tries=600
  until grep -q "$text" "$file"; do
    tries=$((tries - 1))
    if [ "$tries" -eq 0 ] || ! kill -0 "$id" 2>/dev/null; then
      echo "This did not come: $text" >&2
      cat "$file" >&2
      exit 1
    fi
    sleep 0.1
  done
}

start_sandbox() {
  local options=(--port 0 --azure-port "${AZURE_PORT:-0}" --discord-port "${DISCORD_PORT:-0}")
  if [[ " $* " == *" --tls "* ]]; then
    options+=(--tls "$FOLDER/tls")
    CA=$FOLDER/tls/ca.pem
  fi
  if [[ " $* " != *" --bot "* ]]; then options+=(--emulators-only); fi
  : >"$FOLDER/sandbox.log"
  "$PORTCULLIS" sandbox "${options[@]}" >"$FOLDER/sandbox.log" 2>&1 &
  STARTED+=($!)
  wait_for_line "$FOLDER/sandbox.log" '^End it' $!
  DISCORD=$(sed -nE 's#^Discord emulator: +(https?://[^/ ]+).*#\1#p' "$FOLDER/sandbox.log")
  AZURE=$(sed -nE 's#^Azure emulator: +(https?://[^/ ]+).*#\1#p' "$FOLDER/sandbox.log")
  BOT_TOKEN=$(sed -nE 's#.*bot token: ([^)]+)\).*#\1#p' "$FOLDER/sandbox.log")
  APP_ID=$(sed -nE 's#.*client: ([^,]+),.*#\1#p' "$FOLDER/sandbox.log")
  APP_SECRET=$(sed -nE 's#.*secret: ([^,]+),.*#\1#p' "$FOLDER/sandbox.log")
  TENANT=$(sed -nE 's#.*tenant: ([^)]+)\).*#\1#p' "$FOLDER/sandbox.log")
  export DISCORD AZURE BOT_TOKEN APP_ID APP_SECRET TENANT
  export CA=${CA:-}
}

# Python packages by name, into an environment of their own: the Azure CLI wants other versions of the SDK than the newest.
python_clients() {
  local place=$CLIENTS/python-$1
  if [ ! -x "$place/bin/python" ]; then
    python3 -m venv "$place"
  fi
  "$place/bin/pip" install --quiet --disable-pip-version-check "$@"
  PATH=$place/bin:$PATH
}

# Node packages by name. A script beside them finds them, so it is copied there before it runs.
node_clients() {
  mkdir -p "$CLIENTS/node"
  (cd "$CLIENTS/node" && npm install --silent --no-audit --no-fund --prefix . "$@" >&2)
}

# Says which version of a client this is about.
python_version() { printf '%s %s\n' "$1" "$(pip show --disable-pip-version-check "$1" 2>/dev/null | sed -n 's/^Version: //p')"; }
node_version() { printf '%s %s\n' "$1" "$(node -p "require('$CLIENTS/node/node_modules/$1/package.json').version")"; }
