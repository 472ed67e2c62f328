// Fault switches: what Azure and Discord do wrong, for the next call or until switched off.
import { ask } from "./api.js";
import { byId, h, keep } from "./dom.js";
import { messagesIn, places, world } from "./store.js";

const azure = (title, about, operation, kind) => ({ title, about, path: "azure/_control/faults", body: { operation, kind } });
const discord = (title, about, route, kind) => ({ title, about, path: "discord/_control/faults", body: { matcher: route ? { route } : { changing: true }, ...kind } });
const mood = (title, about, name) => ({ title, about, once: true, path: `discord/_control/gateway/${name}` });

const groups = [
  ["Azure", [
    azure("Refuses to open", "403 AuthorizationFailed on initiate", "initiate", { name: "forbidden" }),
    azure("Too many calls", "429, try again in 20 seconds", "any", { name: "throttled", retryAfter: 20 }),
    azure("Breaks", "500 on every call", "any", { name: "server-error", status: 500 }),
    azure("Slow", "every call takes 5 seconds", "any", { name: "slow", millis: 5000 }),
    azure("Opens, but the answer is lost", "the connection drops after the commit", "initiate", { name: "drop-after-effect" }),
    azure("Opens late", "the commit comes after the caller has hung up", "initiate", { name: "late-twin", millis: 4000 }),
    azure("Stays in Initiating", "accepted, and never open", "initiate", { name: "stuck-initiating" }),
    azure("Ignores a close", "accepted and forgotten; the window stays", "initiate", { name: "forgets-newer" }),
    azure("Opens beside what is open", "a close takes nothing away; the window stays", "initiate", { name: "keeps-older" }),
    azure("Never closes", "the rule stays after its end", "initiate", { name: "never-revokes" }),
    azure("Answers nonsense", "HTML instead of JSON", "any", { name: "html" }),
    azure("Refuses the token", "401 on every call", "any", { name: "unauthorized" }),
  ]],
  ["Discord", [
    discord("Breaks", "500, nothing done", null, { kind: "status", status: 500 }),
    discord("Does it, and answers 500", "as when a proxy gives up too early", "create_message", { kind: "status_after", status: 500 }),
    discord("Too many calls", "429, try again in 5 seconds", null, { kind: "rate_limited", retry_after: 5, global: false }),
    discord("Slow", "every change takes 2 seconds", null, { kind: "slow", millis: 2000 }),
    discord("Posts, but the answer is lost", "the connection drops after the effect", "create_message", { kind: "drop_after" }),
    discord("The message is gone", "deleted just before it is edited", "edit_message", { kind: "message_deleted" }),
  ]],
  ["Gateway", [
    mood("Asks to reconnect", "op 7", "reconnect"),
    mood("Session invalid", "op 9: the bot starts anew", "invalid"),
    mood("Cuts the connection", "without a word", "cut"),
    mood("Goes silent", "no heartbeat is answered", "silent"),
  ]],
];

let now;

export function start() {
  now = h("div");
  const panel = byId("panel-faults");
  panel.append(now);
  for (const [title, faults] of groups) panel.append(h("h3", {}, title), ...faults.map(switchOf));
  panel.append(
    h("h3", {}, "Moderation"),
    h("div", { class: "acts" }, h("button", { type: "button", class: "small", on: { click: deleteLastCard } }, "Delete the newest message in jit-requests")),
  );
}

function switchOf(fault) {
  const on = (times) => ask("POST", fault.path, fault.body && { ...fault.body, ...(times ? { times } : {}) });
  const button = (label, times) => h("button", { type: "button", class: "small", "aria-label": `${fault.title}: ${label}`, on: { click: () => on(times) } }, label);
  return h("div", { class: "fault" }, h("div", {}, h("b", {}, fault.title), h("small", {}, fault.about)), fault.once ? button("Now") : [button("Next call", 1), button("Until off")]);
}

async function deleteLastCard() {
  const channel = places().find((one) => one.name === "jit-requests");
  const last = channel && messagesIn(channel).filter((message) => !message.only_for).at(-1);
  if (last) await ask("DELETE", `discord/_control/messages/${last.id}`);
}

export function draw() {
  const on = [
    ...(world.azure?.faults ?? []).map(([id, fault]) => ({ id, world: "azure", fault, text: `Azure, ${fault.operation}: ${fault.kind.name}` })),
    ...(world.discord?.faults ?? []).map(([id, fault]) => ({ id, world: "discord", fault, text: `Discord, ${fault.matcher?.route ?? "changes"}: ${fault.kind}` })),
  ];
  const count = byId("faults-on");
  count.hidden = on.length === 0;
  count.textContent = on.length;
  keep(now, on.length ? [on] : [], {
    key: () => "on",
    print: (all) => JSON.stringify(all),
    make: (all) =>
      h(
        "div",
        { class: "faults-now" },
        h("b", {}, "Switched on"),
        h("ul", {}, all.map((one) => h("li", {}, `${one.text}${one.fault.times ? `, ${one.fault.times} more` : ""}`, h("button", { type: "button", class: "small", on: { click: () => ask("DELETE", `${one.world}/_control/faults/${one.id}`) } }, "Off")))),
      ),
  });
}
