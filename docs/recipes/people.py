"""The people of the sandbox's Discord, moved over `/_control`, and what they see. Standard library only."""

import json
import sys
import time
import urllib.error
import urllib.request


class Mismatch(Exception):
    """Something was not as the story says."""


class Discord:
    """One Discord emulator."""

    def __init__(self, address):
        self.address = address

    def _call(self, path, body=None):
        data = None if body is None else json.dumps(body).encode()
        request = urllib.request.Request(
            f"{self.address}/_control/{path}", data, {"content-type": "application/json"}
        )
        try:
            with urllib.request.urlopen(request, timeout=40) as answer:
                return json.load(answer)
        except urllib.error.HTTPError as refused:
            raise Mismatch(f"{path}: {refused.read().decode()}") from None

    def state(self):
        return self._call("state")

    def ledger(self):
        return self._call("ledger")

    def does(self, who, verb, **what):
        """A person acts; the answer of the emulator is what came of it."""
        return self._call(f"people/{who}/{verb}", what)

    def answer(self, interaction, wait_ms=10_000):
        """What the bot has answered to an interaction, once it has."""
        return self._call(f"interactions/{interaction}?wait_ms={wait_ms}")

    def gateway(self, mood):
        """Something happens to the gateway, such as `cut`."""
        return self._call(f"gateway/{mood}", {})

    def messages(self, channel):
        """All messages of a channel or a thread, by its name."""
        for found in self.state()["channels"]:
            if found["name"] == channel:
                return found["messages"]
        return []

    def direct(self, who):
        """What a person finds in their direct messages with the bot."""
        for found in self.state()["people"]:
            if found["name"] == who:
                return found["dms"] or []
        return []

    def until(self, what, look, seconds=20):
        """Looks again after each change until `look` gives something, and gives that."""
        end = time.monotonic() + seconds
        revision = 0
        while time.monotonic() < end:
            found = look()
            if found:
                return found
            revision = self._call(f"revision?after={revision}&wait_ms=1000")["revision"]
        raise Mismatch(f"this did not come in {seconds} seconds: {what}")


def text(message):
    """All that can be read in a message."""
    parts = [message["content"]]
    for embed in message["embeds"]:
        parts += [embed.get("title") or "", embed.get("description") or ""]
        for field in embed.get("fields") or []:
            parts += [field["name"], field["value"]]
    return "\n".join(part for part in parts if part)


def buttons(message):
    """Labels of the buttons that can be pressed."""
    return [
        part["label"]
        for row in message["components"]
        for part in row["components"]
        if part.get("type") == 2 and not part.get("disabled")
    ]


def check(fact, what):
    """Says what was found, or ends the story."""
    if not fact:
        raise Mismatch(what)
    print(f"  ok   {what}", flush=True)


def tell(line):
    print(line, flush=True)


def play(story):
    """Runs a story; the exit code says whether it went as it says."""
    try:
        story()
    except Mismatch as wrong:
        print(f"  WRONG  {wrong}", flush=True)
        sys.exit(1)
