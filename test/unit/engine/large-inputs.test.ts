import { describe, expect, it } from "vitest";
import { newlyReachable } from "../../../src/engine/delta.ts";
import { addressReach } from "../../../src/engine/grants.ts";
import { withChange } from "../../../src/engine/overlay.ts";
import { answerProbe } from "../../../src/engine/probe.ts";
import { ALL_PORTS, portsText } from "../../../src/model/ports.ts";
import { ALL } from "../../../src/model/selectors.ts";
import { pod } from "../../reference/fixtures.ts";
import type { PolicySpec } from "../../reference/manifests.ts";
import { classOf, decode, networkPolicy, state } from "./worlds.ts";

const MANY = Array.from({ length: 10_000 }, (_, i) => i);
const pods = [
  pod("shop/db", ["10.0.0.1"], { labels: { app: "db" } }),
  pod("shop/first", ["10.1.0.1"], { labels: { app: "a0" } }),
  pod("shop/last", ["10.1.78.16"], { labels: { app: "a9999" } }),
  pod("shop/none", ["10.2.0.1"], { labels: { app: "a10000" } }),
];
const isDb = { podSelector: { matchLabels: { app: "db" } } };
const ip = (i: number): string => `10.1.${String(i >> 7)}.${String((i & 127) + 1)}`;

const LARGE: Readonly<Record<string, PolicySpec>> = {
  blocks: { ...isDb, ingress: [{ from: MANY.map((i) => ({ ipBlock: { cidr: `${ip(i)}/32` } })) }] },
  selectors: {
    ...isDb,
    ingress: [{ from: MANY.map((i) => ({ podSelector: { matchLabels: { app: `a${String(i)}` } } })) }],
  },
  rules: {
    ...isDb,
    ingress: MANY.map((i) => ({ from: [{ podSelector: { matchLabels: { app: `a${String(i)}` } } }] })),
  },
  values: {
    ...isDb,
    ingress: [
      {
        from: [
          {
            podSelector: {
              matchExpressions: [{ key: "app", operator: "In", values: MANY.map((i) => `a${String(i)}`) }],
            },
          },
        ],
      },
    ],
  },
  requirements: {
    ...isDb,
    ingress: [
      {
        from: [
          {
            podSelector: {
              matchExpressions: [
                { key: "app", operator: "NotIn", values: ["a10000", "db"] },
                ...MANY.map((i) => ({ key: `k${String(i)}`, operator: "DoesNotExist" })),
              ],
            },
          },
        ],
      },
    ],
  },
};

describe("a policy with ten thousand", () => {
  it.each(Object.entries(LARGE))("%s is judged right", (_, spec) => {
    const index = state(...pods, networkPolicy("shop/p", spec));
    const allowed = ["first", "last", "none"].map(
      (name) => answerProbe(index, { from: `shop/${name}`, to: "shop/db", protocol: "TCP", port: 80 }).allowed,
    );
    expect(allowed).toEqual([true, true, false]);
  });

  it.each(Object.entries(LARGE))("%s opens what it names, and looks at few pairs for it", (_, spec) => {
    const index = state(...pods, networkPolicy("shop/deny", isDb));
    const object = decode(networkPolicy("shop/p", spec));
    const change = { ref: object.ref, type: object.type, object };
    const everybody = { namespaces: ALL, pods: ALL };
    index.set(everybody);
    let pairs = 0;
    const transition = { before: index, after: withChange(index, change), change, tick: () => pairs++ };
    const opened = [...newlyReachable(transition, { from: everybody, to: everybody, ports: ALL_PORTS })];
    expect(opened.flatMap(({ from }) => [...from.members()].map(({ ref }) => ref.name)).sort()).toEqual([
      "first",
      "last",
    ]);
    expect(pairs).toBeLessThan(20);
  });

  it("requirements, one of them odd, is undecided", () => {
    const expressions = [
      ...MANY.map((i) => ({ key: `k${String(i)}`, operator: "DoesNotExist" })),
      { key: "z", operator: "?" },
    ];
    const index = state(
      ...pods,
      networkPolicy("shop/p", { ...isDb, ingress: [{ from: [{ podSelector: { matchExpressions: expressions } }] }] }),
    );
    const { allowed, ingress } = answerProbe(index, { from: "shop/first", to: "shop/db", protocol: "TCP", port: 80 });
    expect(allowed).toBe("undecided");
    expect(ingress.witness).toMatchObject({
      kind: "undecided",
      reason: expect.stringContaining("matchExpressions[10000]") as unknown,
    });
  });

  it("ports is judged right", () => {
    const ports = MANY.map((i) => ({ port: 2 * i + 1 }));
    const index = state(...pods, networkPolicy("shop/p", { ...isDb, ingress: [{ ports }] }));
    const allowed = [1, 2, 19_999, 20_000, 20_001].map(
      (port) => answerProbe(index, { from: "shop/first", to: "shop/db", protocol: "TCP", port }).allowed,
    );
    expect(allowed).toEqual([true, false, true, false, false]);
  });

  it("blocks that touch grants one range", () => {
    const index = state(
      ...pods,
      networkPolicy("shop/p", {
        ...isDb,
        ingress: [
          {
            from: MANY.slice(0, 2000).map((i) => ({
              ipBlock: { cidr: `10.3.${String(i >> 8)}.${String(i & 255)}/32` },
            })),
          },
        ],
      }),
    );
    const grants = addressReach(index, classOf(index, "shop/db"), "ingress", () => undefined);
    expect(
      grants.flatMap(({ addresses }) => addresses.ipv4.length / 2).reduce((sum, count) => sum + count, 0),
    ).toBeLessThanOrEqual(2000);
    expect(new Set(grants.map(({ ports }) => portsText(ports)))).toEqual(new Set(["every port"]));
  });
});

describe("a pod with ten thousand labels", () => {
  it("is found by each of them", () => {
    const labels = Object.fromEntries(MANY.map((i) => [`k${String(i)}`, "v"]));
    const index = state(
      pod("shop/a", [], { labels }),
      networkPolicy("shop/p", { podSelector: { matchLabels: { k0: "v", k9999: "v" } } }),
      networkPolicy("shop/q", { podSelector: { matchLabels: { k9999: "x" } } }),
    );
    const governing = index.governing(classOf(index, "shop/a"), "ingress");
    expect(governing.flatMap(({ policies }) => policies.map(({ ref }) => ref.name))).toEqual(["p"]);
  });
});

describe("ten thousand replicas", () => {
  it("are one class, whatever else there is", () => {
    const index = state(
      ...MANY.map((i) =>
        pod(`shop/web-${String(i)}`, [ip(i)], { labels: { app: "web", "pod-template-hash": String(i) } }),
      ),
      networkPolicy("shop/p", {
        podSelector: { matchLabels: { app: "web" } },
        egress: [{ to: [{ ipBlock: { cidr: "10.0.0.0/8" } }] }],
      }),
    );
    expect([index.endpointCount, index.classCount]).toEqual([10_000, 1]);
  });
});
