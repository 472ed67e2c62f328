// Building elements. Text from outside only ever becomes a text node: nothing on this page is parsed as HTML.

/** An element with attributes, properties (`on` for listeners) and children (strings become text). */
export function h(tag, attributes = {}, ...children) {
  const node = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (value === undefined || value === null) continue;
    if (name.startsWith("aria-")) node.setAttribute(name, String(value));
    else if (value === false) continue;
    else if (name === "on") for (const [event, listener] of Object.entries(value)) node.addEventListener(event, listener);
    else if (name === "style") for (const [key, one] of Object.entries(value)) node.style.setProperty(key, one);
    else if (name === "data") Object.assign(node.dataset, value);
    else node.setAttribute(name, value === true ? "" : String(value));
  }
  node.append(...children.flat(Infinity).filter((child) => child !== undefined && child !== null && child !== false));
  return node;
}

export const byId = (id) => document.getElementById(id);

/**
 * Makes `parent` hold one element per item, in order. An element is kept while its item's text (`print`) is the
 * same, so that focus, scroll position and open details survive; a changed one is replaced, and the focus with it.
 */
export function keep(parent, items, { key, print, make, changed }) {
  const old = new Map([...parent.children].map((child) => [child.dataset.key, child]));
  let before = null;
  for (const item of items) {
    const id = String(key(item));
    const text = print(item);
    let node = old.get(id);
    old.delete(id);
    if (!node || node.keptAs !== text) {
      const fresh = make(item, node);
      fresh.dataset.key = id;
      fresh.keptAs = text;
      if (node) {
        const focused = node.contains(document.activeElement) ? document.activeElement.dataset.focus : undefined;
        if (changed) changed(node, fresh);
        node.replaceWith(fresh);
        if (focused) [...fresh.querySelectorAll("[data-focus]")].find((one) => one.dataset.focus === focused)?.focus();
      }
      node = fresh;
    }
    const next = before ? before.nextSibling : parent.firstChild;
    if (next !== node) parent.insertBefore(node, next);
    before = node;
  }
  for (const gone of old.values()) gone.remove();
}

/** Says something in the corner for a few seconds; screen readers hear it too. */
export function notice(text) {
  const line = h("p", {}, text);
  byId("notices").append(line);
  setTimeout(() => line.remove(), 7000);
}

/** Arrow keys move among the buttons of a group of which one is chosen. */
export function roving(group, selector) {
  group.addEventListener("keydown", (event) => {
    const step = { ArrowRight: 1, ArrowDown: 1, ArrowLeft: -1, ArrowUp: -1 }[event.key];
    if (!step) return;
    const all = [...group.querySelectorAll(selector)];
    const next = all[(all.indexOf(document.activeElement) + step + all.length) % all.length];
    event.preventDefault();
    next?.focus();
    next?.click();
  });
}
