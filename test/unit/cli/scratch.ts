import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll } from "vitest";

/** A folder that is there while the tests of a file run. */
export interface Scratch {
  /** The path of a name in it. */
  readonly path: (name: string) => string;
  /** Writes a file into it; its path. */
  readonly file: (name: string, content: string) => string;
}

/** Makes a folder before the tests of this file, and takes it away after them. */
export const scratch = (): Scratch => {
  let folder = "";
  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), "netpol-guard-"));
  });
  afterAll(() => {
    rmSync(folder, { recursive: true });
  });
  const path = (name: string): string => join(folder, name);
  return {
    path,
    file: (name, content) => {
      writeFileSync(path(name), content);
      return path(name);
    },
  };
};
