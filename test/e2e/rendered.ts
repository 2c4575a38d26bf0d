import { parseAllDocuments } from "yaml";
import { z } from "zod";
import type { ControlPlane } from "../control-plane/start.ts";
import { succeed } from "./kubectl.ts";

const objectShape = z.looseObject({
  kind: z.string(),
  metadata: z.looseObject({ name: z.string(), namespace: z.string().optional() }),
});

/** An object of a manifest. */
export type Rendered = Readonly<z.infer<typeof objectShape>>;

/** The objects of a manifest of many documents; empty documents aside. Throws where one is no object. */
export const parseRendered = (text: string): readonly Rendered[] =>
  parseAllDocuments(text)
    .map((document) => document.toJS() as unknown)
    .filter((object) => object !== null)
    .map((object) => objectShape.parse(object));

/** What kustomize makes of a folder. */
export const renderFolder = async (plane: ControlPlane, folder: string): Promise<readonly Rendered[]> =>
  parseRendered((await succeed(plane, ["kustomize", folder])).stdout);

/** How an object is called in what follows: `Kind/name`, or `Kind/namespace/name`. */
export const titleOf = ({ kind, metadata: { namespace, name } }: Rendered): string =>
  [kind, ...(namespace === undefined ? [] : [namespace]), name].join("/");

/** Items of a list go by their names where all of them have one: an entry more moves none of the others. */
const entriesOf = (value: object): readonly (readonly [key: string, value: unknown])[] => {
  if (!Array.isArray(value)) return Object.entries(value);
  const names = value.map((item: unknown) => z.looseObject({ name: z.string() }).safeParse(item).data?.name);
  return value.map((item: unknown, at) => [names.includes(undefined) ? String(at) : (names[at] ?? ""), item]);
};

const leavesOf = (path: string, value: unknown): readonly (readonly [path: string, value: string])[] => {
  if (typeof value !== "object" || value === null) return [[path, JSON.stringify(value)]];
  const entries = entriesOf(value);
  if (entries.length === 0) return [[path, JSON.stringify(value)]];
  return entries.flatMap(([key, part]) => leavesOf(`${path} ${key}`, part));
};

const leaves = (objects: readonly Rendered[]): ReadonlyMap<string, string> =>
  new Map(objects.flatMap((object) => leavesOf(titleOf(object), object)));

/** Every field that differs, a line each, by its path: what it was and what it is; `absent` where it is not. */
export const differencesOf = (before: readonly Rendered[], after: readonly Rendered[]): readonly string[] => {
  const [was, is] = [leaves(before), leaves(after)];
  return [...new Set([...was.keys(), ...is.keys()])]
    .filter((path) => was.get(path) !== is.get(path))
    .map((path) => `${path}: ${was.get(path) ?? "absent"} -> ${is.get(path) ?? "absent"}`)
    .sort();
};

/** The one object of a kind. Throws where there is none, or more than one. */
export const kindOf = (objects: readonly Rendered[], kind: string): Rendered => {
  const [found, ...others] = objects.filter((object) => object.kind === kind);
  if (found === undefined || others.length > 0)
    throw new Error(`Expected one ${kind}, got ${String(found === undefined ? 0 : others.length + 1)}`);
  return found;
};

const configMap = z.object({ data: z.strictObject({ "config.yaml": z.string() }) });

/** The text of the GuardConfiguration in a manifest. */
export const configurationOf = (objects: readonly Rendered[]): string =>
  configMap.parse(kindOf(objects, "ConfigMap")).data["config.yaml"];
