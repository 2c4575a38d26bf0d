import { stat, readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { arrayBuffer } from "node:stream/consumers";
import type { Document } from "yaml";
import { decodeManifest } from "../dialects/index.ts";
import type { ClusterObject } from "../model/cluster-object.ts";
import { DecodeError } from "../model/errors.ts";
import { offsetOf, parseDocuments, PlacedText, type NodePath, type Place } from "./field-place.ts";
import { repeatedKey } from "./repeated-key.ts";
import { documentPieces, splitList, type Piece } from "./text-pieces.ts";

/** One manifest of a file, as it was written. */
export interface Manifest {
  /** Of its first line. */
  readonly place: Pick<Place, "file" | "line">;
  /** Where a field such as `spec.ingress[0].from[1]` is, or what is nearest around it; "": the object. */
  readonly locate: (field: string) => Place;
  readonly value: Readonly<Record<string, unknown>>;
}

/** One manifest, compiled, with its place. */
export interface LoadedObject {
  readonly place: Manifest["place"];
  readonly locate: Manifest["locate"];
  readonly object: ClusterObject;
}

/** Standard input, as every command names it. */
const STDIN = "-";

const isManifestName = (name: string): boolean => /\.(ya?ml|json)$/.test(name);

const filesUnder = async (path: string): Promise<readonly string[]> => {
  const entries = (await readdir(path, { withFileTypes: true })).sort((a, b) => (a.name < b.name ? -1 : 1));
  const nested = entries.map(async (entry) => {
    const full = join(path, entry.name);
    if (entry.isDirectory()) return filesUnder(full);
    return isManifestName(entry.name) ? [full] : [];
  });
  return (await Promise.all(nested)).flat();
};

const listFiles = async (path: string): Promise<readonly string[]> => {
  if (path === STDIN) return [STDIN];
  const found = await stat(path).catch(() => undefined);
  if (found === undefined) throw new DecodeError(path, "expected a file or a folder, found nothing there");
  return found.isDirectory() ? filesUnder(path) : [path];
};

/** The text of a file, or of standard input for `-`. Throws DecodeError. */
export const readText = async (file: string): Promise<string> => {
  try {
    return new TextDecoder("utf-8", { fatal: true }).decode(
      file === STDIN ? await arrayBuffer(process.stdin) : await readFile(file),
    );
  } catch (cause) {
    throw new DecodeError(file, cause instanceof TypeError ? "expected UTF-8 text" : "cannot be read");
  }
};

const isMapping = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === "object" && value !== null && !Array.isArray(value);

/** A document of a piece of a text. */
interface Origin {
  readonly text: PlacedText;
  readonly piece: Piece;
  readonly document: Document.Parsed;
  /** Its number in the piece. */
  readonly index: number;
}

const placeOf = ({ text, piece, document }: Origin, path: NodePath): Place =>
  text.placeAt(piece.start + (offsetOf(document, path) ?? document.range[0]));

const listKind = ({ kind }: Readonly<Record<string, unknown>>): string | undefined =>
  typeof kind === "string" && kind.endsWith("List") ? kind.slice(0, -"List".length) : undefined;

/** Items of a typed list need not repeat what they are. */
const typed = (list: Readonly<Record<string, unknown>>, item: unknown): unknown => {
  const kind = listKind(list);
  return isMapping(item) && kind !== "" ? { apiVersion: list["apiVersion"], kind, ...item } : item;
};

/** By itself, so that no more is kept of a document than where it is. */
const locator = ({ text, piece, index }: Origin, path: NodePath): Manifest["locate"] => {
  return (field) => text.find(piece, index, path, field);
};

/** The manifests of a value of a document: a `List` stands for its items. */
const itemsOf = (value: unknown, origin: Origin, path: NodePath = []): readonly Manifest[] => {
  if (value === null || value === undefined) return [];
  const { file, line } = placeOf(origin, path);
  if (!isMapping(value))
    throw new DecodeError(`${file}:${String(line)}`, "expected a Kubernetes object, found no mapping");
  const { items } = value;
  if (listKind(value) !== undefined && Array.isArray(items))
    return items.flatMap((item: unknown, at) => itemsOf(typed(value, item), origin, [...path, "items", at]));
  return [{ place: { file, line }, locate: locator(origin, path), value }];
};

const TOO_DEEP = "expected fewer levels, found them nested too deep";

/** The value of a document, in which no key comes twice. Throws DecodeError with file and line. */
const valueOf = (origin: Origin): unknown => {
  const { document, text, piece } = origin;
  const refuse = (offset: number, message: string): never => {
    const { file, line } = text.placeAt(piece.start + offset);
    throw new DecodeError(`${file}:${String(line)}`, message);
  };
  const [error] = document.errors;
  if (error !== undefined) refuse(error.pos[0], error.code === "RESOURCE_EXHAUSTION" ? TOO_DEEP : error.message);
  const repeated = repeatedKey(document);
  if (repeated !== undefined) refuse(repeated, "Map keys must be unique");
  try {
    return document.toJS();
  } catch (cause) {
    return refuse(document.contents?.range[0] ?? 0, cause instanceof Error ? cause.message : "cannot be read");
  }
};

const documentsOf = (text: PlacedText, piece: Piece): readonly Origin[] =>
  parseDocuments(piece.text).map((document, index) => ({ text, piece, document, index }));

/** What is around the items of a list that was split; undefined if it is no list, or cannot be read by itself. */
const listAround = (text: PlacedText, piece: Piece): Readonly<Record<string, unknown>> | undefined => {
  try {
    const [first, ...others] = documentsOf(text, piece).map(valueOf);
    return isMapping(first) && listKind(first) !== undefined && others.length === 0 ? first : undefined;
  } catch (cause) {
    if (cause instanceof DecodeError) return undefined;
    throw cause;
  }
};

function* splitManifests(
  list: Readonly<Record<string, unknown>>,
  items: Iterable<Piece>,
  text: PlacedText,
): Generator<Manifest> {
  for (const piece of items)
    for (const origin of documentsOf(text, piece)) {
      const values = valueOf(origin) ?? [];
      if (!Array.isArray(values)) {
        const { file, line } = placeOf(origin, []);
        throw new DecodeError(`${file}:${String(line)}`, "expected items of a list, found something else");
      }
      for (const [at, item] of values.entries()) yield* itemsOf(typed(list, item), origin, [at]);
    }
}

/**
 * Every manifest of a YAML or JSON text. Documents and the items of long lists are parsed one after the other, and not
 * kept. Throws DecodeError with file and line for what is no YAML.
 */
export function* manifestsIn(source: string, file: string): Generator<Manifest> {
  const text = new PlacedText(source, file);
  for (const piece of documentPieces(source)) {
    const split = splitList(piece);
    const list = split && listAround(text, split.around);
    if (split !== undefined && list !== undefined) yield* splitManifests(list, split.items, text);
    else for (const origin of documentsOf(text, piece)) yield* itemsOf(valueOf(origin), origin);
  }
}

/** Every manifest under files, folders or `-`, in the order of their names. Throws DecodeError. */
export async function* readManifests(paths: readonly string[]): AsyncGenerator<Manifest> {
  for (const path of paths) for (const file of await listFiles(path)) yield* manifestsIn(await readText(file), file);
}

/** Compiles a manifest; undefined if its kind is none that is judged. Throws DecodeError with file and line. */
export const compileManifest = ({ place, locate, value }: Manifest): LoadedObject | undefined => {
  try {
    const object = decodeManifest(value);
    return object && { place, locate, object };
  } catch (cause) {
    if (cause instanceof DecodeError) throw new DecodeError(`${place.file}:${String(place.line)}`, cause.message);
    throw cause;
  }
};

/** Compiles manifests of the kinds that are judged, and leaves the others out. Throws DecodeError with file and line. */
export const compileManifests = (manifests: Iterable<Manifest>): readonly LoadedObject[] =>
  [...manifests].flatMap((manifest) => compileManifest(manifest) ?? []);
