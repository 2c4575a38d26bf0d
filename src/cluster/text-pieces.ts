/** A part of a YAML or JSON text that means by itself what it means in the whole. */
export interface Piece {
  readonly text: string;
  /** Where `text` begins in the whole. */
  readonly start: number;
}

/** A list whose items can be parsed one after the other. */
export interface SplitList {
  /** The object around the items, without them. */
  readonly around: Piece;
  /** Sequences of items. */
  readonly items: Iterable<Piece>;
}

/** Items are parsed in pieces of about so many characters, which costs little more than all at once. */
const PIECE_CHARACTERS = 64 * 1024;

/** Begins a document; no scalar can hold it: https://yaml.org/spec/1.2.2/#rule-c-forbidden */
const DOCUMENT_MARK = /^---(?=\s|$)/gm;

/** The documents of a text. Directives hold for what follows them, so a text that may have some is left as it is. */
export function* documentPieces(source: string): Generator<Piece> {
  if (/^%/m.test(source)) {
    yield { text: source, start: 0 };
    return;
  }
  let start = 0;
  for (const { index } of source.matchAll(DOCUMENT_MARK)) {
    if (index > start) yield { text: source.slice(start, index), start };
    start = index;
  }
  if (start < source.length || start === 0) yield { text: source.slice(start), start };
}

/** An alias, or what looks like one: it may mean something of another item. */
const ALIAS = /[\s[{,:-]\*[^\s*]/;

const YAML_ITEMS = /^items:[ \t]*(?:#.*)?\r?\n/m;

/** Behind empty lines and comments. */
const FIRST_ITEM = /^(?:[ \t]*(?:#[^\n]*)?\r?\n)*( *)- /;

/** Cuts the lines from `start` to `end` before items, each of which begins with `mark`. */
function* cutItems(text: string, start: number, end: number, mark: string): Generator<Piece> {
  let from = start;
  while (from < end) {
    const next = text.indexOf(`\n${mark}`, from + PIECE_CHARACTERS);
    const to = next === -1 || next >= end ? end : next + 1;
    yield { text: text.slice(from, to), start: from };
    from = to;
  }
}

const splitYaml = (text: string): SplitList | undefined => {
  const found = YAML_ITEMS.exec(text);
  if (found === null || ALIAS.test(text)) return undefined;
  const start = found.index + found[0].length;
  const [, indent] = FIRST_ITEM.exec(text.slice(start, start + PIECE_CHARACTERS)) ?? [];
  if (indent === undefined) return undefined;
  // What is no item, no part of one, no comment and no empty line ends the sequence.
  const after = new RegExp(`\\n(?! {${String(indent.length + 1)}}|${indent}-[ \\r\\n]| *(?:#|\\r?\\n|$))`, "g");
  after.lastIndex = start - 1;
  const first = after.exec(text);
  const end = first === null ? text.length : first.index + 1;
  const around = `${text.slice(0, found.index)}items: []\n${text.slice(end)}`;
  return { around: { text: around, start: 0 }, items: cutItems(text, start, end, `${indent}- `) };
};

/** The end of the JSON string that begins at `at`. */
const afterString = (text: string, at: number): number => {
  let end = at;
  do {
    end = text.indexOf('"', end + 1);
    if (end === -1) return text.length;
  } while (isEscaped(text, end));
  return end + 1;
};

const isEscaped = (text: string, at: number): boolean => {
  let slashes = 0;
  while (text[at - 1 - slashes] === "\\") slashes++;
  return slashes % 2 === 1;
};

interface JsonList {
  /** Where the brackets of `items` are. */
  readonly open: number;
  readonly close: number;
  /** The commas between the items. */
  readonly commas: readonly number[];
}

const OPENING = new Set(["{", "["]);
const CLOSING = new Set(["}", "]"]);
/** What JSON has outside of strings beside brackets and commas. */
const PLAIN_JSON = /[\s:0-9.+\-a-zA-Z]/;

/** Finds the array `items` of a JSON object; undefined where there is none, or where it is no JSON. */
const findJsonItems = (text: string): JsonList | undefined => {
  const commas: number[] = [];
  let open: number | undefined;
  let depth = 0;
  let key = "";
  for (let at = 0; at < text.length;) {
    const character = text[at] ?? "";
    if (character === '"') {
      const end = afterString(text, at);
      if (depth === 1) key = text.slice(at, end);
      at = end;
      continue;
    }
    if (OPENING.has(character)) {
      if (depth === 1 && open === undefined && character === "[" && key === '"items"') open = at;
      depth++;
    } else if (CLOSING.has(character)) {
      depth--;
      if (depth === 1 && open !== undefined && key === '"items"') return { open, close: at, commas };
    } else if (character === ",") {
      if (depth === 2 && open !== undefined) commas.push(at);
    } else if (!PLAIN_JSON.test(character)) return undefined;
    at++;
  }
  return undefined;
};

function* jsonItems(text: string, { open, close, commas }: JsonList): Generator<Piece> {
  let from = open;
  for (const end of [...commas, close])
    if (end - from >= PIECE_CHARACTERS || end === close) {
      // The bracket takes the place of the one before, or of the comma.
      yield { text: `[${text.slice(from + 1, end)}]`, start: from };
      from = end;
    }
}

const splitJson = (text: string): SplitList | undefined => {
  const list = findJsonItems(text);
  if (list === undefined) return undefined;
  const around = `${text.slice(0, list.open)}[]${text.slice(list.close + 1)}`;
  return { around: { text: around, start: 0 }, items: jsonItems(text, list) };
};

/** The pieces of a long list, as `kubectl get` writes it; undefined for what is short, or no list, or cannot be split safely. */
export const splitList = ({ text, start }: Piece): SplitList | undefined => {
  if (text.length <= PIECE_CHARACTERS) return undefined;
  const split = /^\s*\{/.test(text) ? splitJson(text) : splitYaml(text);
  if (split === undefined) return undefined;
  const moved = (piece: Piece): Piece => ({ text: piece.text, start: piece.start + start });
  return { around: moved(split.around), items: Iterator.from(split.items).map(moved) };
};
