import { join } from "node:path";
import { BaseSequencer } from "vitest/node";
import { defineConfig } from "vitest/config";

/** Small tests of one file first: what they find out, no property has to search for. */
const ORDER = ["test/unit/model/", "test/unit/engine/", "test/unit/dialects/", "test/property/"];

class SmallFirst extends BaseSequencer {
  async sort(files) {
    const place = ({ moduleId }) => ORDER.findIndex((folder) => moduleId.includes(folder));
    return files.toSorted((a, b) => place(a) - place(b) || (a.moduleId < b.moduleId ? -1 : 1));
  }
}

// For stryker.config.json: one process for all files, since every mutant asks for them anew.
export default defineConfig({
  root: join(import.meta.dirname, "../.."),
  test: {
    include: ["test/unit/{model,engine,dialects}/**/*.test.ts", "test/property/**/*.test.ts"],
    exclude: ["test/property/vectors.test.ts"],
    isolate: false,
    testTimeout: 30_000,
    sequence: { sequencer: SmallFirst },
  },
});
