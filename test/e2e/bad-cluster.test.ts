import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { afterEach, beforeAll, describe, expect, it } from "vitest";
import { kubeconfig } from "../control-plane/credentials.ts";
import { freePort } from "../control-plane/ports.ts";
import { type ControlPlane, startControlPlane } from "../control-plane/start.ts";
import { BUILD_AND_START_MS, describeControlPlane } from "../control-plane/suite.ts";
import { readyz } from "./readyz.ts";
import { CONFIG, reasonToGiveUp } from "./give-up.ts";
import { addressOf, saysReady } from "./guard-process.ts";
import { succeed } from "./kubectl.ts";
import { type MainProcess, scratchDirectory, startMain } from "./main-process.ts";
import { RBAC } from "./shipped.ts";

const STEP_MS = 120_000;
const soon = { timeout: STEP_MS, interval: 200 };

const serveArguments = (file: string): readonly string[] => ["--config", CONFIG, "--kubeconfig", file, "--port", "0"];

const kubeconfigFor = async (server: string, certificateAuthority: string): Promise<string> => {
  const file = join(scratchDirectory, "kubeconfig.json");
  await writeFile(file, kubeconfig(server, certificateAuthority, "guard", "nobody's token"));
  return file;
};

let main: MainProcess | undefined;
afterEach(async () => {
  await main?.stop();
  main = undefined;
}, STEP_MS);

/** A guard that cannot read its cluster: it says so in its log and at /readyz, and goes on. */
const serveInVain = async (file: string, why: string): Promise<MainProcess> => {
  const started = startMain(["serve", ...serveArguments(file)]);
  main = started;
  await expect.poll(started.stderr, soon).toContain(why);
  expect(started.stderr()).toContain("the cluster cannot be read yet, trying again");
  const said = await readyz({ url: addressOf(started) });
  expect(said).toContain("503 the state of the cluster is not complete yet: ");
  expect(said).toContain(why);
  expect(saysReady(started)).toBe(false);
  return started;
};

const becomesReady = async (started: MainProcess): Promise<void> => {
  await expect.poll(() => saysReady(started), soon).toBe(true);
  expect(await readyz({ url: addressOf(started) })).toBe("200 ok");
};

describe("serve without a cluster", () => {
  it.each([
    ["is missing", undefined, "expected a kubeconfig, found none that can be read"],
    ["is none", "kind: [", "expected a kubeconfig, found none that can be read"],
    ["names no API server", '{"kind":"Config"}', "expected a current context with a cluster, found none"],
    [
      "names something else",
      kubeconfig("not a URL", "", "guard", ""),
      'expected the URL of an API server, found "not a URL"',
    ],
  ])(
    "gives up where its kubeconfig %s",
    async (name, text, why) => {
      const file = join(scratchDirectory, `kubeconfig that ${name}`);
      if (text !== undefined) await writeFile(file, text);
      expect(await reasonToGiveUp(...serveArguments(file))).toBe(`${file}: ${why}`);
    },
    STEP_MS,
  );

  it(
    "goes on where no API server can be reached, and ends when it is told to",
    async () => {
      const address = `127.0.0.1:${String(await freePort())}`;
      const file = await kubeconfigFor(`https://${address}`, "");
      const started = await serveInVain(file, `list /api/v1/namespaces: connect ECONNREFUSED ${address}`);
      expect(await started.stop()).toMatchObject({ code: 0 });
    },
    STEP_MS,
  );
});

describeControlPlane("serve before its cluster will have it", {}, () => {
  let plane: ControlPlane;
  beforeAll(async () => {
    plane = await startControlPlane({ users: [{ name: "alice" }] });
    return () => plane.stop();
  }, BUILD_AND_START_MS);

  it(
    "goes on where its credentials are refused",
    async () => {
      await serveInVain(await kubeconfigFor(plane.server, plane.certificateAuthority), "401 Unauthorized");
    },
    STEP_MS,
  );

  it(
    "is ready once it has the rights that it is shipped with",
    async () => {
      const started = await serveInVain(plane.kubeconfigFor("alice"), "403 Forbidden");
      await succeed(plane, ["create", "namespace", "netpol-guard"]);
      await succeed(plane, ["apply", "-f", RBAC]);
      await succeed(plane, ["create", "clusterrolebinding", "alice", "--clusterrole=netpol-guard", "--user=alice"]);
      await becomesReady(started);
    },
    STEP_MS,
  );

  it(
    "is ready once the API server is there",
    async () => {
      await plane.apiServer.stop();
      const started = await serveInVain(plane.kubeconfig, "ECONNREFUSED");
      await plane.apiServer.start();
      await becomesReady(started);
    },
    2 * STEP_MS,
  );
});
