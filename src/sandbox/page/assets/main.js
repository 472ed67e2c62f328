// Puts the page together: listens, keeps the state, and draws what changed, at most once per frame.
import { listen } from "./api.js";
import * as azure from "./azure.js";
import * as clock from "./clock.js";
import * as composer from "./composer.js";
import { byId, roving } from "./dom.js";
import * as faults from "./faults.js";
import * as ledger from "./ledger.js";
import * as messages from "./messages.js";
import * as people from "./people.js";
import { world } from "./store.js";
import { tickAll } from "./time.js";

let waiting;

function redraw() {
  waiting ??= requestAnimationFrame(() => {
    waiting = undefined;
    if (world.discord) {
      people.draw();
      messages.draw();
      // The place may only now be chosen.
      people.draw();
      composer.draw();
    }
    azure.draw();
    faults.draw();
    ledger.draw();
  });
}

function hear(name, state) {
  if (name === "clock") return clock.hear(state);
  world[name] = state;
  if (name === "azure") azure.hear();
  redraw();
}

function tabs() {
  const all = [...document.querySelectorAll("[role=tab]")];
  roving(document.querySelector("[role=tablist]"), "[role=tab]");
  for (const tab of all) {
    tab.addEventListener("click", () => {
      for (const one of all) {
        const mine = one === tab;
        one.setAttribute("aria-selected", String(mine));
        one.tabIndex = mine ? 0 : -1;
        byId(one.getAttribute("aria-controls")).hidden = !mine;
      }
      redraw();
    });
  }
}

function theme() {
  const button = byId("theme");
  const root = document.documentElement;
  const isDark = () => (root.dataset.theme ? root.dataset.theme === "dark" : matchMedia("(prefers-color-scheme: dark)").matches);
  const paint = () => (button.textContent = isDark() ? "☀" : "☾");
  try {
    const kept = localStorage.getItem("portcullis-theme");
    if (kept === "dark" || kept === "light") root.dataset.theme = kept;
  } catch {
    // Without storage the page follows the system.
  }
  button.addEventListener("click", () => {
    root.dataset.theme = isDark() ? "light" : "dark";
    try {
      localStorage.setItem("portcullis-theme", root.dataset.theme);
    } catch {
      // As above.
    }
    paint();
  });
  paint();
}

theme();
tabs();
clock.start();
people.start(redraw);
messages.start();
composer.start();
azure.start();
faults.start();
ledger.start();
document.addEventListener("moved", redraw);
setInterval(() => {
  clock.tick();
  tickAll();
}, 1000);
listen(hear, (isLost) => (byId("lost").hidden = !isLost));
