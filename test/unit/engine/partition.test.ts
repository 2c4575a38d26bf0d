import { describe, expect, it } from "vitest";
import type { ClusterIndex } from "../../../src/engine/cluster-index.ts";
import { container, pod } from "../../reference/fixtures.ts";
import type { PolicySpec } from "../../reference/manifests.ts";
import { classOf, decode, deployment, namesOf, networkPolicy, state } from "./worlds.ts";

const classes = (index: ClusterIndex): readonly string[] =>
  [...index.classes()].map((cls) => namesOf([cls]).join("+")).sort();
const add = (index: ClusterIndex, spec: PolicySpec): void => {
  index.upsert(decode(networkPolicy("shop/p", spec)));
};
const three = (): ClusterIndex =>
  state(
    pod("shop/a", ["10.0.0.1"], { labels: { app: "x", tier: "1" }, containers: [container("c", "http=80")] }),
    pod("shop/b", ["10.0.0.2"], { labels: { app: "x", tier: "2" }, containers: [container("c", "http=81")] }),
    pod("shop/c", ["10.0.0.130"], { labels: { app: "x" } }),
  );

describe("endpoints that nothing tells apart are one class", () => {
  it("until a selector mentions a label", () => {
    const index = three();
    expect(classes(index)).toEqual(["a+b+c"]);
    add(index, { podSelector: { matchLabels: { app: "x" } } });
    expect(classes(index)).toEqual(["a+b+c"]);
    add(index, { ingress: [{ from: [{ podSelector: { matchExpressions: [{ key: "tier", operator: "Exists" }] } }] }] });
    expect(classes(index)).toEqual(["a", "b", "c"]);
  });

  it("until a rule mentions a port name", () => {
    const index = three();
    add(index, { ingress: [{ ports: [{ port: "dns" }] }] });
    expect(classes(index)).toEqual(["a+b+c"]);
    add(index, { egress: [{ ports: [{ port: "http" }] }] });
    expect(classes(index)).toEqual(["a", "b", "c"]);
  });

  it("until a block parts their addresses", () => {
    const index = three();
    add(index, { ingress: [{ from: [{ ipBlock: { cidr: "10.0.0.0/24" } }] }] });
    expect(classes(index)).toEqual(["a+b+c"]);
    add(index, { egress: [{ to: [{ ipBlock: { cidr: "10.0.0.128/25" } }] }] });
    expect(classes(index)).toEqual(["a+b", "c"]);
    expect(classOf(index, "shop/a").addresses).not.toEqual(classOf(index, "shop/c").addresses);
  });

  it.each([
    ["ascending", ["10.0.0.1", "10.0.0.130", "10.0.0.2"]],
    ["descending", ["10.0.0.130", "10.0.0.2", "10.0.0.1"]],
  ])("and show an address of a member that is there, whoever came first: %s", (_, ips) => {
    const index = state(...ips.map((ip, i) => pod(`shop/p${String(i)}`, [ip], { labels: {} })));
    add(index, { egress: [{ to: [{ ipBlock: { cidr: "10.0.0.128/25" } }] }] });
    for (const cls of index.classes())
      expect([...cls.members()].map(({ addresses }) => addresses)).toContainEqual(cls.addresses);
    expect(classes(index)).toHaveLength(2);
  });

  it("unless namespace, service account or network are others", () => {
    const base = { apiVersion: "v1", kind: "Pod", status: { phase: "Running" } };
    const index = state(
      ...[
        { metadata: { name: "a", namespace: "shop" } },
        { metadata: { name: "b", namespace: "web" } },
        { metadata: { name: "c", namespace: "shop" }, spec: { serviceAccountName: "x" } },
        { metadata: { name: "d", namespace: "shop" }, spec: { hostNetwork: true } },
        { metadata: { name: "e", namespace: "shop" } },
      ].map((more) => ({ ...base, ...more })),
    );
    expect(classes(index)).toEqual(["a+e", "b", "c", "d"]);
  });

  it("come together again when they are alike again", () => {
    const index = three();
    add(index, { podSelector: { matchLabels: { tier: "1" } } });
    index.upsert(decode(pod("shop/b", ["10.0.0.2"], { labels: { tier: "1" } })));
    expect(classes(index)).toEqual(["a+b", "c"]);
    index.upsert(decode(pod("shop/b", ["10.0.0.2"], { labels: { tier: "9" } })));
    expect(classes(index)).toEqual(["a", "b", "c"]);
  });
});

describe("a class", () => {
  it("shows only what is mentioned", () => {
    const index = three();
    add(index, { podSelector: { matchLabels: { tier: "1" } }, ingress: [{ ports: [{ port: "http" }] }] });
    const { labels, namedPorts } = classOf(index, "shop/a");
    expect([...labels]).toEqual([["tier", "1"]]);
    expect(namedPorts).toEqual([{ name: "http", protocol: 6, port: 80 }]);
    expect(classOf(index, "shop/c")).toMatchObject({ labels: new Map(), namedPorts: [] });
  });

  it("counts its pods beside the templates of workloads", () => {
    const index = state(pod("shop/a", [], { labels: {} }), pod("shop/b", [], { labels: {} }), deployment("shop/d", {}));
    expect(classOf(index, "shop/a")).toMatchObject({ size: 3, pods: 2 });
    expect(classOf(index, "shop/d", "Deployment")).toBe(classOf(index, "shop/a"));
    index.remove({ kind: "Deployment", namespace: "shop", name: "d" }, "endpoint");
    expect(classOf(index, "shop/a")).toMatchObject({ size: 2, pods: 2 });
  });

  it("keeps a pod and a workload of one name apart", () => {
    const index = state(pod("shop/a", [], { labels: { app: "pod" } }), deployment("shop/a", { app: "template" }));
    expect(index.endpoint({ kind: "Pod", namespace: "shop", name: "a" })?.labels.get("app")).toBe("pod");
    expect(index.endpoint({ kind: "Deployment", namespace: "shop", name: "a" })?.labels.get("app")).toBe("template");
    expect(index.endpointCount).toBe(2);
  });
});

describe("an endpoint", () => {
  const ref = { kind: "Pod", namespace: "shop", name: "a" };

  it("that has finished is none, and is known to have finished until it is gone", () => {
    const index = three();
    index.upsert(decode(pod("shop/a", ["10.0.0.1"], { phase: "Succeeded" })));
    expect([index.endpoint(ref), index.classOf(ref), index.hasFinished(ref), index.endpointCount]).toEqual([
      undefined,
      undefined,
      true,
      2,
    ]);
    index.remove(ref, "endpoint");
    expect(index.hasFinished(ref)).toBe(false);
  });

  it("that never was can be taken out", () => {
    const index = three();
    index.remove({ ...ref, name: "z" }, "endpoint");
    index.remove({ ...ref, namespace: "web" }, "endpoint");
    expect(index.endpointCount).toBe(3);
  });

  it("is as it was last", () => {
    const index = three();
    const was = index.endpoint(ref);
    index.upsert(
      decode(
        pod("shop/a", ["10.0.0.9"], {
          labels: { app: "x", tier: "1" },
          containers: [container("c", "http=80")],
          nodeName: "n",
        }),
      ),
    );
    expect(index.endpoint(ref)).toEqual({ ...was, addresses: [{ family: "ipv4", value: 0x0a000009 }], node: "n" });
    expect(index.endpointCount).toBe(3);
  });
});

describe("running twins of a pod", () => {
  const twins = (index: ClusterIndex, path: string, labels: Readonly<Record<string, string>>): readonly string[] => {
    const object = decode(pod(path, [], { labels, phase: "Pending" }));
    return object.type === "endpoint" ? namesOf(index.runningTwins(object.endpoint)) : expect.fail(object.type);
  };
  const job = (name: string, hash: string, phase = "Running"): unknown =>
    pod(`shop/${name}`, [], { labels: { app: "x", "job-name": hash }, phase });

  it("share its identity, whatever controllers generate, and run", () => {
    const index = state(job("a", "1"), job("b", "2", "Pending"), pod("shop/c", [], { labels: { app: "y" } }));
    add(index, { podSelector: { matchLabels: { app: "x" } } });
    expect(twins(index, "shop/new", { app: "x", "job-name": "3" })).toEqual(["a", "b"]);
    expect(twins(index, "shop/new", { app: "z" })).toEqual([]);
    expect(twins(index, "web/new", { app: "x" })).toEqual([]);
  });

  it("are none if the only one is the pod itself, or none runs", () => {
    expect(twins(state(job("a", "1")), "shop/a", { app: "x", "job-name": "1" })).toEqual([]);
    expect(twins(state(job("a", "1", "Pending")), "shop/new", { app: "x" })).toEqual([]);
  });

  it("differ in what controllers generate as soon as a selector mentions it", () => {
    const index = state(job("a", "1"), job("b", "2"));
    add(index, { podSelector: { matchLabels: { "job-name": "1" } } });
    expect(twins(index, "shop/new", { app: "x", "job-name": "1" })).toEqual(["a"]);
    expect(twins(index, "shop/new", { app: "x" })).toEqual([]);
  });
});
