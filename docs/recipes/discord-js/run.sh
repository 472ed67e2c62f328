#!/usr/bin/env bash
# A discord.js bot against the Discord emulator.
. "$(dirname "$0")/../start.sh"
node_clients discord.js
start_sandbox
node_version discord.js
cp "$RECIPES/discord-js/bot.mjs" "$CLIENTS/node/bot.mjs"
node "$CLIENTS/node/bot.mjs" >"$FOLDER/bot.log" 2>&1 &
STARTED+=($!)
python3 "$RECIPES/discord_story.py" || { cat "$FOLDER/bot.log" >&2; exit 1; }
