"""What the people do with the bots of `discord-js` and `discord-py`, which do the same, and what must come of it."""

import os
from collections import Counter

from people import Discord, Mismatch, buttons, check, play, tell, text


def card(discord, vm):
    """The newest card about a machine."""
    cards = [found for found in discord.messages("jit-requests") if vm in text(found)]
    return cards[-1] if cards else None


def ask(discord, vm):
    begun = discord.does("alice", "slash", text=f"/door request vm:{vm} port:22 reason:INC-42 disk full")
    answer = discord.answer(begun["interaction"])
    check(answer["acknowledged"] == "deferred", "the bot defers its answer within 3 seconds")

    def edited():
        message = discord.answer(begun["interaction"])["message"]
        return message if message and not message["loading"] else None

    reply = discord.until("the deferred answer", edited)
    check(reply["only_for"] == "alice", "the answer is for alice alone")
    check(text(reply) == f"Asked for {vm}, port 22. Somebody on call will answer.", f"it says: {text(reply)}")
    found = discord.until("the card", lambda: card(discord, vm))
    check(buttons(found) == ["Approve", "Deny"], "a card with Approve and Deny is in #jit-requests")
    discord.until("the bot's own reaction", lambda: "portcullis" in card(discord, vm)["reactions"].get("✅", []))
    check(True, "the bot has put ✅ on it")
    return found


def story():
    discord = Discord(os.environ["DISCORD"])
    tell("The bot connects and registers its command.")
    discord.until("a registered command", lambda: discord.state()["commands"], seconds=60)
    state = discord.state()
    check(state["bots_connected"] == 1, "one bot is connected")
    check([command["name"] for command in state["commands"]] == ["door"], "/door is registered")

    tell("alice types /door request vm:web")
    choices = discord.does("alice", "types", text="/door request vm:web", focused="vm")["choices"]
    check([choice["value"] for choice in choices] == ["web-01", "web-02"], "web-01 and web-02 are offered")

    tell("alice sends /door request vm:web-01 port:22 reason:INC-42 disk full")
    first = ask(discord, "web-01")

    tell("bob reacts with 👀")
    discord.does("bob", "reacts", message=first["id"], emoji="👀")
    discord.until(
        "a line in the card's thread",
        lambda: [m for m in discord.messages("web-01") if text(m) == "bob is looking at it."],
    )
    check(True, "the bot writes into the card's thread: bob is looking at it.")

    tell("bob presses Approve")
    begun = discord.does("bob", "clicks", message=first["id"], what="Approve")
    answer = discord.answer(begun["interaction"])
    check(answer["acknowledged"] == "update", "the bot answers by changing the card")
    shown = discord.until("the approved card", lambda: [c for c in [card(discord, "web-01")] if not buttons(c)])[0]
    check("Approved by bob." in text(shown), "the card says: Approved by bob.")
    check(len(shown["history"]) == 1, "it was edited once, and has no buttons any more")
    direct = discord.until("a direct message", lambda: discord.direct("alice"))
    check(text(direct[-1]) == "web-01, port 22: approved by bob.", f"alice reads directly: {text(direct[-1])}")

    tell("alice asks for web-02, and bob presses Deny")
    second = ask(discord, "web-02")
    begun = discord.does("bob", "clicks", message=second["id"], what="Deny")
    form = discord.answer(begun["interaction"])["modal"]
    check(form is not None and form["title"] == "Deny the request", "the bot opens a form")
    field = form["inputs"][0]["custom_id"]
    sent = discord.does("bob", "submits", interaction=begun["interaction"], values=[[field, "not today"]])
    check(discord.answer(sent["interaction"])["acknowledged"] == "update", "bob sends it; the card is changed")
    check("Denied by bob: not today" in text(card(discord, "web-02")), "the card says: Denied by bob: not today")

    tell("The gateway's connection is cut, and bob takes his 👀 back before the bot is there again")
    discord.gateway("cut")
    discord.does("bob", "unreacts", message=first["id"], emoji="👀")
    discord.until(
        "a second line in the thread",
        lambda: [m for m in discord.messages("web-01") if text(m) == "bob has stopped looking."],
    )
    check(True, "the bot resumes, is sent what it missed, and writes: bob has stopped looking.")

    tell("What reached the emulator, by its ledger:")
    calls = [line for line in discord.ledger() if line["what"] == "rest"]
    for (route, status), count in sorted(Counter((c["route"], c["status"]) for c in calls).items(), key=str):
        tell(f"  {count:2} x {route} {status}")
    wrong = [c for c in calls if c["status"] is None or c["status"] >= 400]
    if wrong:
        raise Mismatch(f"calls were refused: {[(c['method'], c['path'], c['status'], c['code']) for c in wrong]}")
    check(True, "no call was refused")


play(story)
