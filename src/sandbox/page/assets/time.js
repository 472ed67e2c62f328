// World time on the page: the server's clock, which can be ahead of this machine's.
import { h } from "./dom.js";

let ahead = 0;

/** Takes over the server's present instant, in milliseconds. */
export function setWorldNow(millis) {
  ahead = millis - Date.now();
}

export const worldNow = () => Date.now() + ahead;

const formats = {
  t: { timeStyle: "short" },
  T: { timeStyle: "medium" },
  d: { dateStyle: "short" },
  D: { dateStyle: "long" },
  f: { dateStyle: "long", timeStyle: "short" },
  F: { dateStyle: "full", timeStyle: "short" },
};
const relative = new Intl.RelativeTimeFormat("en", { numeric: "auto" });

/** An instant in one of Discord's styles; `R` is relative to the world's clock. */
export function say(millis, style = "f") {
  if (style !== "R") return new Intl.DateTimeFormat("en-GB", formats[style] ?? formats.f).format(millis);
  const seconds = Math.round((millis - worldNow()) / 1000);
  const size = Math.abs(seconds);
  if (size < 60) return relative.format(seconds, "second");
  if (size < 3600) return relative.format(Math.trunc(seconds / 60), "minute");
  if (size < 86400) return relative.format(Math.trunc(seconds / 3600), "hour");
  return relative.format(Math.trunc(seconds / 86400), "day");
}

/** What is left until an instant, as `59:12` or `1:59:12`; empty once it is over. */
export function left(millis) {
  const seconds = Math.ceil((millis - worldNow()) / 1000);
  if (seconds <= 0) return "over";
  const two = (number) => String(number).padStart(2, "0");
  const [hours, minutes] = [Math.floor(seconds / 3600), Math.floor(seconds / 60) % 60];
  return (hours ? `${hours}:${two(minutes)}` : String(minutes)) + `:${two(seconds % 60)}`;
}

/** A `<time>` that keeps itself right; style `left` counts down. */
export function timeOf(millis, style = "f") {
  const node = h("time", { data: { at: millis, style } });
  const date = new Date(millis);
  if (!Number.isNaN(date.getTime())) {
    node.dateTime = date.toISOString();
    node.title = say(millis, "F");
  }
  tick(node);
  return node;
}

function tick(node) {
  const { at, style } = node.dataset;
  const text = style === "left" ? left(Number(at)) : safe(Number(at), style);
  if (node.textContent !== text) node.textContent = text;
}

function safe(millis, style) {
  try {
    return say(millis, style);
  } catch {
    return "an impossible time";
  }
}

/** Brings every running `<time>` up to date. */
export function tickAll() {
  for (const node of document.querySelectorAll('time[data-style="R"], time[data-style="left"]')) tick(node);
}
