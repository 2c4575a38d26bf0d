import { once } from "node:events";
import { readFile, writeFile } from "node:fs/promises";
import { createServer } from "node:net";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { kubeconfig } from "../control-plane/credentials.ts";
import { freePort } from "../control-plane/ports.ts";
import { startControlPlane } from "../control-plane/start.ts";
import { BUILD_AND_START_MS, describeControlPlane } from "../control-plane/suite.ts";
import { scratchDirectory, startMain } from "./main-process.ts";
import { ONE_NAMESPACE } from "./shipped.ts";

const STEP_MS = 60_000;

const CONFIG = `${ONE_NAMESPACE}/config.yaml`;
const GOOD = ["--state", `${ONE_NAMESPACE}/good`];

/** The one line with which `serve` gives up, after what it may have logged; fails unless it ends with code 2. */
const lastWord = async (...args: readonly string[]): Promise<string> => {
  const { code, stdout, stderr } = await startMain(["serve", ...args]).ended;
  expect({ code, stdout }).toEqual({ code: 2, stdout: "" });
  expect(stderr).not.toMatch(/^\s+at /m);
  const own = stderr.split("\n").filter((line) => line.startsWith("netpol-guard: "));
  expect(own).toHaveLength(1);
  return own[0] ?? "";
};

/** Scenario 1's configuration with one change, in a file of its own. */
const changed = async (name: string, from: string, to: string): Promise<string> => {
  const file = join(scratchDirectory, name);
  const text = await readFile(CONFIG, "utf8");
  expect(text).toContain(from);
  await writeFile(file, text.replace(from, to));
  return file;
};

const kubeconfigFor = async (server: string): Promise<string> => {
  const file = join(scratchDirectory, "kubeconfig.json");
  await writeFile(file, kubeconfig(server, "", "guard", "a-token"));
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
      '11: rules[1].type: expected one of require-default-deny, restrict-ip-blocks, forbidden-path, found "forbidden-road"',
    ],
  ])(
    "says where its configuration has %s",
    async (_what, from, to, expected) => {
      const file = await changed("config.yaml", from, to);
      expect(await lastWord("--config", file, ...GOOD)).toBe(`netpol-guard: ${file}:${expected}`);
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
      expect(await lastWord("--config", CONFIG, ...GOOD, "--port", port)).toBe(
        `netpol-guard: 127.0.0.1:${port}: expected a free address and port, found it in use by another process`,
      );
      other.close();
    },
    STEP_MS,
  );

  it(
    "says that its kubeconfig is missing",
    async () => {
      const file = join(scratchDirectory, "missing");
      expect(await lastWord("--config", CONFIG, "--kubeconfig", file, "--port", "0")).toBe(
        `netpol-guard: ${file}: expected a kubeconfig, found none that can be read`,
      );
    },
    STEP_MS,
  );

  it(
    "says that its certificate is none",
    async () => {
      const last = await lastWord("--config", CONFIG, ...GOOD, "--port", "0", "--cert", CONFIG, "--key", CONFIG);
      expect(last.startsWith(`netpol-guard: ${CONFIG}: expected `)).toBe(true);
    },
    STEP_MS,
  );

  it(
    "says that the API server cannot be reached",
    async () => {
      const port = String(await freePort());
      const file = await kubeconfigFor(`https://127.0.0.1:${port}`);
      expect(await lastWord("--config", CONFIG, "--kubeconfig", file, "--port", "0")).toBe(
        `netpol-guard: list /api/v1/namespaces: connect ECONNREFUSED 127.0.0.1:${port}`,
      );
    },
    STEP_MS,
  );
});

describeControlPlane("serve on a real API server", {}, () => {
  it(
    "says that its credentials are refused",
    async () => {
      const plane = await startControlPlane();
      try {
        const file = join(scratchDirectory, "unknown-token.json");
        await writeFile(file, kubeconfig(plane.server, plane.certificateAuthority, "guard", "nobody's"));
        expect(await lastWord("--config", CONFIG, "--kubeconfig", file, "--port", "0")).toMatch(
          /^netpol-guard: list \/\S+: 401 Unauthorized$/,
        );
      } finally {
        await plane.stop();
      }
    },
    BUILD_AND_START_MS,
  );
});
