// The box to type in: plain text, or a slash command with completion from its definition and from the bot.
import { act } from "./api.js";
import { byId, h } from "./dom.js";
import { begun } from "./messages.js";
import { ready, reading } from "./slash.js";
import { me, place, view, world } from "./store.js";

const wait = 120;
const nudge = "Type / for commands.";
let input, list, hint;
let offers = [];
let chosen = -1;
let asked = 0;
let timer;
/** What a chosen offer is called and what it means, by option. */
let meant = new Map();
const sentBefore = [];
let back = 0;

export function start() {
  input = h("input", {
    id: "composer-text", type: "text", autocomplete: "off", spellcheck: "false", role: "combobox", maxlength: 4000,
    "aria-expanded": "false", "aria-controls": "composer-choices", "aria-autocomplete": "list", "aria-describedby": "composer-hint",
    on: { input: look, keydown: keys, blur: () => setTimeout(close, 150), focus: look },
  });
  list = h("ul", { id: "composer-choices", class: "choices", role: "listbox", "aria-label": "Completions", hidden: true });
  hint = h("p", { id: "composer-hint", class: "hint", "aria-live": "polite" });
  const form = h("form", { class: "box", on: { submit: (event) => (event.preventDefault(), submit()) } }, input, h("button", { class: "send", type: "submit" }, "Send"));
  byId("composer").append(list, form, hint);
  list.addEventListener("mousedown", (event) => {
    const option = event.target.closest("[role=option]");
    event.preventDefault();
    if (option) take(Number(option.dataset.at));
  });
  document.addEventListener("keydown", (event) => {
    const typing = event.target.closest("input, textarea, select, [contenteditable], dialog");
    if (event.key === "/" && !typing && !event.ctrlKey && !event.metaKey) input.focus();
  });
  say(nudge);
}

export function draw() {
  const here = place();
  const name = here?.kind === "dm" ? "the bot" : `#${here?.name ?? ""}`;
  input.placeholder = `Write to ${name} as ${view.me}, or type /`;
  input.setAttribute("aria-label", input.placeholder);
}

function say(text, bad = false) {
  hint.className = bad ? "hint bad" : "hint";
  hint.textContent = text;
}

const commands = () => world.discord?.commands ?? [];
const channel = () => (view.place === "dm" ? me()?.dm_channel : view.place);

function look() {
  clearTimeout(timer);
  const turn = ++asked;
  const now = reading(commands(), input.value.slice(0, input.selectionStart ?? input.value.length));
  if (now.stage === "plain") return void (close(), say(nudge));
  if (now.stage === "command") {
    const found = now.offers.map((one) => ({ title: `/${one.path.join(" ")}`, about: one.about, put: () => begin(one) }));
    show(found, "Commands");
    return void say(commands().length ? "↑ ↓ choose · Tab or Enter takes · Esc closes" : "No bot has registered commands yet.", commands().length === 0);
  }
  const names = now.offers.map(optionOffer(now));
  if (now.stage === "option") return void (show(names, "Options"), sayMissing(now));
  const fixed = now.option.choices?.filter((choice) => choice.name.toLowerCase().includes(now.value.toLowerCase()));
  if (now.option.choices?.length) show([...fixed.map((choice) => valueOffer(now, choice)), ...names], now.option.description);
  else if (now.option.autocomplete) {
    if (names.length) show(names, "Options");
    timer = setTimeout(() => fetchOffers(now, turn, names), wait);
  } else show(names, now.option.description);
  say(`${now.option.name}: ${now.option.description}`);
}

async function fetchOffers(now, turn, names) {
  const text = input.value;
  const answer = await act(view.me, "types", { channel: channel(), text, focused: now.option.name });
  if (turn !== asked) return;
  if (answer.refused) return void (show(names, ""), say(answer.refused, true));
  const found = (answer.choices ?? []).map((choice) => valueOffer(now, choice));
  show([...found, ...names], found.length ? now.option.description : "No offers fit what is typed.");
}

const optionOffer = (now) => (option) => ({
  title: `${option.name}:`,
  about: option.description,
  mark: option.required ? "required" : "",
  put: () => write(input.value.slice(0, now.wordAt) + `${option.name}:`),
});

function valueOffer(now, choice) {
  return {
    title: choice.name,
    about: String(choice.value) === choice.name ? "" : String(choice.value),
    put: () => {
      meant.set(now.option.name, { shown: choice.name, value: String(choice.value) });
      const text = `${input.value.slice(0, now.valueAt)}${choice.name} `;
      const next = now.left.find((option) => option.required);
      write(next ? `${text}${next.name}:` : text);
    },
  };
}

function begin(one) {
  meant = new Map();
  const first = one.options.find((option) => option.required);
  write(`/${one.path.join(" ")} ${first ? `${first.name}:` : ""}`);
}

function write(text) {
  input.value = text;
  input.setSelectionRange(text.length, text.length);
  input.focus();
  look();
}

function sayMissing(now) {
  const missing = now.left.filter((option) => option.required).map((option) => option.name);
  if (missing.length) say(`Still required: ${missing.join(", ")}.`);
  else say("Enter sends.");
}

function show(found, about) {
  offers = found;
  chosen = found.length ? 0 : -1;
  list.replaceChildren(
    about && h("li", { class: "about", role: "presentation" }, about),
    ...found.map((offer, at) =>
      h("li", { role: "option", id: `choice-${at}`, "aria-selected": at === chosen, data: { at } }, h("b", {}, offer.title), offer.about && h("span", {}, offer.about), offer.mark && h("em", {}, offer.mark)),
    ),
  );
  if (!about) list.firstChild?.remove?.();
  const visible = found.length > 0 && document.activeElement === input;
  list.hidden = !visible;
  input.setAttribute("aria-expanded", String(visible));
  mark();
}

function mark() {
  for (const option of list.querySelectorAll("[role=option]")) {
    const mine = Number(option.dataset.at) === chosen;
    option.setAttribute("aria-selected", String(mine));
    if (mine) option.scrollIntoView({ block: "nearest" });
  }
  if (chosen >= 0 && !list.hidden) input.setAttribute("aria-activedescendant", `choice-${chosen}`);
  else input.removeAttribute("aria-activedescendant");
}

function close() {
  list.hidden = true;
  input.setAttribute("aria-expanded", "false");
  input.removeAttribute("aria-activedescendant");
}

function take(at) {
  const offer = offers[at];
  close();
  offer?.put();
}

function keys(event) {
  const isOpen = !list.hidden && offers.length > 0;
  if (event.isComposing) return;
  if (isOpen && (event.key === "ArrowDown" || event.key === "ArrowUp")) {
    event.preventDefault();
    chosen = (chosen + (event.key === "ArrowDown" ? 1 : -1) + offers.length) % offers.length;
    mark();
  } else if (isOpen && (event.key === "Tab" || (event.key === "Enter" && takesEnter()))) {
    event.preventDefault();
    take(chosen);
  } else if (event.key === "Escape") {
    close();
  } else if (!isOpen && event.key === "ArrowUp" && sentBefore.length && (input.value === "" || back > 0)) {
    event.preventDefault();
    back = Math.min(back + 1, sentBefore.length);
    write(sentBefore.at(-back));
  }
}

// Enter sends once nothing required is left; until then it takes the offer.
function takesEnter() {
  const now = reading(commands(), input.value);
  if (now.stage === "command") {
    const typed = now.offers.find((one) => input.value.slice(1).trim() === one.path.join(" "));
    return !typed || typed.options.some((option) => option.required);
  }
  const missing = now.left.some((option) => option.required) || (now.option?.required && !now.value);
  if (missing) return true;
  return now.stage === "value" && Boolean(offers[chosen]) && offers[chosen].title !== now.value && (now.option.choices?.length > 0 || now.option.autocomplete === true) && !/\s$/.test(input.value);
}

async function submit() {
  const text = input.value.trimEnd();
  if (!text.trim()) return;
  close();
  // Offers that are still on their way would be for an empty box.
  clearTimeout(timer);
  asked += 1;
  if (!text.startsWith("/")) {
    const said = await act(view.me, "says", { channel: channel(), text });
    return said.refused ? say(said.refused, true) : sent(text);
  }
  const command = ready(commands(), text);
  if (!command) return say("There is no such command here. Type / and choose one.", true);
  const values = command.values.map(([name, shown]) => [name, meant.get(name)?.shown === shown ? meant.get(name).value : shown]);
  const done = act(view.me, "slash", { channel: channel(), path: command.path, values });
  const started = await done;
  if (started.refused) return say(started.refused, true);
  sent(text);
  await begun(done);
}

function sent(text) {
  sentBefore.push(text);
  back = 0;
  meant = new Map();
  input.value = "";
  close();
  say(nudge);
}
