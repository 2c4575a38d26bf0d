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

/** Where manifests hold policies in languages that are not judged. */
export class ForeignPlaces {
  readonly #places = new Map<ForeignKind, string[]>();

  note(manifest: Manifest): void {
    const kind = kindOf(manifest);
    if (kind === undefined) return;
    const { file, line } = manifest.place;
    const places = this.#places.get(kind) ?? [];
    places.push(`${file}:${String(line)}`);
    this.#places.set(kind, places);
  }

  /** The languages of those that were noted, with the place of each. */
  languages(): readonly UnsupportedLanguage[] {
    return languagesOf(new Map([...this.#places].map(([kind, places]) => [kind, { places, doubt: undefined }])));
  }
}
