// Reading a half-typed slash command by its registered definition. Pure: no page, no server.

const isSub = (option) => option.type === 1 || option.type === 2;

/** Every command and subcommand as `{ path, about, options }`. */
export function flatten(commands) {
  const walk = (path, level) => {
    const subs = (level.options ?? []).filter(isSub);
    if (subs.length === 0) return [{ path, about: level.description ?? "", options: level.options ?? [] }];
    return subs.flatMap((sub) => walk([...path, sub.name], sub));
  };
  return commands.filter((command) => (command.type ?? 1) === 1).flatMap((command) => walk([command.name], command));
}

/** The values in `rest`: each goes on until the next name of an option that has not come yet. */
export function values(options, rest) {
  const found = [];
  const names = new Set(options.map((option) => option.name));
  for (const hit of rest.matchAll(/(^|\s)([^\s:]+):/g)) {
    const name = hit[2];
    if (!names.has(name) || found.some((one) => one.name === name)) continue;
    found.push({ name, at: hit.index + hit[1].length, from: hit.index + hit[0].length });
  }
  return found.map((one, place) => ({ ...one, text: rest.slice(one.from, found[place + 1]?.at ?? rest.length).trim() }));
}

/**
 * What can be completed at the end of `text`:
 * `{ stage: "plain" }`, `{ stage: "command", offers }`, or inside a command `{ stage: "option" | "value", … }`.
 */
export function reading(commands, text) {
  if (!text.startsWith("/")) return { stage: "plain" };
  const all = flatten(commands);
  const typed = text.slice(1);
  const chosen = all
    .filter((one) => typed === one.path.join(" ") || typed.startsWith(`${one.path.join(" ")} `))
    .sort((one, two) => two.path.length - one.path.length)[0];
  if (!chosen || typed === chosen.path.join(" ")) {
    const words = typed.toLowerCase().split(/\s+/).filter(Boolean);
    const fits = (one) => words.every((word, at) => (at === 0 ? one.path[0].startsWith(word) || one.path.some((part) => part.startsWith(word)) : one.path.some((part) => part.startsWith(word))));
    return { stage: "command", offers: all.filter(fits) };
  }
  const start = chosen.path.join(" ").length + 2;
  const rest = text.slice(start);
  const given = values(chosen.options, rest);
  const left = chosen.options.filter((option) => !given.some((one) => one.name === option.name));
  const last = given.at(-1);
  const word = /(\S*)$/.exec(rest)[1];
  const nextNames = left.filter((option) => option.name.startsWith(word.toLowerCase()));
  const base = { chosen, given, left, word, wordAt: text.length - word.length };
  if (!last) return { ...base, stage: "option", offers: nextNames };
  const value = rest.slice(last.from).trimStart();
  const option = chosen.options.find((one) => one.name === last.name);
  // After a space the person may go on with the value or begin the next option.
  const offers = /\s/.test(value) || (value === "" && /\s$/.test(rest) && false) ? nextNames : [];
  return { ...base, stage: "value", option, value, valueAt: start + last.from, offers };
}

/** The command ready to send: its words, and pairs of option and value. */
export function ready(commands, text) {
  const now = reading(commands, text);
  if (!now.chosen) {
    const whole = flatten(commands).find((one) => text.slice(1).trim() === one.path.join(" "));
    return whole && { path: whole.path, values: [] };
  }
  return { path: now.chosen.path, values: now.given.map((one) => [one.name, one.text]) };
}
