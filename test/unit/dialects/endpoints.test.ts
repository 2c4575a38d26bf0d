import { describe, expect, it } from "vitest";
import { decodeManifest } from "../../../src/dialects/index.ts";
import { addressText } from "../../../src/model/address-text.ts";
import { DecodeError } from "../../../src/model/errors.ts";
import type { Endpoint } from "../../../src/model/objects.ts";

interface Parts {
  readonly metadata?: object;
  readonly spec?: unknown;
  readonly status?: unknown;
}

const decode = ({ metadata, spec = {}, status = {} }: Parts): Endpoint => {
  const manifest = {
    apiVersion: "v1",
    kind: "Pod",
    metadata: { name: "p", namespace: "shop", ...metadata },
    spec,
    status,
  };
  const object = decodeManifest(manifest);
  return object?.type === "endpoint"
    ? object.endpoint
    : expect.fail(`Expected an endpoint, got ${String(object?.type)}`);
};

const port = (name: string, containerPort: number, protocol?: string): object => ({ name, containerPort, protocol });

describe("a pod", () => {
  it("with nothing but a name is pending, of the default service account, on no node", () => {
    expect(decode({})).toMatchObject({
      ref: { kind: "Pod", namespace: "shop", name: "p" },
      labels: new Map(),
      serviceAccount: "default",
      hostNetwork: false,
      phase: "pending",
      terminating: false,
      mirror: false,
      addresses: [],
      namedPorts: [],
      node: "",
      workload: "Pod/p",
    });
  });

  it.each([
    ["Running", "running"],
    ["Pending", "pending"],
    ["Unknown", "pending"],
    [undefined, "pending"],
    ["Succeeded", "finished"],
    ["Failed", "finished"],
  ])("in phase %s is %s", (phase, expected) => {
    expect(decode({ status: { phase } }).phase).toBe(expected);
  });

  it.each([
    [{ serviceAccountName: "a" }, "a"],
    [{ serviceAccount: "b" }, "b"],
    [{ serviceAccountName: "a", serviceAccount: "b" }, "a"],
    [{ serviceAccountName: "" }, "default"],
  ])("with %j runs as %s", (spec, account) => {
    expect(decode({ spec }).serviceAccount).toBe(account);
  });

  it.each<[unknown, readonly string[]]>([
    [{}, []],
    [{ podIP: "10.0.0.1" }, ["10.0.0.1"]],
    [{ podIP: "10.0.0.1", podIPs: [{ ip: "10.0.0.1" }, { ip: "fd00::1" }] }, ["10.0.0.1", "fd00::1"]],
    [{ podIPs: [{ ip: "fd00::1" }] }, ["fd00::1"]],
    [{ podIP: "", podIPs: [{}] }, []],
    [{ podIP: "not yet" }, []],
  ])("with status %j has addresses %j", (status, addresses) => {
    expect(decode({ status }).addresses.map(addressText)).toEqual(addresses);
  });

  it("keeps labels of any name", () => {
    const labels: unknown = JSON.parse('{"constructor": "a", "__proto__": "b", "toString": ""}');
    expect([...decode({ metadata: { labels } }).labels]).toEqual([
      ["constructor", "a"],
      ["__proto__", "b"],
      ["toString", ""],
    ]);
  });

  it("is on its way out once it has a deletion timestamp", () => {
    expect(decode({ metadata: { deletionTimestamp: "2027-01-01T00:00:00Z" } }).terminating).toBe(true);
  });

  it.each([
    ["the annotation and a node", { "kubernetes.io/config.mirror": "x" }, { nodeName: "n" }, true],
    ["the annotation alone", { "kubernetes.io/config.mirror": "x" }, {}, false],
    ["a node alone", {}, { nodeName: "n" }, false],
  ])("is a mirror with %s: %s", (_, annotations, spec, mirror) => {
    expect(decode({ metadata: { annotations }, spec }).mirror).toBe(mirror);
  });
});

describe("named ports", () => {
  it("are those of all containers and of init containers that stay", () => {
    const spec = {
      containers: [{ ports: [port("http", 80), { containerPort: 81 }] }, { ports: [port("dns", 53, "UDP")] }, {}],
      initContainers: [
        { ports: [port("gone", 1)] },
        { restartPolicy: "Always", ports: [port("http", 8080, "TCP")] },
        { restartPolicy: "Never", ports: [port("never", 2)] },
      ],
    };
    expect(decode({ spec }).namedPorts).toEqual([
      { name: "http", protocol: 6, port: 80 },
      { name: "dns", protocol: 17, port: 53 },
      { name: "http", protocol: 6, port: 8080 },
    ]);
  });

  it("of two pods are told apart by name, protocol and number", () => {
    const ports = [port("a", 1), port("b", 1), port("a", 2), port("a", 1, "UDP")].map(
      (one) => decode({ spec: { containers: [{ ports: [one] }] } }).namedPorts,
    );
    expect(new Set(ports.map((list) => JSON.stringify(list))).size).toBe(4);
  });
});

describe("the workload of a pod", () => {
  const owner = (kind: string, name: string, controller: boolean): object => ({ kind, name, controller });

  it.each<[string, object, string]>([
    ["none", {}, "Pod/p"],
    ["an owner that is no controller", { ownerReferences: [owner("Job", "j", false)] }, "Pod/p"],
    [
      "its controller",
      { ownerReferences: [owner("Job", "x", false), owner("StatefulSet", "db", true)] },
      "StatefulSet/db",
    ],
    [
      "the Deployment above its ReplicaSet",
      { labels: { "pod-template-hash": "abc" }, ownerReferences: [owner("ReplicaSet", "web-abc", true)] },
      "Deployment/web",
    ],
    [
      "a ReplicaSet of another hash",
      { labels: { "pod-template-hash": "abc" }, ownerReferences: [owner("ReplicaSet", "webabc", true)] },
      "ReplicaSet/webabc",
    ],
    ["a ReplicaSet by itself", { ownerReferences: [owner("ReplicaSet", "web-abc", true)] }, "ReplicaSet/web-abc"],
    [
      "a hash, and no ReplicaSet",
      { labels: { "pod-template-hash": "abc" }, ownerReferences: [owner("Job", "web-abc", true)] },
      "Job/web-abc",
    ],
  ])("%s", (_, metadata, workload) => {
    expect(decode({ metadata }).workload).toBe(workload);
  });
});

describe("what has not the shape of a pod is refused with its path", () => {
  it.each<[string, Parts, string]>([
    ["labels", { metadata: { labels: ["a"] } }, "metadata.labels"],
    ["a label", { metadata: { labels: { a: 1 } } }, 'metadata.labels["a"]'],
    ["owners", { metadata: { ownerReferences: {} } }, "metadata.ownerReferences"],
    ["an owner", { metadata: { ownerReferences: ["Job"] } }, "metadata.ownerReferences[0]"],
    ["hostNetwork", { spec: { hostNetwork: "true" } }, "spec.hostNetwork"],
    ["containers", { spec: { containers: {} } }, "spec.containers"],
    ["a container", { spec: { initContainers: ["sh"] } }, "spec.initContainers[0]"],
    ["ports", { spec: { containers: [{}, { ports: {} }] } }, "spec.containers[1].ports"],
    ["a port", { spec: { containers: [{ ports: [80] }] } }, "spec.containers[0].ports[0]"],
    ["a port without a number", { spec: { containers: [{ ports: [{ name: "a" }] }] } }, "spec.containers[0].ports[0]"],
    [
      "a port of no protocol",
      { spec: { containers: [{ ports: [port("a", 1, "IP")] }] } },
      "spec.containers[0].ports[0]",
    ],
    ["a node", { spec: { nodeName: 1 } }, "spec.nodeName"],
    ["addresses", { status: { podIPs: "10.0.0.1" } }, "status.podIPs"],
    ["an address", { status: { podIPs: ["10.0.0.1"] } }, "status.podIPs[0]"],
    ["a spec", { spec: [] }, "spec"],
  ])("%s", (_, parts, path) => {
    expect(() => decode(parts)).toThrow(DecodeError);
    expect(() => decode(parts)).toThrow(expect.objectContaining({ path }));
  });
});
