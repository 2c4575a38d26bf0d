import { once } from "node:events";
import { readFile, writeFile } from "node:fs/promises";
import { createServer } from "node:net";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { RULE_TYPES } from "../../src/rules/index.ts";
import { CONFIG, GOOD, reasonToGiveUp } from "./give-up.ts";
import { scratchDirectory } from "./main-process.ts";

const STEP_MS = 60_000;

const TYPES = RULE_TYPES.map(({ type }) => type).join(", ");

/** The configuration with one change, in a file of its own. */
const changed = async (from: string, to: string): Promise<string> => {
  const file = join(scratchDirectory, "config.yaml");
  const text = await readFile(CONFIG, "utf8");
  expect(text).toContain(from);
  await writeFile(file, text.replace(from, to));
  return file;
};

describe("serve", () => {
  it.each([
    ["an unknown key", "mode: enforce", "mode: enforce\nmood: good", '4: unknown key "mood"'],
    [
      "a bad CIDR",
      "10.244.0.0/16",
      "10.244.0.0/33",
      '4: podCIDRs[0]: expected a CIDR such as 10.0.0.0/8, found "10.244.0.0/33"',
    ],
    [
      "an unknown type of rule",
      "type: forbidden-path",
      "type: forbidden-road",
      `11: rules[1].type: expected one of ${TYPES}, found "forbidden-road"`,
    ],
  ])(
    "says where its configuration has %s",
    async (_what, from, to, expected) => {
      const file = await changed(from, to);
      expect(await reasonToGiveUp("--config", file, ...GOOD, "--port", "0")).toBe(`${file}:${expected}`);
    },
    STEP_MS,
  );

  it(
    "says that its port is in use",
    async () => {
      const other = createServer();
      other.listen(0, "127.0.0.1");
      await once(other, "listening");
      const address = other.address();
      const port = String(typeof address === "object" ? address?.port : address);
      expect(await reasonToGiveUp("--config", CONFIG, ...GOOD, "--port", port)).toBe(
        `127.0.0.1:${port}: expected a free address and port, found it in use by another process`,
      );
      other.close();
    },
    STEP_MS,
  );

  it(
    "says that its certificate is none",
    async () => {
      const pair = ["--cert", CONFIG, "--key", CONFIG];
      const reason = await reasonToGiveUp("--config", CONFIG, ...GOOD, "--port", "0", ...pair);
      expect(reason).toContain(`${CONFIG}: expected `);
    },
    STEP_MS,
  );
});
