import type { UnsupportedLanguage } from "../guard/unsupported.ts";
import { ForeignPlaces } from "./foreign/manifests.ts";
import { compileManifest, readManifests, type LoadedObject } from "./manifest-files.ts";

/** What files hold. */
export interface LoadedFiles {
  /** Of the kinds that are judged. */
  readonly loaded: readonly LoadedObject[];
  /** The languages of policies that are not judged, with the place of each. */
  readonly unsupported: readonly UnsupportedLanguage[];
  /** How many manifests there are, of any kind. */
  readonly count: number;
}

/**
 * Reads the manifests under files, folders or `-`, and keeps of each no more than judging needs. `progress` is told how
 * many there have been so far. Throws DecodeError with file and line.
 */
export const loadFiles = async (
  paths: readonly string[],
  progress: (count: number) => void = () => undefined,
): Promise<LoadedFiles> => {
  const loaded: LoadedObject[] = [];
  const foreign = new ForeignPlaces();
  let count = 0;
  for await (const manifest of readManifests(paths)) {
    foreign.note(manifest);
    const object = compileManifest(manifest);
    if (object !== undefined) loaded.push(object);
    progress(++count);
  }
  return { loaded, unsupported: foreign.languages(), count };
};
