import { configDefaults, defineConfig } from "vitest/config";
import { ClosingLine } from "./test/runner/closing-line.ts";

/** Tests that start servers or measure time: one file after another, when the others are done. */
const ONE_BY_ONE = [
  "test/e2e/**/*.test.ts",
  "test/fault/**/*.test.ts",
  "test/bench/**/*.test.ts",
  "test/control-plane/control-plane.test.ts",
];

export default defineConfig({
  test: {
    reporters: ["default", new ClosingLine()],
    pool: "forks",
    // Six times vitest's own: a busy machine is no failure. What takes longer says so itself.
    testTimeout: 30_000,
    hookTimeout: 30_000,
    projects: [
      {
        extends: true,
        test: {
          name: "unit",
          include: ["test/**/*.test.ts"],
          exclude: [...configDefaults.exclude, ...ONE_BY_ONE],
          maxWorkers: 2,
          sequence: { groupOrder: 0 },
        },
      },
      {
        extends: true,
        test: { name: "e2e", include: ONE_BY_ONE, fileParallelism: false, sequence: { groupOrder: 1 } },
      },
    ],
  },
});
