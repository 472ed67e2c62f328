#!/usr/bin/env bash
# `portcullis serve --config FILE` in a process of its own, against endpoints on loopback that the file names.
. "$(dirname "$0")/../start.sh"
DISCORD_PORT=18471 AZURE_PORT=18472
start_sandbox

PORTCULLIS=$(realpath "$PORTCULLIS")
cp "$RECIPES/serve/portcullis.toml" "$FOLDER/portcullis.toml"
(umask 077 && printf '%s\n' "$BOT_TOKEN" >"$FOLDER/token")
cd "$FOLDER"
export IDENTITY_ENDPOINT=$AZURE/msi/token IDENTITY_HEADER=sandbox-identity-header

# Runs a command of the program, and shows both.
run() {
  printf '$ portcullis %s\n' "$*"
  "$PORTCULLIS" "$@" 2>&1 | sed 's/^/  /'
}
run config check --config portcullis.toml
run db migrate --config portcullis.toml
run doctor --config portcullis.toml

echo '$ portcullis serve --config portcullis.toml &'
: >serve.log
"$PORTCULLIS" serve --config portcullis.toml >serve.log 2>&1 &
bot=$!
STARTED+=("$bot")
for _ in $(seq 300); do
  if "$PORTCULLIS" health --ready --config portcullis.toml >health.log 2>&1; then break; fi
  if ! kill -0 "$bot" 2>/dev/null; then cat serve.log >&2; exit 1; fi
  sleep 0.2
done
run health --ready --config portcullis.toml
python3 "$RECIPES/serve/story.py" || { cat serve.log >&2; exit 1; }

echo '$ kill -TERM %1'
kill -TERM "$bot"
if wait "$bot"; then echo "  ok   the bot ends with exit code 0"; else echo "  WRONG  it ended with $?"; cat serve.log >&2; exit 1; fi
STARTED=("${STARTED[0]}")
if grep -E 'ERROR|panicked' serve.log; then echo "  WRONG  the log holds errors"; exit 1; fi
echo "  ok   its log holds no error"
