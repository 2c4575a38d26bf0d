import { inspect } from "node:util";
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

  it.each([
    [
      "Pod",
      "v1",
      { containers: [{ name: "main", image: "hush", env: [{ name: "TOKEN", value: "hush" }], args: ["hush"] }] },
    ],
    [
      "Deployment",
      "apps/v1",
      {
        template: {
          metadata: { annotations: { a: "hush" } },
          spec: { containers: [{ name: "main", env: [{ name: "A", value: "hush" }] }] },
        },
      },
    ],
    ["Namespace", "v1", { finalizers: ["hush"] }],
    ["NetworkPolicy", "networking.k8s.io/v1", { podSelector: {}, extra: "hush" }],
  ])("of kind %s is kept without what judging does not look at", (kind, apiVersion, spec) => {
    const managedFields = [{ manager: "hush", fieldsV1: { "f:spec": {} } }];
    const annotations = { "kubectl.kubernetes.io/last-applied-configuration": "hush" };
    const status = { message: "hush", conditions: [{ type: "Ready", status: "True", message: "hush" }] };
    const kept = project({
      apiVersion,
      kind,
      metadata: { ...metadata, annotations, managedFields, finalizers: ["hush"] },
      spec,
      status,
    });
    expect(kept).toMatchObject({ object: { ref: { kind, name: "odd" } } });
    expect(inspect(kept, { depth: Infinity, maxArrayLength: Infinity, maxStringLength: Infinity })).not.toContain(
      "hush",
    );
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
