import { stat, readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { arrayBuffer } from "node:stream/consumers";
import { LineCounter, parseAllDocuments, type Document } from "yaml";
import { decodeManifest } from "../dialects/index.ts";
import type { ClusterObject } from "../model/cluster-object.ts";
import { DecodeError } from "../model/errors.ts";
import { PlacedText, type NodePath, type Place } from "./field-place.ts";
import { repeatedKey } from "./repeated-key.ts";

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

/** What the manifests of one document have in common. */
interface Origin {
  readonly place: Manifest["place"];
  readonly text: PlacedText;
  readonly document: number;
}

/** The manifests of one document: a `List` stands for its items. */
const itemsOf = (value: unknown, origin: Origin, path: NodePath = []): readonly Manifest[] => {
  const { place, text, document } = origin;
  if (value === null || value === undefined) return [];
  if (!isMapping(value))
    throw new DecodeError(`${place.file}:${String(place.line)}`, "expected a Kubernetes object, found no mapping");
  const { kind, items } = value;
  if (typeof kind === "string" && kind.endsWith("List") && Array.isArray(items)) {
    const itemKind = kind.slice(0, -"List".length);
    return items.flatMap((item: unknown, index) => {
      const typed =
        isMapping(item) && itemKind !== "" ? { apiVersion: value["apiVersion"], kind: itemKind, ...item } : item;
      return itemsOf(typed, origin, [...path, "items", index]);
    });
  }
  return [{ place, locate: (field) => text.find(document, path, field), value }];
};

const startLine = (document: Document.Parsed, lines: LineCounter): number =>
  lines.linePos(document.contents?.range[0] ?? document.range[0]).line;

const TOO_DEEP = "expected fewer levels, found them nested too deep";

/** Every manifest of a YAML or JSON text. Throws DecodeError with file and line for what is no YAML. */
export const parseManifests = (source: string, file: string): readonly Manifest[] => {
  const lines = new LineCounter();
  const options = { lineCounter: lines, version: "1.2", prettyErrors: false, uniqueKeys: false } as const;
  const documents = parseAllDocuments(source, options);
  if (!Array.isArray(documents)) return [];
  const text = new PlacedText(source, file);
  return documents.flatMap((document, index) => {
    const refuse = (offset: number, message: string): never => {
      throw new DecodeError(`${file}:${String(lines.linePos(offset).line)}`, message);
    };
    const [error] = document.errors;
    if (error !== undefined) refuse(error.pos[0], error.code === "RESOURCE_EXHAUSTION" ? TOO_DEEP : error.message);
    const place = { file, line: startLine(document, lines) };
    try {
      const repeated = repeatedKey(document);
      if (repeated !== undefined) refuse(repeated, "Map keys must be unique");
      return itemsOf(document.toJS(), { place, text, document: index });
    } catch (cause) {
      if (cause instanceof DecodeError) throw cause;
      throw new DecodeError(`${file}:${String(place.line)}`, cause instanceof Error ? cause.message : "cannot be read");
    }
  });
};

/** Every manifest under files, folders or `-`, in the order of their names. Throws DecodeError. */
export const readManifests = async (paths: readonly string[]): Promise<readonly Manifest[]> => {
  const manifests: Manifest[] = [];
  for (const path of paths)
    for (const file of await listFiles(path)) manifests.push(...parseManifests(await readText(file), file));
  return manifests;
};

/** Compiles manifests of the kinds that are judged, and leaves the others out. Throws DecodeError with file and line. */
export const compileManifests = (manifests: readonly Manifest[]): readonly LoadedObject[] =>
  manifests.flatMap(({ place, locate, value }) => {
    try {
      const object = decodeManifest(value);
      return object === undefined ? [] : [{ place, locate, object }];
    } catch (cause) {
      if (cause instanceof DecodeError) throw new DecodeError(`${place.file}:${String(place.line)}`, cause.message);
      throw cause;
    }
  });
