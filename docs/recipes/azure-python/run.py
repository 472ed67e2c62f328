"""The Azure SDK for Python against the Azure emulator.

Not as for Azure itself: the addresses (`authority`, `base_url`), whom to trust (`connection_verify`), and
`disable_instance_discovery`, which keeps the login library from asking the public cloud about the address.
"""

import os
import sys
import time
from datetime import datetime, timedelta, timezone

from azure.core.exceptions import HttpResponseError, ResourceNotFoundError
from azure.identity import ClientSecretCredential
from azure.mgmt.network import NetworkManagementClient
from azure.mgmt.resourcegraph import ResourceGraphClient
from azure.mgmt.security import SecurityCenter

ADDRESS, CA = os.environ["AZURE"], os.environ["CA"]
SUBSCRIPTION = "11111111-aaaa-4bbb-8ccc-000000000001"
GROUP = f"/subscriptions/{SUBSCRIPTION}/resourceGroups/prod-web"
VM = f"{GROUP}/providers/Microsoft.Compute/virtualMachines/web-01"

credential = ClientSecretCredential(
    os.environ["TENANT"],
    os.environ["APP_ID"],
    os.environ["APP_SECRET"],
    authority=ADDRESS,
    disable_instance_discovery=True,
    connection_verify=CA,
)
settings = {
    "base_url": ADDRESS,
    "credential_scopes": ["https://management.azure.com/.default"],
    "connection_verify": CA,
}
security = SecurityCenter(credential, SUBSCRIPTION, **settings)
network = NetworkManagementClient(credential, SUBSCRIPTION, **settings)
graph = ResourceGraphClient(credential, **settings)
jit = security.jit_network_access_policies


def check(fact, what):
    if not fact:
        print(f"  WRONG  {what}")
        sys.exit(1)
    print(f"  ok   {what}")


def read_back():
    """The port of our request, as the JIT policy shows it."""
    for request in jit.get("prod-web", "westeurope", "default").requests or []:
        if request.justification == "INC-42 disk full":
            return request.virtual_machines[0].ports[0]
    return None


def jit_rules():
    """The rules of JIT that stand at the machine's interface, by the long-running call."""
    groups = network.network_interfaces.begin_list_effective_network_security_groups(
        "prod-web", "web-01-nic", polling_interval=1
    ).result()
    rules = [rule for group in groups.value for rule in group.effective_security_rules]
    return sorted(f"{rule.access.value} {rule.source_address_prefix}" for rule in rules if "JITRule" in rule.name)


print("Resource Graph, by pages of five: all machines")
names, skip = [], None
while True:
    query = "Resources | where type =~ 'microsoft.compute/virtualmachines' | project id, name | order by id asc"
    page = graph.resources(
        {"query": query, "subscriptions": [SUBSCRIPTION], "options": {"$top": 5, "$skipToken": skip}}
    )
    names += [row["name"] for row in page.data]
    skip = page.skip_token
    if not skip:
        break
check(len(names) == page.total_records == 9, f"nine machines: {', '.join(sorted(names))}")

print("JIT policies of the subscription, over several pages")
policies = list(jit.list())
check(sum(len(policy.virtual_machines) for policy in policies) == 8, "six JIT policies name eight machines")
check(len(policies) == 6, f"they are: {', '.join(sorted(policy.id.split('/')[4] for policy in policies))}")

print("The plan")
plan = security.pricings.get(f"subscriptions/{SUBSCRIPTION}", "VirtualMachines")
check((plan.pricing_tier, plan.sub_plan) == ("Standard", "P2"), "Defender for Servers Plan 2")

print("Before: only the rule that denies stands")
check(read_back() is None, "the JIT policy shows no request of ours")
before = jit_rules()
check(before == ["Deny 0.0.0.0/0"], f"effective rules: {', '.join(before)}")

print("Ask for SSH from 198.51.100.7 for 30 minutes")
end = datetime.now(timezone.utc) + timedelta(minutes=30)
port = {"number": 22, "endTimeUtc": end.isoformat(), "allowedSourceAddressPrefix": "198.51.100.7"}
answer = jit.initiate(
    "prod-web",
    "westeurope",
    "default",
    {"justification": "INC-42 disk full", "virtualMachines": [{"id": VM, "ports": [port]}]},
)
check(answer.virtual_machines[0].ports[0].status == "Initiating", "accepted: Initiating")

for _ in range(30):
    opened = read_back()
    if opened.status == "Initiated":
        break
    time.sleep(1)
check(opened.status == "Initiated", "read back until: Initiated")
check(abs(opened.end_time_utc - end) < timedelta(seconds=1), "the end is the one that was asked for")
after = jit_rules()
check(after == ["Allow 198.51.100.7/32", "Deny 0.0.0.0/0"], f"effective rules: {', '.join(after)}")

print("Configure one more port at another machine, while the window is open")
policy = jit.get("prod-web", "westeurope", "default")
machine = next(machine for machine in policy.virtual_machines if machine.id.endswith("/web-02"))
had = len(machine.ports)
machine.ports.append(
    {"number": 8443, "protocol": "*", "allowedSourceAddressPrefix": "*", "maxRequestAccessDuration": "PT1H"}
)
written = jit.create_or_update("prod-web", "westeurope", "default", policy)
wide = next(machine for machine in written.virtual_machines if machine.id.endswith("/web-02"))
check(len(wide.ports) == had + 1, "web-02 has one port more")
check(any(request.justification == "INC-42 disk full" for request in written.requests), "the open window is still shown")

print("What is refused")
for text, wrong in [
    ("an IPv6 source", {**port, "allowedSourceAddressPrefix": "2001:db8::7"}),
    ("a port that the JIT policy does not have", {**port, "number": 8080}),
    ("longer than the JIT policy allows", {**port, "endTimeUtc": (end + timedelta(days=1)).isoformat()}),
]:
    try:
        jit.initiate("prod-web", "westeurope", "default", {"virtualMachines": [{"id": VM, "ports": [wrong]}]})
        check(False, f"{text} is refused")
    except HttpResponseError as refused:
        check(refused.status_code == 400 and refused.error.code, f"{text}: 400 {refused.error.code}")
try:
    jit.get("prod-web", "westeurope", "nothing")
    check(False, "an unknown JIT policy is not found")
except ResourceNotFoundError as refused:
    check(True, f"an unknown JIT policy: 404 {refused.error.code}")
try:
    jit.delete("prod-web", "westeurope", "default")
    check(False, "deleting without the right is refused")
except HttpResponseError as refused:
    check(refused.status_code == 403, f"deleting without the right: 403 {refused.error.code}")
print("All of it is as it must be.")
