import { FOREIGN_KINDS, type ForeignKind } from "../../dialects/foreign.ts";
import { asMapping, asString, described, field, listField, type Mapping } from "../../dialects/manifest.ts";
import { DecodeError } from "../../model/errors.ts";
import { errorText } from "../watch/error-text.ts";
import type { Ask } from "./ask.ts";

/** What a look found of a kind: objects, none (or nobody serves it), or why it could not tell. */
export type Sighting = "some" | "none" | { readonly error: string };

/** What every kind has come to. */
export type Look = ReadonlyMap<ForeignKind, Sighting>;

/** Names of objects and no more; second, for API servers that cannot leave out the rest. */
const NAMES_ONLY = "application/json;as=PartialObjectMetadataList;g=meta.k8s.io;v=v1,application/json";

const entriesOf = (mapping: Mapping, key: string): readonly Mapping[] =>
  (listField(mapping, key, "") ?? []).map((entry, index) => asMapping(entry, `${key}[${String(index)}]`));

/** What an answer lists under `key`: null where there is nothing, so only its kind tells it from any other answer. */
const listed = (answer: Mapping, key: string): readonly Mapping[] => {
  const kind = asString(field(answer, "kind"), "kind");
  if (!kind.endsWith("List")) throw new DecodeError("kind", `expected a list, found ${described(kind)}`);
  return entriesOf(answer, key);
};

const textOf = (entry: Mapping, key: string): string => asString(field(entry, key), key);

/** The paths of all versions of each API group: https://kubernetes.io/docs/concepts/overview/kubernetes-api/#unaggregated-discovery */
const servedPaths = async (ask: Ask): Promise<ReadonlyMap<string, readonly string[]>> =>
  new Map(
    listed(await ask("/apis"), "groups").map((group) => [
      textOf(group, "name"),
      entriesOf(group, "versions").map((version) => `/apis/${textOf(version, "groupVersion")}`),
    ]),
  );

const hasObjects = async (ask: Ask, path: string): Promise<boolean> =>
  listed(await ask(`${path}?limit=1`, NAMES_ONLY), "items").length > 0;

/** Keeps answers for the time of a look: the kinds of one group ask the same. */
const remembering = (ask: Ask): Ask => {
  const known = new Map<string, Promise<Mapping>>();
  return (target) => {
    const answer = known.get(target) ?? ask(target);
    known.set(target, answer);
    return answer;
  };
};

const sightingOf = async (work: () => Promise<boolean>): Promise<Sighting> => {
  try {
    return (await work()) ? "some" : "none";
  } catch (cause) {
    return { error: errorText(cause) };
  }
};

/** Every kind with one and the same sighting. */
export const everyKind = (sighting: Sighting): Look => new Map(FOREIGN_KINDS.map((kind) => [kind, sighting]));

/** Looks which kinds of other languages are served, and whether there are objects of them. Never rejects. */
export const lookForForeign = async (ask: Ask): Promise<Look> => {
  let served: ReadonlyMap<string, readonly string[]>;
  try {
    served = await servedPaths(ask);
  } catch (cause) {
    return everyKind({ error: errorText(cause) });
  }
  const resources = remembering(ask);
  const look = new Map<ForeignKind, Sighting>();
  for (const kind of FOREIGN_KINDS)
    look.set(
      kind,
      await sightingOf(async () => {
        for (const path of served.get(kind.group) ?? []) {
          const names = listed(await resources(path), "resources").map((entry) => textOf(entry, "name"));
          if (names.includes(kind.resource)) return hasObjects(ask, `${path}/${kind.resource}`);
        }
        return false;
      }),
    );
  return look;
};
