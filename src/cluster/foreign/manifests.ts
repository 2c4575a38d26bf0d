import { findForeignKind, type ForeignKind } from "../../dialects/foreign.ts";
import { field } from "../../dialects/manifest.ts";
import type { UnsupportedLanguage } from "../../guard/unsupported.ts";
import type { Manifest } from "../manifest-files.ts";
import { languagesOf } from "./languages.ts";

const kindOf = ({ value }: Manifest): ForeignKind | undefined => {
  const [apiVersion, kind] = [field(value, "apiVersion"), field(value, "kind")];
  if (typeof apiVersion !== "string" || typeof kind !== "string") return undefined;
  return findForeignKind(apiVersion.slice(0, Math.max(0, apiVersion.indexOf("/"))), kind);
};

/** The languages of the policies among manifests that are not judged, with the place of each. */
export const unsupportedIn = (manifests: readonly Manifest[]): readonly UnsupportedLanguage[] => {
  const places = new Map<ForeignKind, string[]>();
  for (const manifest of manifests) {
    const kind = kindOf(manifest);
    if (kind === undefined) continue;
    const { file, line } = manifest.place;
    places.set(kind, [...(places.get(kind) ?? []), `${file}:${String(line)}`]);
  }
  return languagesOf(new Map([...places].map(([kind, at]) => [kind, { places: at, doubt: undefined }])));
};
