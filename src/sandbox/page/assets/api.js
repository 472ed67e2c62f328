// What goes to the server and what comes from it.
import { notice } from "./dom.js";

async function call(method, path, body) {
  const sent = body === undefined ? {} : { headers: { "content-type": "application/json" }, body: JSON.stringify(body) };
  try {
    const answer = await fetch(path, { method, ...sent });
    const text = await answer.text();
    if (answer.ok) return text ? JSON.parse(text) : {};
    return { refused: reason(text) ?? `The sandbox answered ${answer.status}.` };
  } catch {
    return { refused: "The sandbox does not answer. Is it still running?" };
  }
}

function reason(text) {
  try {
    const content = JSON.parse(text);
    return content.refused ?? content.error;
  } catch {
    return text;
  }
}

/** Gives the answer, or `undefined` after saying in the corner what went wrong. */
export async function ask(method, path, body) {
  const answer = await call(method, path, body);
  if (answer.refused === undefined) return answer;
  notice(answer.refused);
  return undefined;
}

/** Something that a person does in Discord; the answer has `refused` where Discord's client would not let them. */
export const act = (who, verb, body) => call("POST", `discord/_control/people/${encodeURIComponent(who)}/${verb}`, body);

/** What became of an interaction, once it is answered. */
export const outcome = (id) => call("GET", `discord/_control/interactions/${id}?wait_ms=8000`);

/** Lines of a ledger after number `after`. */
export async function ledger(world, after) {
  const lines = await call("GET", `${world}/_control/ledger?after=${after}`);
  return Array.isArray(lines) ? lines : [];
}

/** Calls `hear(name, data)` for each push and `lost(isLost)` when the connection breaks or is back. */
export function listen(hear, lost) {
  const source = new EventSource("events");
  for (const name of ["clock", "discord", "azure"]) {
    source.addEventListener(name, (event) => hear(name, JSON.parse(event.data)));
  }
  source.addEventListener("open", () => lost(false));
  source.addEventListener("error", () => lost(true));
}
