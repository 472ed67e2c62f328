#!/usr/bin/env bash
# A discord.py bot against the Discord emulator.
. "$(dirname "$0")/../start.sh"
python_clients discord.py
start_sandbox
python_version discord.py
python "$RECIPES/discord-py/bot.py" >"$FOLDER/bot.log" 2>&1 &
STARTED+=($!)
python "$RECIPES/discord_story.py" || { cat "$FOLDER/bot.log" >&2; exit 1; }
