import { isScalar, LineCounter, parseDocument, visit, type Alias, type Document, type Node, type YAMLMap } from "yaml";
import { DecodeError } from "../model/errors.ts";

/** Over a thousand rules; reading a longer text would keep reviews waiting for seconds. */
const MOST_CHARACTERS = 256 * 1024;

/** Finding out what each of them means takes as many steps as there are of them. */
const MOST_ALIASES = 1000;

/** A YAML document that was read, and a way to say where something in it is wrong. */
export interface YamlText {
  readonly document: Document.Parsed;
  readonly value: unknown;
  /** Throws DecodeError with the file, the line at `offset`, and the message. */
  readonly fail: (offset: number, message: string) => never;
}

type Fail = YamlText["fail"];

/** As the parser's own check, which compares each key with all others. */
const refuseTwins = ({ items }: YAMLMap, fail: Fail): void => {
  const seen = new Set<unknown>();
  for (const { key } of items) {
    if (!isScalar(key)) continue;
    if (seen.has(key.value)) fail(key.range?.[0] ?? 0, "Map keys must be unique");
    seen.add(key.value);
  }
};

const check = (document: Document.Parsed, fail: Fail): void => {
  const anchors = new Set<string>();
  let aliases = 0;
  const note = (_: unknown, { anchor }: { readonly anchor?: string | undefined }): void => {
    if (anchor !== undefined) anchors.add(anchor);
  };
  visit(document, {
    Scalar: note,
    Seq: note,
    Map: (_, map: YAMLMap & Node) => {
      note(_, map);
      refuseTwins(map, fail);
    },
    Alias: (_, { source, range }: Alias) => {
      const offset = range?.[0] ?? 0;
      if (!anchors.has(source)) fail(offset, `expected the name of an anchor, found the alias of nothing *${source}`);
      if (++aliases > MOST_ALIASES) fail(offset, `expected at most ${String(MOST_ALIASES)} aliases, found more`);
    },
  });
};

/** Reads one YAML document, in a time that grows with its length and no faster. Throws DecodeError with file and line. */
export const parseYaml = (source: string, file: string): YamlText => {
  if (source.length > MOST_CHARACTERS)
    throw new DecodeError(
      file,
      `expected at most ${String(MOST_CHARACTERS)} characters, found ${String(source.length)}`,
    );
  const lineCounter = new LineCounter();
  const document = parseDocument(source, { lineCounter, prettyErrors: false, uniqueKeys: false });
  const fail: Fail = (offset, message) => {
    throw new DecodeError(`${file}:${String(lineCounter.linePos(offset).line)}`, message);
  };
  const [error] = document.errors;
  if (error !== undefined)
    return fail(
      error.pos[0],
      error.code === "RESOURCE_EXHAUSTION" ? "expected fewer levels, found them nested too deep" : error.message,
    );
  check(document, fail);
  try {
    return { document, value: document.toJS(), fail };
  } catch (cause) {
    return fail(0, cause instanceof Error ? cause.message : "cannot be read");
  }
};
