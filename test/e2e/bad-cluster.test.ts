import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { kubeconfig } from "../control-plane/credentials.ts";
import { freePort } from "../control-plane/ports.ts";
import { startControlPlane } from "../control-plane/start.ts";
import { BUILD_AND_START_MS, describeControlPlane } from "../control-plane/suite.ts";
import { CONFIG, reasonToGiveUp } from "./give-up.ts";
import { scratchDirectory } from "./main-process.ts";

const STEP_MS = 60_000;

const serveWith = (file: string): Promise<string> =>
  reasonToGiveUp("--config", CONFIG, "--kubeconfig", file, "--port", "0");

const kubeconfigFor = async (server: string, certificateAuthority: string): Promise<string> => {
  const file = join(scratchDirectory, "kubeconfig.json");
  await writeFile(file, kubeconfig(server, certificateAuthority, "guard", "nobody's token"));
  return file;
};

describe("serve without a cluster", () => {
  it(
    "says that its kubeconfig is missing",
    async () => {
      const file = join(scratchDirectory, "missing");
      expect(await serveWith(file)).toBe(`${file}: expected a kubeconfig, found none that can be read`);
    },
    STEP_MS,
  );

  it(
    "says that the API server cannot be reached",
    async () => {
      const address = `127.0.0.1:${String(await freePort())}`;
      const reason = await serveWith(await kubeconfigFor(`https://${address}`, ""));
      expect(reason).toBe(`list /api/v1/namespaces: connect ECONNREFUSED ${address}`);
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
        const reason = await serveWith(await kubeconfigFor(plane.server, plane.certificateAuthority));
        expect(reason).toMatch(/^list \/\S+: 401 Unauthorized$/);
      } finally {
        await plane.stop();
      }
    },
    BUILD_AND_START_MS,
  );
});
