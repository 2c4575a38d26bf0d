import type { Reporter, SerializedError, TestCase, TestModule, TestSuite } from "vitest/node";

/** How many tests ended in which way. */
type Counts = { readonly passed: number; readonly failed: number; readonly skipped: number };

/** Before anything is known: a run that ends like this has failed. */
const NO_RESULT: Counts = { passed: 0, failed: 1, skipped: 0 };

const isMeantToRun = (test: TestCase | TestSuite | TestModule): boolean =>
  test.type === "module" || (!["skip", "todo"].includes(test.options.mode) && isMeantToRun(test.parent));

/** A test that its file, its suite or its hooks kept from running, or that never ended. */
const isKeptFromRunning = (test: TestCase): boolean => {
  const { state } = test.result();
  if (state === "pending") return true;
  if (state !== "skipped" || !isMeantToRun(test)) return false;
  for (let parent = test.parent; ; parent = parent.parent) {
    if (parent.errors().length > 0) return true;
    if (parent.type === "module") return false;
  }
};

const countModule = (module: TestModule): Counts => {
  const tests = [...module.children.allTests()];
  const kept = tests.filter(isKeptFromRunning);
  const inState = (state: "passed" | "failed" | "skipped"): number =>
    tests.filter((test) => test.result().state === state && !kept.includes(test)).length;
  const failed = inState("failed") + kept.length;
  // A file that does not load has no tests, and a hook that fails at the end of a suite comes after them.
  return { passed: inState("passed"), failed: module.ok() ? failed : Math.max(failed, 1), skipped: inState("skipped") };
};

/** Counts tests, not files; what fails outside of any test counts as one that fails. */
const count = (modules: readonly TestModule[], errors: readonly SerializedError[]): Counts =>
  modules.map(countModule).reduce(
    (sum, { passed, failed, skipped }) => ({
      passed: sum.passed + passed,
      failed: sum.failed + failed,
      skipped: sum.skipped + skipped,
    }),
    { passed: 0, failed: errors.length, skipped: 0 },
  );

/** A vitest reporter whose one line is the last on standard output; a run in which no test ran has failed. */
export class ClosingLine implements Reporter {
  #counts = NO_RESULT;

  onInit(): void {
    // At exit, so that nothing comes after it, however the run ends.
    process.once("exit", (code) => {
      const { passed, failed, skipped } = this.#counts;
      if (code === 0 && (failed > 0 || passed === 0)) process.exitCode = 1;
      process.stdout.write(`${String(passed)} passed, ${String(failed)} failed, ${String(skipped)} skipped\n`);
    });
  }

  onTestRunEnd(modules: readonly TestModule[], errors: readonly SerializedError[]): void {
    this.#counts = count(modules, errors);
  }
}
