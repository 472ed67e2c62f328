// What reached the emulators, line by line: the ground truth by which the bot is judged.
import { ledger } from "./api.js";
import { byId, h } from "./dom.js";
import { names } from "./store.js";
import { say } from "./time.js";

const most = 400;
const worlds = ["azure", "discord"];
const lines = { azure: [], discord: [] };
const reading = { azure: false, discord: false };
let list, search, hush, asked;

export function start() {
  search = h("input", { type: "search", placeholder: "Find in the ledgers", "aria-label": "Find in the ledgers", on: { input: paint } });
  hush = h("input", { type: "checkbox", checked: true, on: { change: paint } });
  list = h("div");
  byId("panel-ledger").append(h("div", { class: "filter" }, search, h("label", {}, hush, "changes only")), list);
}

const isVisible = () => !byId("panel-ledger").hidden;

/** Reads what is new, if anybody looks. */
export function draw() {
  if (!isVisible() || asked) return;
  asked = requestAnimationFrame(async () => {
    asked = undefined;
    await Promise.all(worlds.map(readNew));
    paint();
  });
}

async function readNew(name) {
  if (reading[name]) return;
  reading[name] = true;
  try {
    // A line without an answer yet is read again, until it has one.
    const known = lines[name];
    const open = known.findIndex((line) => line.status === null && line.method && !line.dropped);
    const from = open < 0 ? (known.at(-1)?.seq ?? 0) : known[open].seq - 1;
    const fresh = await ledger(name, from);
    lines[name] = [...known.filter((line) => line.seq <= from), ...fresh].slice(-most);
  } finally {
    reading[name] = false;
  }
}

function paint() {
  const wanted = search.value.trim().toLowerCase();
  const all = worlds
    .flatMap((name) => lines[name].map((line) => ({ name, line })))
    .filter(({ line }) => !hush.checked || line.effect && line.method !== "GET" || line.what === "person")
    .filter(({ line }) => !wanted || JSON.stringify(line).toLowerCase().includes(wanted))
    .sort((one, two) => Date.parse(two.line.at) - Date.parse(one.line.at))
    .slice(0, 200);
  const open = new Set([...list.querySelectorAll("details[open]")].map((node) => node.dataset.key));
  list.replaceChildren(...all.map(({ name, line }) => entry(name, line, open)));
  if (all.length === 0) list.append(h("p", { class: "empty" }, "Nothing yet."));
}

function entry(name, line, open) {
  const key = `${name}-${line.seq}`;
  const title = line.what === "person" ? `${names.user(line.who)}: ${line.did}` : line.what === "dispatch" ? `→ ${line.event}` : (line.operation ?? line.route);
  const status = line.method ? (line.status ?? (line.dropped ? "cut" : "…")) : "";
  const kind = status === "cut" || status >= 400 ? "bad" : status >= 200 ? "good" : "";
  const node = h(
    "details",
    { class: line.effect && line.method !== "GET" ? "entry effect" : "entry", open: open.has(key), data: { key } },
    h("summary", {}, h("span", { class: "at" }, say(Date.parse(line.at), "T")), h("span", { class: `dot-${name}`, title: name }), h("span", { class: "what" }, h("span", {}, title), line.method && h("small", {}, `${line.method} ${line.path}`)), h("span", { class: "status", data: { kind } }, status)),
  );
  const fill = () => node.childElementCount === 1 && node.append(h("pre", {}, JSON.stringify(line, null, 2)));
  node.addEventListener("toggle", fill);
  if (node.open) fill();
  return node;
}
