import { describe, expect, it } from "vitest";
import { decodeManifest } from "../../../src/dialects/index.ts";
import type { Endpoint } from "../../../src/model/objects.ts";

const template = {
  metadata: { labels: { app: "web" }, annotations: { "kubernetes.io/config.mirror": "x" } },
  spec: {
    serviceAccountName: "web",
    nodeName: "n",
    hostNetwork: true,
    containers: [{ ports: [{ name: "http", containerPort: 80 }] }],
  },
};

const decode = (apiVersion: string, kind: string, spec: unknown, more: object = {}): Endpoint => {
  const object = decodeManifest({ apiVersion, kind, metadata: { name: "w", namespace: "shop" }, spec, ...more });
  return object?.type === "endpoint"
    ? object.endpoint
    : expect.fail(`Expected an endpoint, got ${String(object?.type)}`);
};

describe("a workload is the pods of its template, before there are any", () => {
  it.each<[string, string, unknown]>([
    ["apps/v1", "Deployment", { template }],
    ["apps/v1", "StatefulSet", { template }],
    ["apps/v1", "DaemonSet", { template }],
    ["apps/v1", "ReplicaSet", { template }],
    ["v1", "ReplicationController", { template }],
    ["batch/v1", "Job", { template }],
    ["batch/v1", "CronJob", { jobTemplate: { spec: { template } } }],
  ])("%s %s", (apiVersion, kind, spec) => {
    expect(decode(apiVersion, kind, spec)).toMatchObject({
      ref: { kind, namespace: "shop", name: "w" },
      labels: new Map([["app", "web"]]),
      serviceAccount: "web",
      hostNetwork: true,
      phase: "pending",
      mirror: false,
      addresses: [],
      namedPorts: [{ name: "http", protocol: 6, port: 80 }],
      node: "",
      workload: `${kind}/w`,
    });
  });

  it("without a template they are pods without labels", () => {
    expect(decode("apps/v1", "Deployment", undefined).labels).toEqual(new Map());
  });
});

describe("a job", () => {
  const condition = (type: string, status: string): object => ({ status: { conditions: [{ type, status }] } });

  it.each<[string, object, string]>([
    ["that has no status", {}, "pending"],
    ["that is complete", condition("Complete", "True"), "finished"],
    ["that has failed", condition("Failed", "True"), "finished"],
    ["that is not complete", condition("Complete", "False"), "pending"],
    ["that is suspended", condition("Suspended", "True"), "pending"],
  ])("%s is %s", (_, more, phase) => {
    expect(decode("batch/v1", "Job", { template }, more).phase).toBe(phase);
  });

  it("whose conditions are none is refused with the path", () => {
    expect(() => decode("batch/v1", "Job", { template }, { status: { conditions: ["Complete"] } })).toThrow(
      "status.conditions[0]: expected a mapping",
    );
  });
});
