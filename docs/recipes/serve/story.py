"""alice asks, bob approves, alice closes: judged from the emulators, never from what the bot says."""

import json
import os
import re
import sys
import urllib.request

sys.path.insert(0, os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
from people import Discord, buttons, check, play, tell, text  # noqa: E402

AZURE = os.environ["AZURE"]


def azure(path):
    with urllib.request.urlopen(f"{AZURE}/_control/{path}", timeout=40) as answer:
        return json.load(answer)


def machine():
    """web-01 with its ports and its network rules."""
    return next(found for found in azure("state")["machines"] if found["name"] == "web-01")


def window():
    """Port 22 of web-01, as Azure has it."""
    return next(port["window"] for port in machine()["ports"] if port["number"] == 22)


def in_state(name):
    found = window()
    return found if found["state"] == name else None


def trail(discord):
    """The lines of the trail, in order."""
    lines = []
    for channel in discord.state()["channels"]:
        if channel["thread"] and any(m["author"] == "portcullis" for m in channel["messages"]):
            for message in channel["messages"]:
                lines += [line for line in message["content"].splitlines() if line.startswith("#")]
    return lines


def story():
    discord = Discord(os.environ["DISCORD"])
    who = {line["path"].split("?")[0] for line in azure("ledger") if line["operation"] == "token"}
    check(who == {"/msi/token"}, "the bot has its token from the identity endpoint and from nowhere else")
    check(in_state("closed"), "port 22 of web-01 is closed")

    ask = "/jit request vm:web-01 port:22 for:30m from:198.51.100.7 reason:INC-42 disk full"
    tell(f"alice sends {ask}")
    begun = discord.does("alice", "slash", text=ask)
    check(discord.answer(begun["interaction"])["acknowledged"] == "deferred", "the bot defers within 3 seconds")
    card = discord.until("the card", lambda: discord.messages("jit-requests"))[-1]
    check({"Approve", "Deny"} <= set(buttons(card)), "a card with Approve and Deny is in #jit-requests")
    check(in_state("closed"), "port 22 is still closed")

    tell("bob presses Approve")
    discord.does("bob", "clicks", message=card["id"], what="Approve")
    opened = discord.until("the open port", lambda: in_state("open"), seconds=60)
    check(opened["source"] == "198.51.100.7", f"Azure has it open for {opened['source']}")
    calls = [line for line in azure("ledger") if line["operation"] == "initiate"]
    check(len(calls) == 1 and calls[0]["status"] == 202, "one initiate reached Azure, and was accepted")

    def ready():
        message = discord.answer(begun["interaction"])["message"]
        return message if message and "ssh " in text(message) else None

    discord.until("the line to connect with", ready, seconds=60)
    check(True, "alice is shown the line to connect with")

    tell("alice sends /jit close request:1")
    discord.does("alice", "slash", text="/jit close request:1")
    # A window is shut early by one that lets in an address that nobody has (192.0.2.0/24 is for documents).
    discord.until("the shut port", lambda: "198.51.100.7" not in json.dumps(machine()), seconds=60)
    check(True, "neither a window nor a network rule of Azure lets 198.51.100.7 in any more")
    discord.until("the trail's last line", lambda: any(" · closed" in line for line in trail(discord)), seconds=60)
    words = [line.split(" · ")[1] for line in trail(discord)]
    told = ["asked", "approval", "approved", "opening", "opened", "closing", "closed"]
    check(words == told, "the trail has one line per record, in order")
    calls = [line["status"] for line in azure("ledger") if line["operation"] == "initiate"]
    check(calls == [202, 202], "Azure was asked twice in all: to open, and to close")
    tell("The trail:")
    for line in trail(discord):
        tell(f"  {re.sub('<t:[0-9]+:', '<t:...:', line)}")


play(story)
