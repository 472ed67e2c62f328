// The Azure side: machines with their power, JIT ports, windows and network rules.
import { ask } from "./api.js";
import { byId, h, keep } from "./dom.js";
import { world } from "./store.js";
import { timeOf } from "./time.js";

const lingers = 3000;
let list, search, busy;
/** Rules as they were at the last look, and those that went a moment ago, by machine. */
const before = new Map();
const gone = new Map();
/** Machines that the person opened or closed by hand. */
const byHand = new Map();

export function start() {
  search = h("input", { type: "search", placeholder: "Find a machine", "aria-label": "Find a machine", on: { input: draw } });
  busy = h("input", { type: "checkbox", on: { change: draw } });
  list = h("div");
  byId("panel-azure").append(h("div", { class: "filter" }, search, h("label", {}, busy, "only with windows")), list);
}

const windows = (machine) => machine.ports.filter((port) => port.window.state !== "closed");
// A group can stand before several machines; JIT's rules in it name one machine each.
const concerns = (machine, rule) => !rule.name.includes("JITRule") || rule.destinations.includes(machine.privateIp);
const rulesOf = (machine) => machine.networkSecurityGroups.flatMap((group) => group.rules).filter((rule) => concerns(machine, rule));

/** Notes which rules came and went since the last push. */
export function hear() {
  for (const machine of world.azure.machines) {
    const rules = rulesOf(machine);
    const old = before.get(machine.id);
    before.set(machine.id, rules);
    if (!old) continue;
    const had = new Set(old.map((rule) => rule.name));
    const has = new Set(rules.map((rule) => rule.name));
    machine.came = rules.filter((rule) => !had.has(rule.name)).map((rule) => rule.name);
    const went = old.filter((rule) => !has.has(rule.name));
    if (went.length) {
      gone.set(machine.id, [...(gone.get(machine.id) ?? []), ...went]);
      setTimeout(() => {
        gone.delete(machine.id);
        draw();
      }, lingers);
    }
  }
}

export function draw() {
  if (!world.azure) return;
  const wanted = search.value.trim().toLowerCase();
  const fits = (machine) =>
    (!busy.checked || windows(machine).length > 0) &&
    [machine.name, machine.group, machine.region, machine.os, ...Object.entries(machine.tags).map((tag) => tag.join("="))].some((text) => text.toLowerCase().includes(wanted));
  const groups = world.azure.subscriptions.map((one) => ({
    ...one,
    machines: world.azure.machines.filter((machine) => machine.subscription === one.id && fits(machine)).sort((a, b) => a.name.localeCompare(b.name)),
  }));
  keep(list, groups.filter((group) => group.machines.length), {
    key: (group) => group.id,
    print: (group) => group.id,
    make: (group) => h("section", {}, h("h3", {}, group.name), h("div")),
  });
  for (const group of groups.filter((one) => one.machines.length)) {
    const box = [...list.children].find((child) => child.dataset.key === group.id);
    box.firstChild.textContent = `${group.name}${group.security === "Registered" ? "" : " · Microsoft.Security is not registered: no JIT"}${group.plan === "P2" ? "" : ` · Defender plan ${group.plan}: no JIT`}`;
    keep(box.lastChild, group.machines, {
      key: (machine) => machine.id,
      print: (machine) => JSON.stringify([machine.power, machine.ports, machine.networkSecurityGroups, machine.firewall, gone.get(machine.id)?.map((rule) => rule.name)]),
      make: card,
    });
  }
}

function card(machine) {
  const opened = windows(machine);
  const isOpen = byHand.get(machine.id) ?? (opened.length > 0 || gone.has(machine.id));
  return h(
    "details",
    { class: opened.length ? "vm open" : "vm", open: isOpen },
    h(
      "summary",
      { data: { focus: "summary" }, on: { click: (event) => byHand.set(machine.id, !event.currentTarget.parentElement.open) } },
      h("span", { class: "power", data: { power: machine.power }, role: "img", "aria-label": machine.power, title: machine.power }),
      h("span", { class: "name" }, machine.name),
      h("span", { class: "where" }, `${machine.group} · ${machine.os}`),
      h("span", { class: "ports" }, machine.ports.map(chip), machine.ports.length === 0 && h("span", { class: "port" }, machine.classic ? "classic" : "no JIT")),
    ),
    inside(machine, opened),
  );
}

function chip(port) {
  const { state } = port.window;
  const kind = state === "ruleMissing" ? "initiating" : state;
  return h("span", { class: "port", data: { state: kind }, title: `Port ${port.number}: ${words[state] ?? state}` }, port.number, state === "open" && [" · ", timeOf(Date.parse(port.window.until), "left")]);
}

const words = { closed: "closed", initiating: "opening", open: "open", ruleMissing: "open by JIT, but its rule is gone" };

function inside(machine, opened) {
  const tags = Object.entries(machine.tags).map((tag) => tag.join("=")).join(" ");
  const address = [machine.privateIp, machine.publicIp].filter(Boolean).join(" / ");
  return h(
    "div",
    { class: "inside" },
    h("div", { class: "facts" }, [machine.power, machine.region, tags, address].filter(Boolean).join(" · ")),
    opened.map(window),
    machine.firewall && h("div", { class: "facts" }, `Behind a firewall at ${machine.firewall.publicIp}.`, machine.firewall.translations.map((rule) => h("div", {}, `${rule.source} → :${rule.outsidePort} → ${rule.destination}:${rule.port}`))),
    rules(machine),
    acts(machine),
  );
}

function window(port) {
  const { state, source, until, mappedPort, justification } = port.window;
  return h(
    "div",
    { class: "window", data: { state: state === "open" ? "open" : "initiating" } },
    h("strong", {}, `${port.number} ${words[state]}`),
    h("span", {}, `from ${source}`),
    mappedPort && h("span", {}, `at outside port ${mappedPort}`),
    h("span", {}, "until ", timeOf(Date.parse(until), "t"), " (", timeOf(Date.parse(until), "left"), ")"),
    justification && h("span", { class: "facts" }, justification),
  );
}

function rules(machine) {
  const now = rulesOf(machine);
  const went = gone.get(machine.id) ?? [];
  if (now.length + went.length === 0) return h("div", { class: "warn" }, "No network security group stands before it.");
  const sorted = [...now, ...went.map((rule) => ({ ...rule, went: true }))].sort((one, two) => one.priority - two.priority);
  const head = ["Prio", "Does", "Port", "From", "Rule"].map((title) => h("th", { scope: "col" }, title));
  return h("table", { class: "rules" }, h("caption", { class: "hidden-text" }, `Network rules of ${machine.name}`), h("thead", {}, h("tr", {}, head)), h("tbody", {}, sorted.map((rule) => row(machine, rule))));
}

function row(machine, rule) {
  const jit = rule.name.includes("JITRule");
  const allows = String(rule.access).toLowerCase() === "allow";
  const wide = allows && !jit && (rule.sources ?? []).some((source) => ["*", "0.0.0.0/0", "Internet", "Any"].includes(source)) && rule.priority < 65000;
  const classes = [allows ? "allow" : "deny", jit && "jit", wide && "broad", rule.went && "went", machine.came?.includes(rule.name) && "came"];
  return h(
    "tr",
    { class: classes.filter(Boolean).join(" "), title: wide ? "This rule lets everybody in, so a JIT window changes nothing." : rule.name },
    h("td", {}, rule.priority),
    h("td", {}, allows ? "allow" : "deny"),
    h("td", {}, (rule.destinationPorts ?? []).join(", ")),
    h("td", {}, (rule.sources ?? []).join(", ")),
    h("td", {}, jit ? (allows ? "JIT window" : "JIT closed") : rule.name),
  );
}

function acts(machine) {
  const path = `azure/machines/${encodeURIComponent(machine.name)}`;
  const button = (label, title, verb, body) => h("button", { type: "button", class: "small", title, data: { focus: label }, on: { click: () => ask("POST", `${path}/${verb}`, body) } }, label);
  const running = machine.power === "running";
  const free = machine.ports.find((port) => port.window.state === "closed");
  const held = machine.ports.find((port) => port.window.state === "open");
  return h(
    "div",
    { class: "acts" },
    button(running ? "Stop" : "Start", "Power, as in the portal", "power", { power: running ? "deallocated" : "running" }),
    free && button(`Open ${free.number} in the portal`, "Somebody else opens a window, behind the bot's back", "opens", { port: free.number }),
    held && button(`Revoke ${held.number} in the portal`, "Somebody ends the window in the portal", "revokes", { port: held.number }),
    held && button("Delete its rule", "Somebody deletes the network rule; Azure does not notice", "removes", { port: held.number }),
  );
}
