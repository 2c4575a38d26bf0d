import { isNode, LineCounter, parseAllDocuments, type Document } from "yaml";

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
const offsetOf = (document: Document.Parsed, path: NodePath): number | undefined => {
  for (let length = path.length; length >= 0; length--) {
    const node = length === 0 ? document.contents : document.getIn(path.slice(0, length), true);
    if (isNode(node) && node.range) return node.range[0];
  }
  return undefined;
};

/** A YAML or JSON text that is parsed again when somebody asks where a field of it is: few are asked for. */
export class PlacedText {
  readonly #source: string;
  readonly #file: string;
  #parsed: { readonly documents: readonly Document.Parsed[]; readonly lines: LineCounter } | undefined;

  constructor(source: string, file: string) {
    this.#source = source;
    this.#file = file;
  }

  /** The place of a field of the object at `path` in a document, or of what is nearest around it. */
  find(document: number, path: NodePath, field: string): Place {
    const { documents, lines } = (this.#parsed ??= this.#parse());
    const node = documents[document];
    const offset = node && offsetOf(node, [...path, ...stepsOf(field)]);
    const { line, col } = lines.linePos(offset ?? 0);
    return { file: this.#file, line, column: col };
  }

  #parse(): { readonly documents: readonly Document.Parsed[]; readonly lines: LineCounter } {
    const lines = new LineCounter();
    const documents = parseAllDocuments(this.#source, {
      lineCounter: lines,
      version: "1.2",
      prettyErrors: false,
      uniqueKeys: false,
    });
    return { documents: Array.isArray(documents) ? documents : [], lines };
  }
}
