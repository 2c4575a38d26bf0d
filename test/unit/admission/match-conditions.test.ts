import { expect, it } from "vitest";
import { conditionsSay, type Asked } from "./match-conditions.ts";
import { sent, webhooks, type Sent } from "./shipped-webhooks.ts";

// Which requests the shipped registration sends. An error in a condition is a refusal where failurePolicy is Fail, so
// there must be none, whatever a request lacks.

const FORMS: readonly object[] = [
  {},
  { metadata: {} },
  { metadata: { labels: {} } },
  { metadata: { labels: { app: "web" } }, spec: {} },
  { metadata: { labels: { app: "db" } }, spec: { replicas: 1 } },
];
const USERS: readonly object[] = [
  {},
  { username: "alice" },
  { groups: ["system:authenticated"] },
  { username: "", groups: [] },
];

it.each(sent)("the conditions of $entry never fail: $operation of $resource", (request) => {
  for (const user of USERS)
    for (const object of FORMS)
      for (const oldObject of FORMS)
        for (const name of [undefined, "web"]) {
          const asked = { ...request, name, user, object, oldObject };
          const said = conditionsSay(request.entry, asked).filter((value) => typeof value !== "boolean");
          expect({ asked, said }).toEqual({ asked, said: [] });
        }
});

const user = (username: string, ...groups: readonly string[]): object => ({
  username,
  ...(groups.length > 0 ? { groups: [...groups, "system:authenticated"] } : {}),
});
const account = (namespace: string, name: string): object =>
  user(`system:serviceaccount:${namespace}:${name}`, "system:serviceaccounts", `system:serviceaccounts:${namespace}`);

const ALICE = user("alice", "team");
const NODE = user("system:node:worker", "system:nodes");
const SCHEDULER = user("system:kube-scheduler");
const CONTROLLERS = user("system:kube-controller-manager");
const NAMESPACES = account("kube-system", "namespace-controller");
const GARBAGE = account("kube-system", "generic-garbage-collector");
const REPLICAS = account("kube-system", "replicaset-controller");
const LOOKALIKE = account("kube-system-2", "namespace-controller");

const labelled = (labels?: object): object => ({ metadata: labels === undefined ? {} : { labels } });
const WEB = labelled({ app: "web" });
const DB = labelled({ app: "db" });

type Row = readonly [what: string, asked: Partial<Asked>, isSent: boolean];

const rows = (entry: string, common: Omit<Sent, "entry" | "operation">, all: readonly Row[]) =>
  all.map(([what, asked, isSent]) => ({
    what: `${isSent ? "sends" : "does not send"} ${common.resource}: ${what}`,
    entry: `${entry}.netpol-guard.io`,
    asked: { operation: "UPDATE", user: ALICE, name: "web", ...common, ...asked },
    isSent,
  }));

const SUBRESOURCE: readonly Row[] = [
  ["another label", { object: DB, oldObject: WEB }, true],
  ["a label by nobody in particular", { object: DB, oldObject: WEB, user: {} }, true],
  ["a first label", { object: WEB, oldObject: labelled() }, true],
  ["no other label", { object: WEB, oldObject: WEB }, false],
  ["no label at all, said in two ways", { object: labelled({}), oldObject: labelled() }, false],
  ["a label by a kubelet", { object: DB, oldObject: WEB, user: NODE }, false],
  ["a label by a controller", { object: DB, oldObject: WEB, user: NAMESPACES }, false],
  ["a label by all controllers in one", { object: DB, oldObject: WEB, user: CONTROLLERS }, false],
  ["a label by one that is called alike", { object: DB, oldObject: WEB, user: LOOKALIKE }, true],
];
const BINDING: readonly Row[] = [
  ["with a label", { operation: "CREATE", object: WEB }, true],
  ["without one", { operation: "CREATE", object: labelled() }, false],
  ["with none", { operation: "CREATE", object: labelled({}) }, false],
  ["by the scheduler", { operation: "CREATE", object: WEB, user: SCHEDULER }, false],
  ["by one of kube-system", { operation: "CREATE", object: WEB, user: account("kube-system", "second") }, false],
  ["by somebody else's", { operation: "CREATE", object: WEB, user: account("shop", "kube-scheduler") }, true],
];
const WORKLOAD: readonly Row[] = [
  ["a creation", { operation: "CREATE" }, true],
  ["a creation by nobody in particular", { operation: "CREATE", user: {} }, true],
  ["a creation by an operator", { operation: "CREATE", user: account("shop", "operator") }, true],
  ["a creation by one of a namespace that is called alike", { operation: "CREATE", user: LOOKALIKE }, true],
  ["another spec", { object: { spec: { replicas: 2 } }, oldObject: { spec: { replicas: 1 } } }, true],
  ["a first spec", { object: { spec: {} } }, true],
  ["another status", { object: { spec: {}, status: { replicas: 1 } }, oldObject: { spec: {} } }, false],
  ["a creation by a controller", { operation: "CREATE", user: REPLICAS }, false],
  ["a creation by all controllers in one", { operation: "CREATE", user: CONTROLLERS }, false],
  [
    "another spec by a controller",
    { object: { spec: { replicas: 2 } }, oldObject: { spec: {} }, user: REPLICAS },
    false,
  ],
];

const ROWS = [
  ...rows("policies", { group: "networking.k8s.io", resource: "networkpolicies" }, [
    ["a creation", { operation: "CREATE" }, true],
    ["an update", {}, true],
    ["an update by the namespace controller", { user: NAMESPACES }, true],
    ["a deletion", { operation: "DELETE" }, true],
    ["a deletion by nobody in particular", { operation: "DELETE", user: {} }, true],
    ["a deletion by a kubelet", { operation: "DELETE", user: NODE }, true],
    ["a deletion by the garbage collector: anyone can name an owner", { operation: "DELETE", user: GARBAGE }, true],
    ["a deletion by one that is called alike", { operation: "DELETE", user: LOOKALIKE }, true],
    ["a deletion with its namespace", { operation: "DELETE", user: NAMESPACES }, false],
  ]),
  ...rows("pods", { group: "", resource: "pods" }, [
    ["a creation", { operation: "CREATE", object: WEB }, true],
    ["a creation by a kubelet", { operation: "CREATE", user: NODE }, true],
    ["a creation by a controller", { operation: "CREATE", user: REPLICAS }, true],
    ["another label", { object: DB, oldObject: WEB }, true],
    ["another label by a controller", { object: DB, oldObject: WEB, user: REPLICAS }, true],
    ["a label less", { object: labelled(), oldObject: WEB }, true],
    ["no other label", { object: WEB, oldObject: WEB }, false],
    ["no label at all, said in two ways", { object: labelled({}), oldObject: labelled() }, false],
    ["a deletion", { operation: "DELETE", oldObject: WEB }, true],
    ["a deletion by the garbage collector", { operation: "DELETE", user: GARBAGE }, true],
    ["a deletion by its kubelet", { operation: "DELETE", user: NODE }, false],
    ["a deletion with its namespace", { operation: "DELETE", user: NAMESPACES }, false],
  ]),
  ...rows("workloads", { group: "apps", resource: "deployments" }, WORKLOAD),
  ...rows("workloads", { group: "", resource: "replicationcontrollers" }, WORKLOAD),
  ...rows("workloads", { group: "batch", resource: "cronjobs" }, WORKLOAD),
  ...rows("labels", { group: "", resource: "namespaces" }, [
    ["a creation", { operation: "CREATE", object: labelled() }, true],
    ["a creation of a name to be generated", { operation: "CREATE", name: undefined }, true],
    ["another label", { object: DB, oldObject: WEB }, true],
    ["another label by a controller", { object: DB, oldObject: WEB, user: NAMESPACES }, true],
    ["another label by a kubelet", { object: DB, oldObject: WEB, user: NODE }, true],
    ["no other label", { object: WEB, oldObject: WEB }, false],
    ["another label of kube-system", { object: DB, oldObject: WEB, name: "kube-system" }, false],
    ["another label of kube-node-lease", { object: DB, oldObject: WEB, name: "kube-node-lease" }, false],
    ["another label of the guard's own", { object: DB, oldObject: WEB, name: "netpol-guard" }, false],
    ["another label of one that is called alike", { object: DB, oldObject: WEB, name: "kube-system-2" }, true],
  ]),
  ...["namespaces/status", "namespaces/finalize", "pods/status"].flatMap((resource) =>
    rows("labels", { group: "", resource }, SUBRESOURCE),
  ),
  ...rows("labels", { group: "", resource: "pods/status" }, [
    ["a label of a pod that is called kube-system", { object: DB, oldObject: WEB, name: "kube-system" }, true],
  ]),
  ...["pods/binding", "bindings"].flatMap((resource) => rows("labels", { group: "", resource }, BINDING)),
  ...rows("config", { group: "", resource: "configmaps" }, [
    ["the guard's configuration", { name: "netpol-guard-config" }, true],
    ["a new one", { operation: "CREATE", name: "netpol-guard-config" }, true],
    ["another ConfigMap", { name: "netpol-guard-known" }, false],
    ["one of a name to be generated", { operation: "CREATE", name: undefined }, false],
  ]),
];

it.each(ROWS)("$entry $what", ({ entry, asked, isSent }) => {
  const said = conditionsSay(entry, asked);
  expect(said.filter((value) => typeof value !== "boolean")).toEqual([]);
  expect(said.every((value) => value === true)).toBe(isSent);
});

it("every entry is put to the test, both ways", () => {
  for (const { name } of webhooks)
    expect([name, new Set(ROWS.filter(({ entry }) => entry === name).map(({ isSent }) => isSent))]).toEqual([
      name,
      new Set([true, false]),
    ]);
});
