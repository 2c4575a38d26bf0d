/**
 * An entry of a list. The id is unique in its list.
 * @typedef {object} Entry
 * @property {string} id
 * @property {string} title
 * @property {string} more
 * @property {string} [mark] A badge in words, such as "✕ forbidden".
 */

/**
 * A list to be shown: entries are worded only when they are.
 * @typedef {object} Entries
 * @property {readonly number[]} indices
 * @property {(index: number) => Entry} entry
 * @property {(index: number) => void} choose
 */

/** So many entries are shown at first, and again with each press of the button that shows more. */
const STEP = 100;

/**
 * An element with a class and text. Text is only ever set as text: names come from others.
 * @type {(name: string, className: string, text?: string) => HTMLElement}
 */
export const element = (name, className, text = "") => {
  const made = document.createElement(name);
  if (className !== "") made.className = className;
  made.textContent = text;
  return made;
};

/** @type {(entry: Entry, choose: () => void) => HTMLElement} */
const entryElement = ({ id, title, more, mark }, choose) => {
  const button = element("button", "entry");
  button.setAttribute("type", "button");
  button.dataset["id"] = id;
  button.append(element("span", "title", title), " ", element("span", "more", more));
  if (mark !== undefined) button.append(" ", element("span", "mark", mark));
  button.addEventListener("click", choose);
  const item = element("li", "");
  item.append(button);
  return item;
};

/** @type {(list: Element) => readonly HTMLButtonElement[]} */
const buttonsOf = (list) => [...list.querySelectorAll("button")];

/** Only one entry of a list takes part in the order of Tab. @type {(list: Element, at: number) => void} */
const letTabReach = (list, at) => {
  for (const [index, button] of buttonsOf(list).entries()) button.tabIndex = index === at ? 0 : -1;
};

/**
 * Shows the first entries of a list, and a button for more of them.
 * @type {(list: Element, entries: Entries) => void}
 */
export const fillList = (list, { indices, entry, choose }) => {
  /** @type {(from: number) => void} */
  const show = (from) => {
    for (const index of indices.slice(from, from + STEP)) {
      const item = entryElement(entry(index), () => {
        choose(index);
      });
      list.append(item);
    }
    const left = indices.length - from - STEP;
    if (left <= 0) return;
    const more = entryElement({ id: "more", title: `Show more: ${String(left)} are left`, more: "" }, () => {
      more.remove();
      show(from + STEP);
      letTabReach(list, from + STEP);
      buttonsOf(list)[from + STEP]?.focus();
    });
    list.append(more);
  };
  list.replaceChildren();
  show(0);
  letTabReach(list, 0);
};

/**
 * Marks the entry with this id as the one that is chosen.
 * @type {(list: Element, id: string) => void}
 */
export const markCurrent = (list, id) => {
  const buttons = buttonsOf(list);
  for (const button of buttons)
    if (button.dataset["id"] === id) button.setAttribute("aria-current", "true");
    else button.removeAttribute("aria-current");
  const at = buttons.findIndex((button) => button.dataset["id"] === id);
  if (at >= 0) letTabReach(list, at);
};

/**
 * Lets the arrow keys, Home and End go through a list.
 * @type {(list: Element) => void}
 */
export const walkable = (list) => {
  list.addEventListener("keydown", (event) => {
    if (!(event instanceof KeyboardEvent)) return;
    const buttons = buttonsOf(list);
    const at = buttons.findIndex((button) => button === document.activeElement);
    const next = new Map([
      ["ArrowDown", at + 1],
      ["ArrowUp", at - 1],
      ["Home", 0],
      ["End", buttons.length - 1],
    ]).get(event.key);
    const target = next === undefined ? undefined : buttons[next];
    if (next === undefined || target === undefined) return;
    event.preventDefault();
    letTabReach(list, next);
    target.focus();
  });
};
