import { describe, expect, it } from "vitest";
import type { ClusterIndex } from "../../../src/engine/cluster-index.ts";
import { withChange, type Replacement } from "../../../src/engine/overlay.ts";
import { touchedPairs } from "../../../src/engine/touched-pairs.ts";
import type { Path } from "../../../src/engine/transition.ts";
import type { Action, EndpointSelector, Policy, Rule, Tier } from "../../../src/model/policies.ts";
import { ALL_PORTS, portRange, type PortSet } from "../../../src/model/ports.ts";
import { ALL, isIn } from "../../../src/model/selectors.ts";
import { namespace, pod } from "../../reference/fixtures.ts";
import type { PolicySpec } from "../../reference/manifests.ts";
import { decode, deployment, namesOf, networkPolicy, state } from "./worlds.ts";

const app = (...names: readonly string[]): EndpointSelector => ({ namespaces: ALL, pods: isIn("app", names) });
const labelled = (name: string): unknown => pod(`shop/${name}`, [], { labels: { app: name } });

const WEB = labelled("web");
const DB = labelled("db");
const CACHE = labelled("cache");
const OTHER = labelled("other");
const NAMED = pod("shop/named", [], {
  labels: { app: "named" },
  containers: [{ name: "main", ports: [{ name: "sql", containerPort: 3306 }] }],
});
const PODS = [WEB, DB, CACHE, OTHER, NAMED];
const PATH: Path = { from: app("web", "cache"), to: app("db", "named"), ports: portRange(6, 3306, 3306) };

const creating = (manifest: unknown): Replacement => {
  const object = decode(manifest);
  return { ref: object.ref, type: object.type, object };
};

const touched = (before: ClusterIndex, change: Replacement, path: Path = PATH): readonly string[] => {
  for (const end of [path.from, path.to]) before.set(end);
  const after = withChange(before, change);
  const sets = { from: after.set(path.from), to: after.set(path.to) };
  const pairs = touchedPairs({ before, after, change, tick: () => undefined }, sets, path);
  return [...new Set([...pairs].map(([from, to]) => `${namesOf([from]).join("+")}→${namesOf([to]).join("+")}`))].sort();
};

const selecting = (name: string, rules: object): Replacement =>
  creating(networkPolicy(`shop/${name}`, { podSelector: { matchLabels: { app: "db" } }, ...rules }));

const from = (...names: readonly string[]): readonly object[] =>
  names.map((name) => ({ podSelector: { matchLabels: { app: name } } }));

describe("pairs that a new policy can open", () => {
  it.each<[string, object, readonly string[]]>([
    ["whom it names, of the path's ends", { ingress: [{ from: from("web", "other") }] }, ["web→db"]],
    ["everybody, where it names nobody", { ingress: [{}] }, ["cache→db", "web→db"]],
    [
      "everybody, where it names all pods",
      { ingress: [{ from: [{ namespaceSelector: {} }] }] },
      ["cache→db", "web→db"],
    ],
    ["nobody on other ports", { ingress: [{ from: from("web"), ports: [{ port: 80 }] }] }, []],
    ["whom it names on the path's ports", { ingress: [{ from: from("web"), ports: [{ port: 3306 }] }] }, ["web→db"]],
    [
      "nobody by a port that its pods have no name for",
      { ingress: [{ from: from("web"), ports: [{ port: "sql" }] }] },
      [],
    ],
    ["nobody by addresses that nobody has", { ingress: [{ from: [{ ipBlock: { cidr: "10.9.0.0/16" } }] }] }, []],
    ["nobody in a direction that it does not govern", { policyTypes: ["Egress"], ingress: [{}] }, []],
  ])("%s", (_, rules, expected) => {
    expect(touched(state(...PODS), selecting("new", rules))).toEqual(expected);
  });

  it("whom a port is named for", () => {
    const rules = { podSelector: { matchExpressions: [{ key: "app", operator: "In", values: ["db", "named"] }] } };
    const byName = { ...rules, ingress: [{ from: from("web"), ports: [{ port: "sql" }] }] };
    expect(touched(state(...PODS), creating(networkPolicy("shop/new", byName)))).toEqual(["web→named"]);
    const out: PolicySpec = { podSelector: { matchLabels: { app: "web" } }, policyTypes: ["Egress"] };
    const egress = { ...out, egress: [{ to: from("db", "named"), ports: [{ port: "sql" }] }] };
    expect(touched(state(...PODS), creating(networkPolicy("shop/new", egress)))).toEqual(["web→db", "web→named"]);
  });

  it("everybody by addresses that somebody may have, and where it cannot be understood", () => {
    const index = state(...PODS.slice(1), pod("shop/web", ["10.9.0.1"], { labels: { app: "web" } }));
    const block = { ingress: [{ from: [{ ipBlock: { cidr: "10.9.0.0/16" } }] }] };
    expect(touched(index, selecting("new", block))).toContain("web→db");
    const odd = { ingress: [{ from: [{ podSelector: { matchExpressions: [{ key: "app", operator: "?" }] } }] }] };
    expect(touched(state(...PODS), selecting("new", odd))).toEqual(["cache→db", "web→db"]);
  });

  it("from the sources that it selects", () => {
    const spec: PolicySpec = {
      podSelector: { matchLabels: { app: "web" } },
      policyTypes: ["Egress"],
      egress: [{ to: from("db") }],
    };
    expect(touched(state(...PODS), creating(networkPolicy("shop/new", spec)))).toEqual(["web→db"]);
    const ofOthers = { ...spec, podSelector: { matchLabels: { app: "other" } } };
    expect(touched(state(...PODS), creating(networkPolicy("shop/new", ofOthers)))).toEqual([]);
  });
});

describe("pairs that a policy which goes can open", () => {
  const deny = (name: string, rules: object = {}): unknown =>
    networkPolicy(`shop/${name}`, { podSelector: { matchLabels: { app: "db" } }, ...rules });
  const deleting = (manifest: unknown): Replacement => ({ ...creating(manifest), object: undefined });

  it("all of whom it selected, if nothing else isolates them", () => {
    expect(touched(state(...PODS, deny("deny")), deleting(deny("deny")))).toEqual(["cache→db", "web→db"]);
  });

  it("none, if another one does", () => {
    expect(touched(state(...PODS, deny("deny"), deny("other")), deleting(deny("deny")))).toEqual([]);
  });

  it("all, if the other one is open to everybody anyway", () => {
    const open = deny("open", { ingress: [{}] });
    expect(touched(state(...PODS, deny("deny"), open), deleting(deny("deny")))).toEqual(["cache→db", "web→db"]);
  });

  it("none in a direction that it did not govern", () => {
    const egress = deny("deny", { policyTypes: ["Egress"] });
    expect(touched(state(...PODS, egress), deleting(egress))).toEqual([]);
  });
});

describe("pairs that a policy of another kind can open", () => {
  const tier = (name: string, otherwise: Tier["otherwise"] = "deny"): Tier => ({ name, order: 1, otherwise });
  const DEFAULT = tier("default");
  const tiered = (name: string, rules: readonly Rule[], different: Partial<Policy> = {}): Policy => ({
    ref: { kind: "TieredPolicy", namespace: "", name },
    tier: DEFAULT,
    order: 1,
    subject: app("db"),
    ingress: rules,
    egress: undefined,
    terminating: false,
    problems: [],
    ...different,
  });
  const rule = (action: Action, names: readonly string[], ports: PortSet = ALL_PORTS): Rule => ({
    action,
    peers: names.map((name) => ({ kind: "endpoints", endpoints: app(name), path: "" })),
    ports,
    portNames: [],
    path: "",
  });
  const changed = (policies: readonly Policy[], now: Policy | undefined, name = "p"): readonly string[] => {
    const index = state(...PODS);
    for (const policy of policies) index.upsert({ type: "policy", ref: policy.ref, policy });
    const { ref } = tiered(name, []);
    return touched(index, { ref, type: "policy", object: now && { type: "policy", ref, policy: now } });
  };
  const ISOLATED = tiered("isolated", [rule("allow", ["web"])]);

  it("whom it allows; a rule that only logs opens nothing", () => {
    expect(changed([], tiered("p", [rule("log", ["web"]), rule("allow", ["cache"])]))).toEqual(["cache→db"]);
  });

  it.each<Action>(["deny", "pass"])("whoever may be let in, where a rule says %s", (action) => {
    expect(changed([ISOLATED], tiered("p", [rule(action, ["cache"])]))).toContain("web→db");
    expect(changed([ISOLATED, tiered("p", [rule(action, ["cache"])])], undefined)).toContain("web→db");
    expect(changed([ISOLATED], tiered("p", [rule("allow", ["other"])]))).toEqual([]);
    expect(changed([ISOLATED, tiered("p", [rule("allow", ["other"])])], undefined)).toEqual([]);
  });

  it("whoever may be let in, where a policy cannot be understood", () => {
    expect(changed([ISOLATED], tiered("p", [], { problems: ["odd"] }))).toContain("web→db");
  });

  it("whoever may be let in, where it was the last one of its tier", () => {
    const other = tiered("p", [rule("allow", ["other"])], { tier: tier("other") });
    expect(changed([ISOLATED, other], undefined)).toContain("web→db");
    const second = tiered("second", [rule("allow", ["other"])], { tier: tier("other") });
    expect(changed([ISOLATED, other, second], undefined)).toEqual([]);
  });
});

describe("pairs that endpoints and namespaces can open", () => {
  it("those with the endpoint at either end, and none without it", () => {
    expect(touched(state(...PODS), creating(labelled("cache")))).toEqual(["cache→db", "cache→named"]);
    expect(touched(state(...PODS), creating(labelled("db")))).toEqual(["cache→db", "web→db"]);
    expect(touched(state(...PODS), creating(labelled("other")))).toEqual([]);
  });

  it("none with an endpoint that goes", () => {
    const { ref, type } = creating(DB);
    expect(touched(state(...PODS), { ref, type, object: undefined })).toEqual([]);
  });

  it("those with all endpoints of the namespace", () => {
    const elsewhere = deployment("else/far", { app: "web" });
    const all = ["cache→db", "cache→named", "far→db", "far→named", "web→db", "web→named"];
    expect(touched(state(...PODS, elsewhere), creating(namespace("shop", { tier: "x" })))).toEqual(all);
    expect(touched(state(...PODS, elsewhere), creating(namespace("else", {})))).toEqual(["far→db", "far→named"]);
  });
});
