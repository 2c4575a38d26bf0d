import fc from "fast-check";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { createReflector } from "../../../../src/cluster/watch/reflector.ts";
import { reset } from "./answers.ts";
import { eventually, nameOf, PATIENCE_MS, quickBackOff } from "./bench.ts";
import { type FakeApiServer, startFakeApiServer } from "./fake-api-server.ts";
import { FakeCluster } from "./fake-cluster.ts";
import { type Step, steps } from "./random-steps.ts";

interface Pod {
  readonly name: string;
  readonly version: number;
}

const project = (raw: unknown): Pod => {
  const { metadata } = raw as { metadata: { resourceVersion: string } };
  return { name: nameOf(raw), version: Number(metadata.resourceVersion) };
};

describe("a reflector under random faults", () => {
  vi.setConfig({ testTimeout: 4 * PATIENCE_MS });
  let server: FakeApiServer;
  beforeEach(async () => {
    server = await startFakeApiServer();
  });
  afterEach(async () => {
    await server.close();
  });

  const run = async (happening: readonly Step[]): Promise<void> => {
    const cluster = new FakeCluster(server);
    for (const name of ["a", "b", "c", "d", "e"]) cluster.put(name);
    const held = new Map<string, number>();
    const reached: number[] = [];
    const reflector = createReflector<Pod>(
      server.kubeConfig,
      { path: "/api/v1/pods", project },
      {
        replace: (items, version) => {
          held.clear();
          for (const item of items) held.set(item.name, item.version);
          reached.push(Number(version));
        },
        upsert: ({ name, version }) => held.set(name, version),
        remove: ({ name }) => held.delete(name),
        progress: (version) => reached.push(Number(version)),
      },
      { limits: { pageSize: 2, backOff: quickBackOff } },
    );
    reflector.start();
    for (const { run: happen } of happening) await happen(cluster);
    cluster.put("last");
    await eventually(() => {
      expect(held).toEqual(cluster.pods);
    });
    await reflector.stop();
    cluster.end("", reset);
    expect(reached).toEqual(reached.toSorted((one, other) => one - other));
  };

  it("ends up with what the API server has, and never goes back", async () => {
    await fc.assert(fc.asyncProperty(steps, run), { numRuns: 100 });
  });
});
