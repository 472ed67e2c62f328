// What the page knows: the last pushed state of both worlds, and what this person is looking at.

export const world = { discord: undefined, azure: undefined };

/** `me` is a name; `place` the id of a channel or thread, or "dm". */
export const view = { me: remembered("me") ?? "alice", place: undefined };

/** Up to which message each person has read each place. */
const read = new Map();

function remembered(key) {
  try {
    return sessionStorage.getItem(`portcullis-${key}`) ?? undefined;
  } catch {
    return undefined;
  }
}

export function become(name) {
  view.me = name;
  try {
    sessionStorage.setItem("portcullis-me", name);
  } catch {
    // Without storage the choice lasts until the page is loaded again.
  }
}

export const people = () => (world.discord?.people ?? []).filter((person) => !person.bot);
export const me = () => people().find((person) => person.name === view.me) ?? people()[0];
export const personNamed = (name) => (world.discord?.people ?? []).find((person) => person.name === name);
const find = (list, id) => list?.find((one) => one.id === id);
export const roleOf = (id) => find(world.discord?.roles, id);
export const myRoles = () => (me()?.roles ?? []).map(roleOf).filter((role) => role && role.name !== "@everyone");

/** Places that the person can see, in order, each thread below its channel. */
export function places() {
  const sees = new Set(me()?.sees ?? []);
  const all = (world.discord?.channels ?? []).filter((channel) => sees.has(channel.id));
  const top = all.filter((channel) => !channel.thread).sort((one, two) => one.position - two.position);
  return top.flatMap((channel) => [channel, ...all.filter((other) => other.thread && other.parent === channel.id)]);
}

/** The place that is looked at, as `{ id, name, kind, messages }`; messages include those for this person only. */
export function place() {
  const person = me();
  if (!person) return undefined;
  if (view.place === "dm") {
    return { id: "dm", name: "Portcullis", kind: "dm", messages: person.dms ?? [] };
  }
  const all = places();
  const channel = find(all, view.place) ?? all.find((one) => one.name === "general") ?? all[0];
  if (!channel) return undefined;
  view.place = channel.id;
  return { ...channel, kind: channel.thread ? "thread" : "channel", messages: messagesIn(channel) };
}

export function messagesIn(channel) {
  const mine = (me()?.ephemerals ?? []).filter((message) => message.channel === channel.id);
  return [...channel.messages, ...mine].sort((one, two) => compare(one.id, two.id));
}

// Discord's ids grow with time, and are too long for a number.
function compare(one, two) {
  return one.length - two.length || (one < two ? -1 : one > two ? 1 : 0);
}

export function markRead(id, messages) {
  const last = messages.at(-1)?.id;
  if (last) read.set(`${view.me}/${id}`, last);
}

/** How many messages at a place are new to this person, and whether one of them called them. */
export function unread(id, messages) {
  const last = read.get(`${view.me}/${id}`);
  const fresh = messages.filter((message) => (!last || compare(message.id, last) > 0) && message.author !== view.me);
  return { count: fresh.length, called: fresh.filter((message) => pingsMe(message)).length };
}

export const pingsMe = (message) => Boolean(message.pings?.people?.includes(me()?.id));

/** How ids in texts become names. */
export const names = {
  user: (id) => find(world.discord?.people, id)?.name ?? "unknown user",
  role: (id) => roleOf(id)?.name ?? "unknown role",
  channel: (id) => find(world.discord?.channels, id)?.name ?? "unknown",
  isMe: (id) => me()?.id === id,
  isMyRole: (id) => Boolean(me()?.roles?.includes(id)),
};
