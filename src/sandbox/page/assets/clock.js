// World time: read from the server, moved by people.
import { ask } from "./api.js";
import { byId, h } from "./dom.js";
import { say, setWorldNow, worldNow } from "./time.js";

const steps = [["+1 m", 60], ["+15 m", 900], ["+1 h", 3600]];
let time, ahead;

const advance = (seconds) => ask("POST", "clock", { advance_seconds: seconds });

export function start() {
  time = h("span", { class: "time" });
  ahead = h("span", { class: "ahead" });
  const custom = h("input", { type: "text", placeholder: "2h30m", "aria-label": "Move the clock by, for example 2h30m" });
  const form = h(
    "form",
    {
      on: {
        submit: (event) => {
          event.preventDefault();
          const seconds = read(custom.value);
          custom.setAttribute("aria-invalid", String(!seconds));
          if (seconds) advance(seconds).then(() => (custom.value = ""));
        },
      },
    },
    custom,
  );
  byId("clock").append(
    time,
    ahead,
    steps.map(([label, seconds]) => h("button", { type: "button", class: "small", title: `Move the world's clock by ${label.slice(1)}`, on: { click: () => advance(seconds) } }, label)).reduce((box, button) => (box.append(button), box), document.createDocumentFragment()),
    form,
  );
}

/** `1h30m`, `90s`, `2d`; a bare number is minutes. */
function read(text) {
  const clean = text.trim().toLowerCase();
  if (/^\d+$/.test(clean)) return Number(clean) * 60;
  const size = { d: 86400, h: 3600, m: 60, s: 1 };
  const parts = [...clean.matchAll(/(\d+)\s*([dhms])/g)];
  if (parts.map((part) => part[0]).join("") !== clean.replace(/\s+/g, "") || !parts.length) return undefined;
  return parts.reduce((sum, [, count, unit]) => sum + Number(count) * size[unit], 0);
}

export function hear(state) {
  setWorldNow(Date.parse(state.now));
  const minutes = Math.round(state.ahead_seconds / 60);
  ahead.textContent = minutes ? `+${minutes >= 60 ? `${Math.floor(minutes / 60)} h ` : ""}${minutes % 60 ? `${minutes % 60} min` : ""}` : "";
  ahead.title = "So far is the world ahead of this machine's clock.";
  tick();
}

export function tick() {
  const text = say(worldNow(), "T");
  if (time.textContent !== text) time.textContent = text;
}
