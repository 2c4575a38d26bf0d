import { beforeAll, expect, it } from "vitest";
import type { CommandResult } from "../control-plane/kubectl.ts";
import { type ControlPlane, startControlPlane } from "../control-plane/start.ts";
import { BUILD_AND_START_MS, describeControlPlane } from "../control-plane/suite.ts";
import { guardPlane } from "./guarded.ts";
import { succeed } from "./kubectl.ts";
import { startMain } from "./main-process.ts";
import { THREE_NAMESPACES } from "./shipped.ts";

const STEP_MS = 60_000;
const CONFIG = `${THREE_NAMESPACES}/config.yaml`;
const BAD = `${THREE_NAMESPACES}/bad/database-from-partner.yaml`;

interface Reported {
  readonly findings: readonly {
    readonly level: string;
    readonly code: string;
    readonly message: string;
    readonly details: readonly string[];
    readonly fix: string;
    readonly place: object | null;
  }[];
  readonly evidence: {
    readonly resourceVersions: readonly { readonly kind: string; readonly resourceVersion: string }[];
    readonly notJudged: readonly string[];
  };
}

/** The findings as the webhook words them. */
const textOf = ({ findings }: Reported): readonly string[] =>
  findings.map(({ code, message, details, fix }) => [`[${code}] ${message}`, ...details, `fix: ${fix}`].join("\n"));

describeControlPlane("a live cluster", {}, () => {
  let plane: ControlPlane;

  const main = (...args: readonly string[]): Promise<CommandResult> =>
    startMain([...args, "--config", CONFIG, "--kubeconfig", plane.kubeconfig, "-o", "json"]).ended;
  const reported = async (...args: readonly string[]): Promise<Reported & { readonly code: number | null }> => {
    const { code, stdout, stderr } = await main(...args);
    expect(stderr).toBe("");
    return { code, ...(JSON.parse(stdout) as Reported) };
  };

  beforeAll(async () => {
    plane = await startControlPlane();
    await succeed(plane, ["apply", "-f", `${THREE_NAMESPACES}/good`]);
    return () => plane.stop();
  }, BUILD_AND_START_MS);

  it(
    "without a fault passes a scan, with what it was read at",
    async () => {
      const { code, findings, evidence } = await reported("scan");
      expect({ code, errors: findings.filter(({ level }) => level === "error") }).toEqual({ code: 0, errors: [] });
      expect(evidence.notJudged).toEqual([]);
      expect(evidence.resourceVersions.map(({ kind }) => kind)).toContain("NetworkPolicy");
      for (const { resourceVersion } of evidence.resourceVersions) expect(resourceVersion).toMatch(/^[1-9][0-9]*$/);
    },
    STEP_MS,
  );

  it(
    "is what a file is checked on top of, in the words in which the webhook refuses it, and a scan finds it there",
    async () => {
      const checked = await reported("check", BAD, "--cluster");
      expect(checked.code).toBe(1);
      expect(checked.findings.map(({ place }) => place)).toEqual([{ file: BAD, line: 17, column: 13 }]);
      await succeed(plane, ["apply", "-f", BAD]);
      const scanned = await reported("scan");
      expect(scanned.code).toBe(1);
      expect(textOf(scanned)).toEqual(expect.arrayContaining([...textOf(checked)]));
      await succeed(plane, ["delete", "-f", BAD]);
      const stop = await guardPlane(plane, CONFIG);
      const { code, stderr } = await plane.kubectl(["apply", "-f", BAD]);
      expect(code).toBe(1);
      const words = stderr.replaceAll(/^ +/gm, "");
      for (const text of textOf(checked)) expect(words).toContain(text);
      await stop();
    },
    STEP_MS,
  );
});

it(
  "says in one line when it cannot read a cluster",
  async () => {
    const { code, stdout, stderr } = await startMain(["scan", "--config", CONFIG, "--kubeconfig", "/nonexistent"])
      .ended;
    expect({ code, stdout }).toEqual({ code: 2, stdout: "" });
    expect(stderr).toBe("netpol-guard: /nonexistent: expected a kubeconfig, found none that can be read\n");
  },
  STEP_MS,
);
