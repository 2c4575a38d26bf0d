import { describe, expect, it } from "vitest";
import { diffConnectivity } from "../../../src/engine/workloads.ts";
import { portsText } from "../../../src/model/ports.ts";
import { pod } from "../../reference/fixtures.ts";
import { deployment, networkPolicy, state } from "./worlds.ts";

const owned = (name: string, workload: string, app: string): unknown => {
  const [kind = "", owner = ""] = workload.split("/");
  const base = pod(`shop/${name}`, [], { labels: { app } });
  const ownerReferences = [{ apiVersion: "apps/v1", kind, name: owner, controller: true }];
  return { ...base, metadata: { ...base.metadata, ownerReferences } };
};

const closed = [
  owned("web-1", "StatefulSet/web", "web"),
  owned("web-2", "StatefulSet/web", "web"),
  owned("db-1", "StatefulSet/db", "db"),
  pod("shop/host", ["192.0.2.1"], { labels: { app: "web" }, hostNetwork: true }),
  networkPolicy("shop/deny", { policyTypes: ["Ingress", "Egress"] }),
];
const egress = networkPolicy("shop/out", {
  podSelector: { matchLabels: { app: "web" } },
  policyTypes: ["Egress"],
  egress: [{ to: [{ podSelector: {} }], ports: [{ port: 80, endPort: 90 }] }],
});
const ingress = (...ports: readonly number[]) =>
  networkPolicy("shop/in", {
    podSelector: { matchLabels: { app: "db" } },
    ingress: [{ from: [{ podSelector: {} }], ports: ports.map((port) => ({ port })) }],
  });
const lines = (list: ReturnType<typeof diffConnectivity>["added"]): readonly string[] =>
  list.map(({ from, to, ports }) => `${from} → ${to} ${portsText(ports)}`);

describe("diffConnectivity", () => {
  it("names workloads, and only what differs", () => {
    const [before, after] = [state(...closed, egress, ingress(80)), state(...closed, egress, ingress(85, 443))];
    const diff = diffConnectivity(before, after);
    expect(lines(diff.added)).toEqual(["shop/StatefulSet/web → shop/StatefulSet/db TCP 85"]);
    expect(lines(diff.removed)).toEqual(["shop/StatefulSet/web → shop/StatefulSet/db TCP 80"]);
    expect(diffConnectivity(before, before)).toEqual({ added: [], removed: [] });
  });

  it("counts what cannot be told as open", () => {
    const odd = networkPolicy("shop/in", {
      podSelector: { matchLabels: { app: "db" } },
      ingress: [
        { from: [{ podSelector: { matchExpressions: [{ key: "app", operator: "?" }] } }], ports: [{ port: 80 }] },
      ],
    });
    expect(lines(diffConnectivity(state(...closed, egress), state(...closed, egress, odd)).added)).toEqual([
      "shop/StatefulSet/web → shop/StatefulSet/db TCP 80",
    ]);
  });

  it("names what is outside external, both ways, sorted", () => {
    const open = networkPolicy("shop/in", {
      podSelector: { matchLabels: { app: "db" } },
      policyTypes: ["Ingress", "Egress"],
      ingress: [{ from: [{ ipBlock: { cidr: "10.0.0.0/8" } }], ports: [{ port: 80 }] }],
      egress: [
        { to: [{ ipBlock: { cidr: "10.0.0.0/8" } }], ports: [{ port: 81 }] },
        { to: [{ ipBlock: { cidr: "::/0" } }], ports: [{ port: 82 }] },
      ],
    });
    expect(lines(diffConnectivity(state(...closed), state(...closed, open)).added)).toEqual([
      "external → shop/StatefulSet/db TCP 80",
      "shop/StatefulSet/db → external TCP 81-82",
    ]);
  });

  it("shows a workload before it has pods", () => {
    const after = state(...closed, egress, ingress(80), deployment("shop/api", { app: "db" }));
    expect(lines(diffConnectivity(state(...closed, egress, ingress(80)), after).added)).toEqual([
      "shop/StatefulSet/web → shop/Deployment/api TCP 80",
    ]);
  });
});
