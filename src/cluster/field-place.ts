import { isNode, LineCounter, parseAllDocuments, type Document } from "yaml";
import type { Piece } from "./text-pieces.ts";

/** Where something is written. */
export interface Place {
  readonly file: string;
  /** 1-based. */
  readonly line: number;
  /** 1-based, in UTF-16 code units. */
  readonly column: number;
}

/** Keys and indices that lead into a document. */
export type NodePath = readonly (string | number)[];

/** `spec.ingress[0].from[1]` as keys and indices; a key with a dot in it ends what can be found. */
const stepsOf = (field: string): NodePath =>
  [...field.matchAll(/[^.[\]]+/g)].map(([step]) => (/^[0-9]+$/.test(step) ? Number(step) : step));

/** The node at a path, or the nearest one around it; undefined for an empty document. */
export const offsetOf = (document: Document.Parsed, path: NodePath): number | undefined => {
  for (let length = path.length; length >= 0; length--) {
    const node = length === 0 ? document.contents : document.getIn(path.slice(0, length), true);
    if (isNode(node) && node.range) return node.range[0];
  }
  return undefined;
};

/** The documents of a text; whether a key comes twice is not looked at. */
export const parseDocuments = (text: string): readonly Document.Parsed[] => {
  const documents = parseAllDocuments(text, { version: "1.2", prettyErrors: false, uniqueKeys: false });
  return Array.isArray(documents) ? documents : [];
};

/** A YAML or JSON text, pieces of which are parsed again when somebody asks where a field is: few are asked for. */
export class PlacedText {
  readonly #source: string;
  readonly #file: string;
  #lines: LineCounter | undefined;
  #parsed: { readonly piece: Piece; readonly documents: readonly Document.Parsed[] } | undefined;

  constructor(source: string, file: string) {
    this.#source = source;
    this.#file = file;
  }

  /** The place of a character. */
  placeAt(offset: number): Place {
    this.#lines ??= linesOf(this.#source);
    const { line, col } = this.#lines.linePos(offset);
    return { file: this.#file, line, column: col };
  }

  /** The place of a field of the object at `path` in a document of a piece, or of what is nearest around it. */
  find(piece: Piece, document: number, path: NodePath, field: string): Place {
    if (this.#parsed?.piece !== piece) this.#parsed = { piece, documents: parseDocuments(piece.text) };
    const node = this.#parsed.documents[document];
    const offset = node && offsetOf(node, [...path, ...stepsOf(field)]);
    return this.placeAt(piece.start + (offset ?? 0));
  }
}

const linesOf = (source: string): LineCounter => {
  const lines = new LineCounter();
  lines.addNewLine(0);
  for (let at = source.indexOf("\n"); at !== -1; at = source.indexOf("\n", at + 1)) lines.addNewLine(at + 1);
  return lines;
};
