// The Azure SDK for JavaScript against the Azure emulator.
//
// Not as for Azure itself: the addresses (`authorityHost`, `endpoint`) and `disableInstanceDiscovery`, which keeps the
// login library from asking the public cloud about the address. Whom to trust is in the environment (NODE_EXTRA_CA_CERTS).
import { setTimeout as pause } from 'node:timers/promises';
import { ClientSecretCredential } from '@azure/identity';
import { SecurityCenter } from '@azure/arm-security';

const { AZURE, TENANT, APP_ID, APP_SECRET } = process.env;
const SUBSCRIPTION = '11111111-aaaa-4bbb-8ccc-000000000001';
const VM = `/subscriptions/${SUBSCRIPTION}/resourceGroups/prod-web/providers/Microsoft.Compute/virtualMachines/web-01`;

const credential = new ClientSecretCredential(TENANT, APP_ID, APP_SECRET, {
  authorityHost: AZURE,
  disableInstanceDiscovery: true,
});
const { jitNetworkAccessPolicies: jit, pricings } = new SecurityCenter(credential, SUBSCRIPTION, { endpoint: AZURE });

function check(fact, what) {
  console.log(fact ? `  ok   ${what}` : `  WRONG  ${what}`);
  if (!fact) process.exit(1);
}

async function readBack() {
  const policy = await jit.get('prod-web', 'westeurope', 'default');
  const request = (policy.requests ?? []).find((found) => found.justification === 'INC-42 disk full');
  return request?.virtualMachines[0].ports[0];
}

async function refused(what, code, call) {
  try {
    await call();
  } catch (error) {
    check(error.statusCode === code, `${what}: ${error.statusCode} ${error.code}`);
    return;
  }
  check(false, `${what} is refused`);
}

console.log('JIT policies of the subscription, over several pages');
const policies = [];
for await (const policy of jit.list()) policies.push(policy);
check(policies.length === 6, `they are: ${policies.map((policy) => policy.id.split('/')[4]).sort().join(', ')}`);
const machines = policies.flatMap((policy) => policy.virtualMachines);
check(machines.length === 8, 'they name eight machines');

console.log('The plan');
const plan = await pricings.get('VirtualMachines');
check(plan.pricingTier === 'Standard' && plan.subPlan === 'P2', 'Defender for Servers Plan 2');

console.log('Ask for SSH from 198.51.100.7 for 30 minutes');
check((await readBack()) === undefined, 'before, the JIT policy shows no request of ours');
const end = new Date(Date.now() + 30 * 60 * 1000);
const port = { number: 22, endTimeUtc: end, allowedSourceAddressPrefix: '198.51.100.7' };
const body = { justification: 'INC-42 disk full', virtualMachines: [{ id: VM, ports: [port] }] };
const answer = await jit.initiate('prod-web', 'westeurope', 'default', body);
check(answer.virtualMachines[0].ports[0].status === 'Initiating', 'accepted: Initiating');

let opened;
for (let tries = 0; tries < 30; tries += 1) {
  opened = await readBack();
  if (opened?.status === 'Initiated') break;
  await pause(1000);
}
check(opened?.status === 'Initiated', 'read back until: Initiated');
check(opened.allowedSourceAddressPrefix === '198.51.100.7', 'for 198.51.100.7');
check(Math.abs(opened.endTimeUtc - end) < 1000, 'the end is the one that was asked for');

console.log('What is refused');
const ask = (wrong) => () =>
  jit.initiate('prod-web', 'westeurope', 'default', { virtualMachines: [{ id: VM, ports: [{ ...port, ...wrong }] }] });
await refused('an IPv6 source', 400, ask({ allowedSourceAddressPrefix: '2001:db8::7' }));
await refused('a port that the JIT policy does not have', 400, ask({ number: 8080 }));
await refused('an unknown JIT policy', 404, () => jit.get('prod-web', 'westeurope', 'nothing'));
await refused('deleting without the right', 403, () => jit.delete('prod-web', 'westeurope', 'default'));
console.log('All of it is as it must be.');
