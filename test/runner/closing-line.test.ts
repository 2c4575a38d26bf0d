import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { text } from "node:stream/consumers";
import { afterAll, beforeAll, describe, expect, it } from "vitest";

const vitest = join(import.meta.dirname, "../../node_modules/vitest/vitest.mjs");
const config = `import { ClosingLine } from ${JSON.stringify(join(import.meta.dirname, "closing-line.ts"))};
export default { test: { globals: true, reporters: ["default", new ClosingLine()] } };`;

/** Test files by name, and how a run of them ends: its exit code and its last line. */
const RUNS: readonly (readonly [
  name: string,
  files: Readonly<Record<string, string>>,
  code: number,
  lastLine: string,
])[] = [
  [
    "counts tests, not files; what is skipped, and what is still to be written",
    {
      a: "it('1', () => {}); it('2', () => {});",
      b: "it.todo('3'); describe.skip('', () => it('4')); it('5', ({ skip }) => skip());",
    },
    0,
    "2 passed, 0 failed, 3 skipped",
  ],
  [
    "fails with a test that fails",
    { a: "it('1', () => {}); it('2', () => expect(1).toBe(2));" },
    1,
    "1 passed, 1 failed, 0 skipped",
  ],
  [
    "counts files that do not load or have no test as failures",
    { a: "it('1', () => {});", b: "import './nowhere.ts';", c: "it('2', () => {}); throw new Error();", d: "" },
    1,
    "1 passed, 3 failed, 0 skipped",
  ],
  [
    "counts what beforeAll kept from running as failures, and what was to be skipped as skipped",
    {
      a: "describe('', () => { beforeAll(() => { throw new Error(); }); it('1', () => {}); describe('', () => it('2', () => {})); it.skip('3'); });",
    },
    1,
    "0 passed, 2 failed, 1 skipped",
  ],
  [
    "counts what fails after the tests",
    { a: "it('1', () => {}); afterAll(() => { throw new Error(); });" },
    1,
    "1 passed, 1 failed, 0 skipped",
  ],
  [
    "counts what fails outside of any test",
    { a: "it('1', () => { Promise.reject(new Error()); });" },
    1,
    "1 passed, 1 failed, 0 skipped",
  ],
  [
    "fails when a worker dies",
    { a: "it('1', () => process.kill(process.pid, 'SIGKILL'));" },
    1,
    "0 passed, 2 failed, 0 skipped",
  ],
  ["fails when there is no test", {}, 1, "0 passed, 0 failed, 0 skipped"],
  ["fails when no test ran", { a: "it.skip('1');" }, 1, "0 passed, 0 failed, 1 skipped"],
];

describe.concurrent("the closing line", () => {
  let directory = "";
  beforeAll(() => {
    directory = mkdtempSync(join(tmpdir(), "netpol-guard-closing-line-"));
  });
  afterAll(() => {
    rmSync(directory, { recursive: true });
  });

  it.each(RUNS)(
    "%s",
    async (_name, files, code, lastLine) => {
      const root = mkdtempSync(join(directory, "run-"));
      writeFileSync(join(root, "vitest.config.ts"), config);
      for (const [name, source] of Object.entries(files)) writeFileSync(join(root, `${name}.test.ts`), source);
      const run = spawn(process.execPath, [vitest, "run"], { cwd: root, stdio: ["ignore", "pipe", "ignore"] });
      const [output, [exitCode]] = await Promise.all([text(run.stdout), once(run, "close")]);
      expect(output.split("\n").slice(-2)).toEqual([lastLine, ""]);
      expect(exitCode).toBe(code);
    },
    60_000,
  );
});
