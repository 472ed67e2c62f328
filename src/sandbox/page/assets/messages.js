// The messages of a place: text, embeds, buttons, reactions.
import { act, ask, outcome } from "./api.js";
import { byId, h, keep, notice } from "./dom.js";
import { open as openForm } from "./form.js";
import { markdown } from "./markdown.js";
import { avatar } from "./people.js";
import { me, names, personNamed, pingsMe, place, view, world } from "./store.js";
import { timeOf } from "./time.js";

const quick = ["✅", "❌", "👀"];
const together = 7 * 60_000;
let shownPlace;

export function start() {
  const box = byId("messages");
  box.addEventListener("click", (event) => {
    const button = event.target.closest("button[data-do]");
    if (button) perform(button);
  });
  box.addEventListener("submit", (event) => {
    const menu = event.target.closest("form[data-message]");
    if (!menu) return;
    event.preventDefault();
    choose(menu.dataset, new FormData(menu).getAll("choice"));
  });
  box.addEventListener("change", (event) => {
    const menu = event.target.closest("select[data-message]");
    if (menu) choose(menu.dataset, [menu.value]);
  });
}

export function draw() {
  const here = place();
  if (!here) return;
  byId("place-name").textContent = (here.kind === "dm" ? "" : here.kind === "thread" ? "↳ " : "# ") + here.name;
  byId("place-topic").textContent = about(here);
  const box = byId("messages");
  const moved = shownPlace !== `${view.me}/${here.id}`;
  const atEnd = moved || box.scrollHeight - box.scrollTop - box.clientHeight < 80;
  shownPlace = `${view.me}/${here.id}`;
  // A whole channel must not be read out when somebody only looks at another place.
  if (moved) box.setAttribute("aria-live", "off");
  const rows = here.messages.length ? here.messages : [{ id: "empty", empty: true }];
  keep(box, rows, {
    key: (message) => message.id,
    print: (message) => JSON.stringify([message, follows(rows, message), view.me, me()?.roles, here.kind]),
    make: (message) => (message.empty ? empty(here) : one(message, follows(rows, message), here)),
  });
  if (atEnd) box.scrollTop = box.scrollHeight;
  requestAnimationFrame(() => box.setAttribute("aria-live", "polite"));
}

function about(here) {
  if (here.kind === "dm") return "Only you and the bot read this.";
  const state = [here.locked && "locked", here.archived && "archived"].filter(Boolean).join(" and ");
  if (state) return `This thread is ${state}.`;
  return { general: "Ask here: type /jit request", "jit-requests": "Requests wait here for an approver.", "jit-trail": "What happened, for all to read; see its thread." }[here.name] ?? "";
}

function empty(here) {
  const text =
    here.kind === "dm"
      ? "The bot writes here when an answer comes after the 15 minutes in which Discord lets it change its first one."
      : here.name === "general"
        ? "Be Alice and type /jit request. Then be Bob, look into jit-requests, and approve. The network rules of the machine are on the right."
        : "Nothing has been written here yet.";
  return h("div", { class: "empty" }, h("h3", {}, here.kind === "dm" ? "Direct messages" : `# ${here.name}`), h("p", {}, text));
}

function follows(rows, message) {
  const before = rows[rows.indexOf(message) - 1];
  return Boolean(
    before && before.author === message.author && !message.interaction && message.kind === 0 && before.kind === 0 &&
      before.only_for === message.only_for && Date.parse(message.created) - Date.parse(before.created) < together,
  );
}

function one(message, same, here) {
  const author = personNamed(message.author);
  const bot = author?.bot ?? true;
  const classes = ["message", same && "same", pingsMe(message) && "pinged", message.only_for && "private", [6, 18, 21].includes(message.kind) && "system"];
  const article = h(
    "article",
    { class: classes.filter(Boolean).join(" "), "aria-label": `${message.author} wrote` },
    avatar(message.author, bot, "large"),
    h(
      "div",
      { class: "body" },
      used(message),
      h("div", { class: "who" }, h("strong", {}, message.author), bot && h("span", { class: "tag" }, "bot"), timeOf(Date.parse(message.created), "t"), edited(message)),
      systemText(message),
      message.loading ? h("p", { class: "thinking" }, `${message.author} is thinking`) : message.content && message.kind !== 18 && markdown(message.content, names),
      message.embeds.map(embed),
      message.components.map((row) => h("div", { class: "row" }, (row.components ?? []).map((part) => component(message, part)))),
      files(message),
      reactions(message),
      message.has_thread && h("button", { type: "button", class: "small", data: { do: "thread", message: message.id, focus: "thread" } }, "Open the thread"),
      message.only_for && h("p", { class: "note" }, "👁 Only you can see this."),
      // The colour of a message that calls somebody is not seen by everybody.
      pingsMe(message) && h("p", { class: "note" }, "🔔 This called you."),
    ),
  );
  if (!message.only_for && here.kind !== "dm" && ![18, 21].includes(message.kind)) article.append(tools(message));
  return article;
}

// Discord's message types 18 (a thread was created) and 21 (what a thread began with) carry no text of their own.
function systemText(message) {
  if (message.kind === 18) return h("p", {}, `${message.author} started a thread: ${message.content}`);
  if (message.kind === 21) return h("p", {}, "This thread began with the message above it in its channel.");
  return undefined;
}

function used(message) {
  const source = message.interaction && world.discord.interactions.find((found) => found.id === message.interaction);
  // Only a slash command is told; a press of a button is not (Discord, message type 20).
  if (!source || message.kind !== 20) return undefined;
  return h("p", { class: "used" }, `${names.user(source.person)} used a command`);
}

function edited(message) {
  if (!message.edited || message.loading) return undefined;
  const times = message.history.length;
  return h("span", { class: "edited", title: `Changed ${times === 1 ? "once" : `${times} times`}` }, "(edited)");
}

function embed(content) {
  const edge = Number.isInteger(content.color) ? { "--edge": `#${(content.color & 0xffffff).toString(16).padStart(6, "0")}` } : {};
  const title = content.title && (content.url ? markdown(`[${content.title}](${content.url})`, names) : markdown(content.title, names));
  return h(
    "div",
    { class: "embed", style: edge },
    content.author?.name && h("div", { class: "author" }, content.author.name),
    title && h("div", { class: "title" }, title),
    content.description && markdown(content.description, names),
    content.fields?.length > 0 &&
      h("div", { class: "fields" }, content.fields.map((field) => h("div", { class: field.inline ? "field inline" : "field" }, h("b", {}, field.name), markdown(field.value, names)))),
    (content.footer?.text || content.timestamp) &&
      h("div", { class: "footer" }, content.footer?.text, content.footer?.text && content.timestamp && " · ", content.timestamp && timeOf(Date.parse(content.timestamp), "f")),
  );
}

function component(message, part) {
  if (part.type === 2) {
    const label = [part.emoji?.name, part.label].filter(Boolean).join(" ");
    if (part.style === 5) return link(label, part);
    return h(
      "button",
      { type: "button", class: "press", disabled: part.disabled, data: { do: "click", message: message.id, what: part.custom_id, style: part.style, focus: part.custom_id } },
      label,
    );
  }
  if (part.type === 3 && part.max_values > 1) return several(message, part);
  if (part.type === 3) {
    const label = (option) => [option.label, option.description].filter(Boolean).join(" · ");
    const options = (part.options ?? []).map((option) => h("option", { value: option.value, selected: option.default }, label(option)));
    return h(
      "select",
      { "aria-label": part.placeholder ?? "Choose", disabled: part.disabled, data: { message: message.id, what: part.custom_id, focus: part.custom_id } },
      h("option", { value: "", disabled: true, selected: !(part.options ?? []).some((option) => option.default) }, part.placeholder ?? "Choose …"),
      options,
    );
  }
  return undefined;
}

// A link tells the bot nothing. It leads out of Discord, in the browser of the person's own desk.
function link(label, part) {
  if (!/^https?:\/\//i.test(part.url ?? "")) return h("span", { class: "press" }, label);
  const href = `leave?${new URLSearchParams({ as: me().name, to: part.url })}`;
  return h("a", { class: "press", href, target: "_blank", rel: "noopener noreferrer", "aria-label": `${label}, opens a new tab`, data: { style: 5, focus: part.url } }, `${label} ↗`);
}

// A menu in which several may be chosen; the choice is sent at once, as in Discord when its menu is closed.
function several(message, part) {
  const few = part.max_values < part.options.length || part.min_values > 1;
  const count = part.min_values === part.max_values ? part.max_values : `${part.min_values} to ${part.max_values}`;
  const one = (option) =>
    h(
      "label",
      {},
      h("input", { type: "checkbox", name: "choice", value: option.value, checked: option.default, data: { focus: `${part.custom_id}/${option.value}` } }),
      h("span", {}, option.label, option.description && h("small", {}, option.description)),
    );
  return h(
    "form",
    { class: "menu", data: { message: message.id, what: part.custom_id } },
    h("fieldset", { disabled: part.disabled }, h("legend", {}, part.placeholder ?? "Choose", few && h("small", {}, ` (${count})`)), part.options.map(one)),
    h("button", { type: "submit", class: "press", disabled: part.disabled, data: { focus: part.custom_id } }, "Choose these"),
  );
}

const choose = ({ message, what }, choices) => begun(act(me().name, "selects", { message, what, choices }));

function files(message) {
  if (!message.files?.length) return undefined;
  const size = (bytes) => (bytes < 1024 ? `${bytes} bytes` : `${(bytes / 1024).toFixed(1)} KiB`);
  const one = (file) => h("a", { class: "file", href: `discord${file.path}`, download: file.name, data: { focus: file.id } }, h("span", {}, `📄 ${file.name}`), h("small", {}, size(file.size)));
  return h("div", { class: "row" }, message.files.map(one));
}

function reactions(message) {
  const given = Object.entries(message.reactions ?? {});
  if (given.length === 0) return undefined;
  return h(
    "div",
    { class: "reactions" },
    given.map(([emoji, who]) =>
      h(
        "button",
        { type: "button", class: "reaction", "aria-label": `${emoji}, given by ${who.join(", ")}`, "aria-pressed": who.includes(view.me), title: who.join(", "), data: { do: "react", message: message.id, what: emoji, focus: `has-${emoji}` } },
        emoji,
        h("span", {}, who.length),
      ),
    ),
  );
}

function tools(message) {
  return h(
    "div",
    { class: "tools" },
    quick.map((emoji) => h("button", { type: "button", "aria-label": `React with ${emoji}`, data: { do: "react", message: message.id, what: emoji, focus: `add-${emoji}` } }, emoji)),
    h("button", { type: "button", title: "Delete this message, as a moderator would", "aria-label": "Delete this message", data: { do: "delete", message: message.id, focus: "delete" } }, "🗑"),
  );
}

async function perform(button) {
  const { do: what, message, what: name } = button.dataset;
  const person = me();
  if (what === "thread") {
    view.place = message;
    document.dispatchEvent(new Event("moved"));
  } else if (what === "delete") {
    await ask("DELETE", `discord/_control/messages/${message}`);
  } else if (what === "react") {
    const mine = button.getAttribute("aria-pressed") === "true";
    const done = await act(person.name, mine ? "unreacts" : "reacts", { message, emoji: name });
    if (done.refused) notice(done.refused);
  } else if (what === "click") {
    button.classList.add("waiting");
    await begun(act(person.name, "clicks", { message, what: name }));
    button.classList.remove("waiting");
  }
}

/** Follows an interaction that a person has begun: a form opens, or "did not respond" is said. */
export async function begun(sent) {
  const person = me();
  const started = await sent;
  if (started.refused) {
    notice(started.refused);
    return started;
  }
  const became = await outcome(started.interaction);
  if (became.failed) notice(became.failed);
  if (became.modal && person.name === view.me) openForm(became.modal, (values) => begun(act(person.name, "submits", { interaction: became.modal.interaction, values })));
  return became;
}
