// Who you are, and where you are: people, channels, threads, direct messages.
import { act } from "./api.js";
import { byId, h, keep, roving } from "./dom.js";
import { become, markRead, me, messagesIn, myRoles, people, places, unread, view, world } from "./store.js";

export function avatar(name, bot, size = "") {
  if (bot) {
    return h("span", { class: `avatar ${size}`, data: { hue: "bot" }, "aria-hidden": "true" }, h("img", { src: "icon.svg", alt: "" }));
  }
  const hue = Math.max(0, people().findIndex((person) => person.name === name)) % 6;
  return h("span", { class: `avatar ${size}`, data: { hue }, "aria-hidden": "true" }, name.slice(0, 1).toUpperCase());
}

const shown = (name) => name.slice(0, 1).toUpperCase() + name.slice(1);

export function start(redraw) {
  const group = byId("people");
  roving(group, "button");
  group.addEventListener("click", (event) => {
    const name = event.target.closest("button")?.dataset.name;
    if (!name) return;
    become(name);
    redraw();
  });
  byId("places").addEventListener("click", (event) => {
    const id = event.target.closest("button")?.dataset.place;
    if (!id) return;
    view.place = id;
    redraw();
  });
}

export function draw() {
  drawPeople();
  drawPlaces();
  drawSelf();
}

function drawPeople() {
  const sums = { developer: "may ask", "on-call": "approves", lead: "leads", auditor: "reads", administrator: "may freeze" };
  keep(byId("people"), people(), {
    key: (person) => person.id,
    print: (person) => JSON.stringify([person.name, person.roles, person.name === me()?.name]),
    make: (person) => {
      const mine = person.name === me()?.name;
      const roles = (person.roles ?? []).map((id) => world.discord.roles.find((role) => role.id === id)?.name ?? id);
      const can = roles.map((role) => sums[role] ?? role).join(", ") || "no roles";
      return h(
        "button",
        { type: "button", role: "radio", "aria-checked": mine, tabindex: mine ? 0 : -1, title: `${shown(person.name)}: ${can}`, data: { name: person.name, focus: "person" } },
        avatar(person.name, false),
        shown(person.name),
      );
    },
  });
}

function drawPlaces() {
  const all = places();
  const rows = all.map((channel) => ({ ...channel, messages: messagesIn(channel) }));
  const person = me();
  if (person) rows.push({ id: "dm", name: "Portcullis", dm: true, messages: person.dms ?? [] });
  const here = rows.find((row) => row.id === view.place);
  if (here) markRead(here.id, here.messages);
  const box = byId("places");
  if (!box.firstChild) {
    box.append(h("h3", {}, "Channels"), h("ul", { class: "channels" }), h("h3", {}, "Direct messages"), h("ul", { class: "directs" }));
  }
  const list = (name, wanted) =>
    keep(box.querySelector(name), rows.filter(wanted), {
      key: (row) => row.id,
      print: (row) => JSON.stringify([row.name, row.archived, row.locked, row.id === view.place, unread(row.id, row.messages)]),
      make: line,
    });
  list(".channels", (row) => !row.dm);
  list(".directs", (row) => row.dm);
}

function line(row) {
  const { count, called } = unread(row.id, row.messages);
  const here = row.id === view.place;
  const sign = row.dm ? "✉" : row.thread ? "↳" : "#";
  const about = [row.name, count && `${count} new`, row.archived && "archived", row.locked && "locked"].filter(Boolean).join(", ");
  const classes = [row.thread && "thread", count && !here && "unread", row.archived && "gone"].filter(Boolean).join(" ");
  return h(
    "li",
    {},
    h(
      "button",
      { type: "button", class: classes, "aria-current": here ? "page" : undefined, "aria-label": about, title: about, data: { place: row.id, focus: `place-${row.id}` } },
      h("span", { "aria-hidden": "true" }, sign),
      h("span", { class: "name" }, row.name),
      called > 0 && !here && h("span", { class: "count" }, called),
    ),
  );
}

function drawSelf() {
  const person = me();
  if (!person) return;
  byId("guild-name").textContent = world.discord.guild.name;
  keep(byId("self"), [person], {
    key: () => "self",
    print: (one) => JSON.stringify([one.name, one.roles, one.dms_closed, world.discord.bots_connected]),
    make: (one) =>
      h(
        "div",
        {},
        h("div", {}, "You are ", h("strong", {}, shown(one.name)), "."),
        h("div", { class: "roles" }, myRoles().map((role) => h("span", { class: "role" }, role.name)), myRoles().length === 0 && h("span", { class: "role" }, "no roles")),
        h(
          "label",
          {},
          h("input", { type: "checkbox", checked: one.dms_closed, data: { focus: "inbox" }, on: { change: (event) => act(one.name, "dms_closed", { closed: event.target.checked }) } }),
          "Inbox closed to the bot",
        ),
        world.discord.bots_connected === 0 && h("div", { class: "failed", role: "status" }, "No bot is connected."),
      ),
  });
}
