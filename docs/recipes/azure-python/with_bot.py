"""The Azure SDK for Python beside the bot: a JIT policy that the SDK writes is found, asked for, approved and opened; one
that the bot writes is read by the SDK.

Not as for Azure itself: the addresses, whom to trust, and `disable_instance_discovery`, as in `run.py`.
"""

import json
import os
import ssl
import sys
import time
import urllib.request

sys.path.insert(0, os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
from azure.identity import ClientSecretCredential  # noqa: E402
from azure.mgmt.security import SecurityCenter  # noqa: E402
from people import Discord, buttons, check, play, tell, text  # noqa: E402

ADDRESS, CA = os.environ["AZURE"], os.environ["CA"]
STAGING = "22222222-aaaa-4bbb-8ccc-000000000002"
VM = f"/subscriptions/{STAGING}/resourceGroups/staging-data/providers/Microsoft.Compute/virtualMachines/cache-01"

discord = Discord(os.environ["DISCORD"])
security = SecurityCenter(
    ClientSecretCredential(
        os.environ["TENANT"],
        os.environ["APP_ID"],
        os.environ["APP_SECRET"],
        authority=ADDRESS,
        disable_instance_discovery=True,
        connection_verify=CA,
    ),
    STAGING,
    base_url=ADDRESS,
    credential_scopes=["https://management.azure.com/.default"],
    connection_verify=CA,
)
jit = security.jit_network_access_policies


def deed(**what):
    """Somebody does something in Azure, by the emulator's own address."""
    request = urllib.request.Request(
        f"{ADDRESS}/_control/deeds", json.dumps(what).encode(), {"content-type": "application/json"}
    )
    urllib.request.urlopen(request, context=ssl.create_default_context(cafile=CA)).close()


def until(what, look, seconds=60):
    """Looks once in a second."""
    for _ in range(seconds):
        found = look()
        if found:
            return found
        time.sleep(1)
    return check(False, what)


def asks(who, command, fits):
    """Sends a slash command, again while the bot does not know enough yet, until its answer is as it must be."""
    tell(f"{who} sends {command}")
    discord.until("the bot's commands", lambda: discord.state()["commands"])

    def attempt():
        asked = discord.does(who, "slash", text=command)["interaction"]
        message = discord.until(
            "an answer", lambda: (m := discord.answer(asked)["message"]) and text(m) and m
        )
        return (asked, message) if fits(message) else None

    return discord.until(f"the answer to {command}", attempt, seconds=90)


def registered_by_itself():
    tell("Staging has never used Defender for Cloud, and the SDK may register it")
    deed(deed="set-permissions", clientId=os.environ["APP_ID"], grants=[{"scope": "/", "actions": ["*"]}])
    deed(deed="set-registered", subscription=STAGING, registered=False)
    names = [policy.name for policy in jit.list()]
    check(names, "409, then the SDK registers Microsoft.Security, waits, and asks again")


def of_one_machine():
    tell("One machine is opted out of the plan, and in again")
    scope = f"subscriptions/{STAGING}"
    machine = VM.strip("/")
    whole = security.pricings.get(scope, "VirtualMachines")
    check((whole.pricing_tier, whole.sub_plan) == ("Standard", "P2"), "the subscription has Plan 2")
    out = security.pricings.update(machine, "VirtualMachines", {"properties": {"pricingTier": "Free"}})
    check((out.pricing_tier, out.inherited) == ("Free", "False"), "the machine has none, and inherits nothing")
    security.pricings.delete(machine, "VirtualMachines")
    back = security.pricings.get(machine, "VirtualMachines")
    check((back.sub_plan, back.inherited) == ("P2", "True"), "deleted: it has its subscription's again")


def read_by_the_bot():
    tell("The SDK writes a JIT policy of its own for cache-01")
    port = {"number": 22, "protocol": "TCP", "allowedSourceAddressPrefix": "*", "maxRequestAccessDuration": "PT2H"}
    written = jit.create_or_update(
        "staging-data",
        "westeurope",
        "by-sdk",
        {"kind": "Basic", "properties": {"virtualMachines": [{"id": VM, "ports": [port]}]}},
    )
    check(written.provisioning_state == "Updating", "taken: Updating")

    def state():
        return jit.get("staging-data", "westeurope", "by-sdk").provisioning_state == "Succeeded"

    until("it is written", state)
    check(True, "read back until: Succeeded")
    _, shown = asks("alice", "/jit vms search:staging-data", lambda message: "cache-01" in text(message))
    check("cache-01" in text(shown), "the bot lists cache-01 under those that JIT guards")
    command = "/jit request vm:staging-data/cache-01 port:22 for:1h from:198.51.100.7"
    asked, _ = asks("alice", command, lambda _: discord.messages("jit-requests"))
    card = discord.messages("jit-requests")[-1]
    check("cache-01" in text(card), "a card asks for SSH on cache-01")
    tell("bob presses Approve")
    discord.does("bob", "clicks", message=card["id"], what="Approve")
    discord.until("the open window", lambda: "ssh " in text(discord.answer(asked)["message"]), seconds=60)
    check(True, "alice is shown the line to connect with")
    request = jit.get("staging-data", "westeurope", "by-sdk").requests[0]
    opened = request.virtual_machines[0].ports[0]
    check(
        (opened.number, opened.status, opened.allowed_source_address_prefix) == (22, "Initiated", "198.51.100.7"),
        "the SDK reads the window: port 22, Initiated, from 198.51.100.7",
    )
    check("[portcullis " in request.justification, "its justification ends with the bot's mark")


def written_by_the_bot():
    command = "/jit enable vms:api-01 limit:30m sources:198.51.100.0/24"
    _, proposal = asks("carol", command, lambda message: "Confirm" in buttons(message))
    tell("carol presses Confirm")
    discord.does("carol", "clicks", message=proposal["id"], what="Confirm")

    def mine():
        found = [policy for policy in jit.list() if policy.location == "northeurope"]
        return found and found[0].provisioning_state == "Succeeded" and found[0]

    policy = until("the bot's JIT policy", mine)
    machine = policy.virtual_machines[0]
    port = machine.ports[0]
    check(machine.id.endswith("/api-01"), f"the SDK reads the bot's JIT policy {policy.name} for api-01")
    check(
        (port.number, port.protocol, port.allowed_source_address_prefix) == (22, "*", "198.51.100.0/24"),
        "port 22 from 198.51.100.0/24",
    )


def story():
    registered_by_itself()
    of_one_machine()
    read_by_the_bot()
    written_by_the_bot()
    tell("All of it is as it must be.")


play(story)
