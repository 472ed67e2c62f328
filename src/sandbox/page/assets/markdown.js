// Discord's markdown, as far as a bot uses it, made into elements. See Discord, "Message Formatting".
import { h } from "./dom.js";
import { timeOf } from "./time.js";

/** The text as elements. `names` resolves ids: user(id), role(id), channel(id), isMe(id), isMyRole(id). */
export function markdown(text, names) {
  const root = h("div", { class: "text" });
  const lines = String(text).split("\n");
  for (let at = 0; at < lines.length; at += 1) {
    const line = lines[at];
    const fence = /^(.*?)```(\w*)$/.exec(line) ?? /^(.*?)```()(.*)$/.exec(line);
    if (fence) {
      if (fence[1]) root.append(h("p", {}, inline(fence[1], names)));
      const [code, end, rest] = fenced(lines, at, fence);
      root.append(h("pre", {}, h("code", {}, code)));
      if (rest) root.append(h("p", {}, inline(rest, names)));
      at = end;
      continue;
    }
    const start = /^(#{1,3}|-#|>|\s*[-*]|\s*\d+\.)\s+(.*)$/.exec(line);
    const mark = start?.[1].trim();
    if (!start) root.append(line ? h("p", {}, inline(line, names)) : h("p", {}, "\u00a0"));
    else if (mark === "-#") root.append(h("p", { class: "sub" }, inline(start[2], names)));
    else if (mark.startsWith("#")) root.append(h(mark.length === 3 ? "h4" : "h3", {}, inline(start[2], names)));
    else if (mark === ">") under(root, "blockquote").append(h("p", {}, inline(start[2], names)));
    else under(root, /\d/.test(mark) ? "ol" : "ul").append(h("li", {}, inline(start[2], names)));
  }
  return root;
}

function under(root, tag) {
  const last = root.lastElementChild;
  if (last?.localName === tag) return last;
  const list = h(tag);
  root.append(list);
  return list;
}

function fenced(lines, start, fence) {
  const sameLine = fence[3];
  if (sameLine?.includes("```")) {
    const [code, ...rest] = sameLine.split("```");
    return [code, start, rest.join("```")];
  }
  const code = sameLine ? [sameLine] : [];
  for (let at = start + 1; at < lines.length; at += 1) {
    const end = lines[at].indexOf("```");
    if (end >= 0) {
      if (end > 0) code.push(lines[at].slice(0, end));
      return [code.join("\n"), at, lines[at].slice(end + 3)];
    }
    code.push(lines[at]);
  }
  return [code.join("\n"), lines.length, ""];
}

const marks = [
  [/^\\([^\w\s])/, (found) => found[1]],
  [/^``(.+?)``|^`([^`]+)`/, (found) => h("code", {}, found[1] ?? found[2])],
  [/^\*\*\*(?=\S)(.+?)\*\*\*/, (found, names) => h("strong", {}, h("em", {}, inline(found[1], names)))],
  [/^\*\*(?=\S)((?:\\.|[^\\])+?)\*\*(?!\*)/, (found, names) => h("strong", {}, inline(found[1], names))],
  [/^__(?=\S)((?:\\.|[^\\])+?)__(?!_)/, (found, names) => h("u", {}, inline(found[1], names))],
  [/^\*(?=\S)((?:\\.|[^\\*])+?)\*/, (found, names) => h("em", {}, inline(found[1], names))],
  [/^_(?=\S)((?:\\.|[^\\_])+?)_(?!\w)/, (found, names) => h("em", {}, inline(found[1], names))],
  [/^~~(?=\S)((?:\\.|[^\\])+?)~~/, (found, names) => h("s", {}, inline(found[1], names))],
  [/^\|\|((?:\\.|[^\\])+?)\|\|/, (found, names) => h("span", { class: "spoiler", tabindex: 0 }, inline(found[1], names))],
  [/^<t:(-?\d{1,14})(?::([tTdDfFR]))?>/, (found) => timeOf(Number(found[1]) * 1000, found[2] ?? "f")],
  [/^<@!?(\d{1,20})>/, (found, names) => mention(`@${names.user(found[1])}`, names.isMe(found[1]))],
  [/^<@&(\d{1,20})>/, (found, names) => mention(`@${names.role(found[1])}`, names.isMyRole(found[1]))],
  [/^<#(\d{1,20})>/, (found, names) => mention(`#${names.channel(found[1])}`, false)],
  [/^<\/([^:<>]{1,100}):(\d{1,20})>/, (found) => mention(`/${found[1]}`, false)],
  [/^@(everyone|here)\b/, (found) => mention(found[0], false)],
  [/^\[((?:\\.|[^\]\\])+)\]\(<?(https?:\/\/[^\s)>]+)>?\)/, (found, names) => link(found[2], inline(found[1], names))],
  [/^<(https?:\/\/[^\s>]+)>/, (found) => link(found[1], [found[1]])],
  [/^https?:\/\/[^\s<]+[^\s<.,:;"')\]]/, (found) => link(found[0], [found[0]])],
];
// Letters and spaces cannot begin a mark, except for a bare address.
const plain = /^(?:(?!https?:\/\/)[^\\`*_~|<@[])+/;

function inline(text, names) {
  const parts = [];
  let rest = text;
  let before = "";
  while (rest) {
    const words = plain.exec(rest)?.[0];
    if (words) {
      parts.push(words);
      before = words;
      rest = rest.slice(words.length);
      continue;
    }
    const hit = marks.find(([pattern], at) => pattern.test(rest) && !(at === 6 && /\w$/.test(before)));
    const found = hit ? hit[0].exec(rest) : [rest.slice(0, 1)];
    parts.push(hit ? hit[1](found, names) : found[0]);
    before = found[0];
    rest = rest.slice(found[0].length);
  }
  return parts;
}

function mention(text, me) {
  return h("span", { class: me ? "mention me" : "mention" }, text);
}

function link(address, inside) {
  try {
    const url = new URL(address);
    if (url.protocol === "https:" || url.protocol === "http:") {
      return h("a", { href: url.href, target: "_blank", rel: "noopener noreferrer" }, inside);
    }
  } catch {
    // No address after all; it stays text.
  }
  return h("span", {}, inside);
}
