import { pino } from "pino";
import { describe, expect, it } from "vitest";
import { projectWatched } from "../../../src/cluster/project-watched.ts";

const lines: string[] = [];
const log = pino({ base: null }, { write: (line) => void lines.push(line) });
const metadata = { namespace: "shop", name: "odd", resourceVersion: "7" };
const project = (object: object): unknown => projectWatched(object, log);

describe("a watched object", () => {
  it("is kept with its version", () => {
    expect(project({ apiVersion: "v1", kind: "Pod", metadata })).toMatchObject({
      object: { type: "endpoint", ref: { kind: "Pod", namespace: "shop", name: "odd" } },
      resourceVersion: "7",
    });
  });

  it("is no endpoint where another workload made it", () => {
    const ownerReferences = [{ apiVersion: "apps/v1", kind: "Deployment", name: "web", controller: true }];
    expect(
      project({ apiVersion: "apps/v1", kind: "ReplicaSet", metadata: { ...metadata, ownerReferences } }),
    ).toMatchObject({ object: { endpoint: { phase: "finished" } } });
  });

  it("that is a policy and not understood is one that leaves open what it does", () => {
    expect(
      project({ apiVersion: "networking.k8s.io/v1", kind: "NetworkPolicy", metadata, spec: { ingress: 7 } }),
    ).toMatchObject({
      object: { type: "policy", policy: { problems: ["spec.ingress: expected a list, found number 7"] } },
    });
  });

  it.each([
    ["Pod", { kind: "Pod", namespace: "shop", name: "odd" }],
    ["Namespace", { kind: "Namespace", namespace: "", name: "odd" }],
  ])("of kind %s that is not understood is still there, and named in the log", (kind, ref) => {
    lines.length = 0;
    expect(project({ apiVersion: "v1", kind, metadata: { ...metadata, labels: { app: 7 } } })).toEqual({
      ref,
      resourceVersion: "7",
      problem: 'metadata.labels["app"]: expected a string, found number 7',
    });
    expect(lines.join("")).toContain("object not understood");
  });
});
