"""What people do in Discord between the commands of the Azure CLI: `enable` or `request`."""

import os
import sys

sys.path.insert(0, os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
from people import Discord, buttons, check, play, tell, text  # noqa: E402

discord = Discord(os.environ["DISCORD"])


def shown(interaction):
    """The answer as it reads now."""
    return discord.answer(interaction)["message"]


def asks(who, command, fits):
    """Sends a slash command, again while the bot does not know enough yet, until its answer is as it must be."""
    tell(f"{who} sends {command}")
    discord.until("the bot's commands", lambda: discord.state()["commands"])

    def attempt():
        asked = discord.does(who, "slash", text=command)["interaction"]
        message = discord.until("an answer", lambda: (m := shown(asked)) and text(m) and m)
        return (asked, message) if fits(message) else None

    return discord.until(f"the answer to {command}", attempt, seconds=60)


def enable():
    """Carol, an administrator, brings a machine under JIT."""
    command = "/jit enable vms:api-01 limit:30m sources:198.51.100.0/24"
    _, proposal = asks("carol", command, lambda message: "Confirm" in buttons(message))
    check("api-01" in text(proposal), "carol is shown what would change")
    tell("carol presses Confirm")
    discord.does("carol", "clicks", message=proposal["id"], what="Confirm")
    discord.until("the trail's line", lambda: any(" · configured · " in line for line in trail()), seconds=60)
    check(True, "the trail says that it is configured")


def request():
    """Alice asks for what the CLI has written, as soon as the bot knows of it."""
    command = "/jit request vm:staging-data/cache-01 port:22 for:1h from:198.51.100.7"
    asked, _ = asks("alice", command, lambda _: discord.messages("jit-requests"))
    card = discord.messages("jit-requests")[-1]
    check("cache-01" in text(card), "a card asks for SSH on cache-01, which the bot has found in the new JIT policy")
    tell("bob presses Approve")
    discord.does("bob", "clicks", message=card["id"], what="Approve")
    discord.until("the open window", lambda: "ssh " in text(shown(asked)), seconds=60)
    check(True, "alice is shown the line to connect with")


def trail():
    """The lines of the trail, in order."""
    lines = []
    for channel in discord.state()["channels"]:
        if channel["thread"]:
            for message in channel["messages"]:
                lines += [line for line in message["content"].splitlines() if line.startswith("#")]
    return lines


play({"enable": enable, "request": request}[sys.argv[1]])
