import { beforeAll, expect, it } from "vitest";
import type { CommandResult } from "../control-plane/kubectl.ts";
import { type ControlPlane, startControlPlane } from "../control-plane/start.ts";
import { BUILD_AND_START_MS, describeControlPlane } from "../control-plane/suite.ts";
import { guardPlane } from "./guarded.ts";
import { outcomeOf, snapshot, succeed } from "./kubectl.ts";
import { pod } from "./objects.ts";
import { AND_OR } from "./shipped.ts";

const STEP_MS = 60_000;

const PLAIN = ["pod", "plain", "-n", "prod"];
const image = "registry.k8s.io/pause:3.10";

interface Found {
  readonly metadata: { readonly labels: object };
  readonly spec: object;
}

/** With it the pod gets into the database. */
const labels = { role: "backend" };

const plain = {
  ...pod("prod", "plain", { tier: "frontend" }),
  spec: { containers: [{ name: "main", image, resources: { requests: { cpu: "10m" } } }] },
};

describeControlPlane("a label that is sent to a subresource which keeps labels as they are", {}, () => {
  let plane: ControlPlane;
  const found = async (): Promise<Found> => JSON.parse(await snapshot(plane, ...PLAIN));

  const addContainer = async (): Promise<CommandResult> => {
    const { metadata, spec, ...others } = await found();
    const input = JSON.stringify({
      ...others,
      metadata: { ...metadata, labels: { ...metadata.labels, ...labels } },
      spec: { ...spec, ephemeralContainers: [{ name: "debug", image }] },
    });
    const path = "/api/v1/namespaces/prod/pods/plain/ephemeralcontainers";
    return plane.kubectl(["replace", "--raw", path, "-f", "-"], { input });
  };
  const resize = (): Promise<CommandResult> => {
    const containers = [{ name: "main", resources: { requests: { cpu: "20m" } } }];
    const patch = JSON.stringify({ metadata: { labels }, spec: { containers } });
    return plane.kubectl(["patch", ...PLAIN, "--subresource=resize", "-p", patch]);
  };

  beforeAll(async () => {
    plane = await startControlPlane();
    const stop = await guardPlane(plane, `${AND_OR}/config.yaml`);
    await succeed(plane, ["apply", "-f", `${AND_OR}/good`]);
    await succeed(plane, ["create", "-f", "-"], JSON.stringify(plain));
    return stop;
  }, BUILD_AND_START_MS);

  it(
    "would open a path",
    async () => {
      const patch = JSON.stringify({ metadata: { labels } });
      const result = await plane.kubectl(["patch", ...PLAIN, "-p", patch]);
      expect(outcomeOf(result)).toEqual({ code: 1, rules: ["forbidden-path/db-not-from-frontend"] });
    },
    STEP_MS,
  );

  it.each([
    ["pods/ephemeralcontainers", addContainer],
    ["pods/resize", resize],
  ])(
    "is dropped, and what it came with passes: %s",
    async (_name, change) => {
      const before = await found();
      expect(await change()).toMatchObject({ code: 0, stderr: "" });
      const after = await found();
      expect(after.metadata.labels).toEqual(before.metadata.labels);
      expect(after.spec).not.toEqual(before.spec);
    },
    STEP_MS,
  );
});
