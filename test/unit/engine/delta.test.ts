import { describe, expect, it } from "vitest";
import type { ClusterIndex } from "../../../src/engine/cluster-index.ts";
import { areTwo, newlyReachable, type PairReach } from "../../../src/engine/delta.ts";
import type { Transition } from "../../../src/engine/transition.ts";
import { withChange, type Replacement } from "../../../src/engine/overlay.ts";
import type { EndpointSelector } from "../../../src/model/policies.ts";
import { ALL_PORTS, portsText } from "../../../src/model/ports.ts";
import { ALL, isIn } from "../../../src/model/selectors.ts";
import { namespace, pod } from "../../reference/fixtures.ts";
import { classOf, decode, deployment, namesOf, networkPolicy, state } from "./worlds.ts";

const app = (...names: readonly string[]): EndpointSelector => ({ namespaces: ALL, pods: isIn("app", names) });
const FROM_WEB = { from: app("web"), to: app("db"), ports: ALL_PORTS };

const creating = (manifest: unknown): Replacement => {
  const object = decode(manifest);
  return { ref: object.ref, type: object.type, object };
};
const deleting = (manifest: unknown): Replacement => ({ ...creating(manifest), object: undefined });

const transition = (before: ClusterIndex, change: Replacement, tick: () => void = () => undefined): Transition => {
  for (const end of [FROM_WEB.from, FROM_WEB.to]) before.set(end);
  return { before, after: withChange(before, change), change, tick };
};

const text = ({ from, to, opened, kept, unsure }: PairReach): string =>
  [
    `${namesOf([from]).join("+")} → ${namesOf([to]).join("+")}`,
    `opened ${portsText(opened)}`,
    `kept ${portsText(kept)}`,
    `unsure ${portsText(unsure)}`,
  ].join(", ");
const opened = (...args: Parameters<typeof transition>): readonly string[] =>
  [...newlyReachable(transition(...args), FROM_WEB)].map(text);

const web = pod("shop/web", ["10.0.0.1"], { labels: { app: "web" } });
const db = pod("shop/db", ["10.0.0.2"], { labels: { app: "db" } });
const deny = networkPolicy("shop/deny", { podSelector: { matchLabels: { app: "db" } } });
const allow = networkPolicy("shop/allow", {
  podSelector: { matchLabels: { app: "db" } },
  ingress: [{ from: [{ podSelector: { matchLabels: { app: "web" } } }], ports: [{ port: 80, endPort: 90 }] }],
});
const unclear = networkPolicy("shop/odd", {
  podSelector: { matchLabels: { app: "db" } },
  ingress: [{ from: [{ podSelector: { matchExpressions: [{ key: "app", operator: "?" }] } }], ports: [{ port: 1 }] }],
});

describe("newlyReachable", () => {
  it.each<[string, readonly unknown[], Replacement, readonly string[]]>([
    ["an allow", [web, db, deny], creating(allow), ["web → db, opened TCP 80-90, kept no port, unsure no port"]],
    [
      "the last deny gone",
      [web, db, deny],
      deleting(deny),
      ["web → db, opened every port, kept no port, unsure no port"],
    ],
    ["one of two denies gone", [web, db, deny, allow], deleting(deny), []],
    ["an allow gone", [web, db, deny, allow], deleting(allow), []],
    [
      "a wider allow: only what it adds",
      [web, db, deny, networkPolicy("shop/allow", { ...allow.spec, ingress: [{ ports: [{ port: 85 }] }] })],
      creating(allow),
      ["web → db, opened TCP 80-84,86-90, kept TCP 85, unsure no port"],
    ],
    [
      "an allow in an open cluster",
      [web, db],
      creating(allow),
      ["web → db, opened no port, kept TCP 80-90, unsure no port"],
    ],
    [
      "a policy that cannot be understood",
      [web, db, deny],
      creating(unclear),
      ["web → db, opened no port, kept no port, unsure TCP 1"],
    ],
    ["a pod", [web, deny, allow], creating(db), ["web → db, opened TCP 80-90, kept no port, unsure no port"]],
    [
      "a pod at the other end",
      [db, deny, allow],
      creating(web),
      ["web → db, opened TCP 80-90, kept no port, unsure no port"],
    ],
    [
      "a pod that is there already",
      [web, db],
      creating(db),
      ["web → db, opened no port, kept every port, unsure no port"],
    ],
    ["a pod that goes", [web, db], deleting(db), []],
    ["a pod that has finished", [web], creating(pod("shop/db", [], { labels: { app: "db" }, phase: "Failed" })), []],
    [
      "a pod on the host network",
      [web],
      creating(pod("shop/db", [], { labels: { app: "db" }, hostNetwork: true })),
      [],
    ],
    ["a relabelling out of the path", [web, db], creating(pod("shop/db", [], { labels: { app: "other" } })), []],
    [
      "a workload",
      [web, deny, allow],
      creating(deployment("shop/d", { app: "db" })),
      ["web → d, opened TCP 80-90, kept no port, unsure no port"],
    ],
    ["a namespace that nobody is in", [web, db], creating(namespace("elsewhere", {})), []],
  ])("%s", (_, objects, change, expected) => {
    expect(opened(state(...objects), change)).toEqual(expected);
  });

  it("a relabelling into the path opens it, though the pods could always talk", () => {
    const index = state(web, pod("shop/db", [], { labels: { app: "other" } }));
    expect(opened(index, creating(db))).toEqual(["web → db, opened every port, kept no port, unsure no port"]);
  });

  it("a relabelled namespace opens what its labels allow, each pair once", () => {
    const index = state(
      web,
      pod("data/db", [], { labels: { app: "db" } }),
      networkPolicy("data/p", {
        ingress: [{ from: [{ namespaceSelector: { matchLabels: { team: "a" } } }], ports: [{ port: 1 }] }],
      }),
    );
    expect(opened(index, creating(namespace("shop", { team: "a" })))).toEqual([
      "web → db, opened TCP 1, kept no port, unsure no port",
    ]);
    expect(opened(index, creating(namespace("data", { team: "a" })))).toEqual([]);
  });

  it("asks about time for every pair, and stops when it is over", () => {
    const index = state(web, db, deny);
    const late = (): never => {
      throw new Error("too late");
    };
    expect(() => opened(index, creating(allow), late)).toThrow("too late");
  });

  it("one of two replicas that is relabelled leaves the other one as it was", () => {
    const twin = (name: string, label: string): unknown => pod(`shop/${name}`, [], { labels: { app: label } });
    const index = state(twin("a", "web"), twin("b", "web"), db, deny, allow);
    expect(opened(index, creating(twin("a", "db")))).toEqual(["b → a, opened TCP 80-90, kept no port, unsure no port"]);
  });
});

describe("areTwo", () => {
  const labels = { labels: { app: "web" } };
  const both = { from: "Pod", to: "Pod" };

  it.each<[string, readonly unknown[], string, string, { readonly from: string; readonly to: string }, boolean]>([
    ["a pod and itself", [web], "shop/web", "shop/web", both, false],
    ["two pods of one class", [web, pod("shop/x", [], labels)], "shop/web", "shop/x", both, true],
    ["pods of two classes", [web, db], "shop/web", "shop/db", both, true],
    [
      "a pod and the template that looks like it",
      [pod("shop/web", [], labels), deployment("shop/d", { app: "web" })],
      "shop/web",
      "shop/d",
      { from: "Pod", to: "Deployment" },
      false,
    ],
    [
      "two pods and a template that looks like them",
      [pod("shop/web", [], labels), pod("shop/x", [], labels), deployment("shop/d", { app: "web" })],
      "shop/web",
      "shop/d",
      { from: "Pod", to: "Deployment" },
      true,
    ],
    [
      "one template",
      [deployment("shop/d", { app: "web" })],
      "shop/d",
      "shop/d",
      { from: "Deployment", to: "Deployment" },
      false,
    ],
    [
      "two templates that look alike",
      [deployment("shop/d", { app: "web" }), deployment("shop/e", { app: "web" })],
      "shop/d",
      "shop/e",
      { from: "Deployment", to: "Deployment" },
      true,
    ],
    [
      "two templates that do not",
      [deployment("shop/d", { app: "web" }), deployment("shop/e", { app: "db" })],
      "shop/d",
      "shop/e",
      { from: "Deployment", to: "Deployment" },
      true,
    ],
  ])("%s: %s", (_, objects, from, to, kinds, two) => {
    const index = state(allow, ...objects);
    expect(areTwo(classOf(index, from, kinds.from), classOf(index, to, kinds.to))).toBe(two);
  });

  it("a pod and the template that it was made from are one", () => {
    const made = {
      ...pod("shop/d-1-x", ["10.0.0.1"], { labels: { app: "web", "pod-template-hash": "1" } }),
      metadata: {
        name: "d-1-x",
        namespace: "shop",
        labels: { app: "web", "pod-template-hash": "1" },
        ownerReferences: [{ kind: "ReplicaSet", name: "d-1", controller: true }],
      },
    };
    const index = state(
      allow,
      made,
      deployment("shop/d", { app: "web" }),
      networkPolicy("shop/b", { egress: [{ to: [{ ipBlock: { cidr: "10.0.0.0/8" } }] }] }),
    );
    expect(areTwo(classOf(index, "shop/d-1-x"), classOf(index, "shop/d", "Deployment"))).toBe(false);
  });
});
