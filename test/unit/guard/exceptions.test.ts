import { describe, expect, it } from "vitest";
import type { ClusterIndex } from "../../../src/engine/cluster-index.ts";
import { judge } from "../../../src/guard/guard.ts";
import { NO_PAST } from "../../../src/guard/past.ts";
import type { Verdict } from "../../../src/guard/verdict.ts";
import { changeOf, configured, stateOf } from "./requests.ts";

const RULES = `
rules:
  - { name: db-not-from-tools, type: forbidden-path, from: { namespaces: [tools] }, to: { namespaces: [shop] } }
  - { name: no-host-network, type: forbid-host-network }
`;
const TOOLS = "{ namespace: tools, workload: Job/migrator, serviceAccount: migrator }";
const DB = "{ namespace: shop, workload: StatefulSet/db }";
const exception = (fields: string): string =>
  `exceptions: [{ ${fields}, reason: the yearly move, owner: dba, expires: 2027-01-31 }]`;
const BOTH = exception(`rule: db-not-from-tools, from: ${TOOLS}, to: ${DB}`);

const POD = "containers: [{ name: main, image: x }]";
const template = (labels: string, more = ""): string =>
  `template: { metadata: { labels: { ${labels} } }, spec: { ${POD}${more} } }`;
const STATE = `
{ apiVersion: apps/v1, kind: StatefulSet, metadata: { namespace: shop, name: db, uid: db-uid }, spec: { ${template("role: db")} } }
---
{ apiVersion: batch/v1, kind: Job, metadata: { namespace: tools, name: migrator, uid: job-uid }, spec: { ${template("app: migrator", ", serviceAccountName: migrator")} } }
`;
const DEPLOYED = `${STATE}
---
{ apiVersion: apps/v1, kind: Deployment, metadata: { namespace: tools, name: web, uid: web-uid }, spec: { ${template("app: web")} } }
---
apiVersion: apps/v1
kind: ReplicaSet
metadata:
  { namespace: tools, name: web-abc, uid: set-uid, ownerReferences: [{ apiVersion: apps/v1, kind: Deployment, name: web, uid: web-uid, controller: true }] }
spec: { ${template("app: web, pod-template-hash: abc")} }
`;

interface PodOptions {
  readonly owner?: string;
  readonly serviceAccount?: string;
  readonly labels?: string;
}

const podOf = ({ owner = "", serviceAccount = "migrator", labels = "app: migrator" }: PodOptions): string =>
  `{ apiVersion: v1, kind: Pod, metadata: { namespace: tools, name: migrator, labels: { ${labels} }, ownerReferences: [${owner}] }, spec: { serviceAccountName: ${serviceAccount}, ${POD} } }`;

const ownedBy = (kind: string, name: string, uid: string, controller = true): string =>
  `{ apiVersion: batch/v1, kind: ${kind}, name: ${name}, uid: ${uid}, controller: ${String(controller)} }`;

const BEFORE_THE_END = Date.parse("2027-01-31T23:59:59Z");

const asked = (yaml: string, exceptions: string, state: ClusterIndex = stateOf(STATE), now = BEFORE_THE_END): Verdict =>
  judge(state, changeOf(yaml), configured(`${RULES}${exceptions}`), () => undefined, [], {
    ...NO_PAST,
    now: () => now,
  });

/** A namespace of templates alone, between which policies let everything through: nothing still to come could cure that. */
const OPENED = stateOf(`${STATE.slice(0, STATE.indexOf("---"))}---
{ apiVersion: networking.k8s.io/v1, kind: NetworkPolicy, metadata: { namespace: shop, name: open }, spec: { podSelector: {}, ingress: [{ from: [{ namespaceSelector: {} }] }] } }
---
{ apiVersion: networking.k8s.io/v1, kind: NetworkPolicy, metadata: { namespace: tools, name: open }, spec: { podSelector: {}, policyTypes: [Egress], egress: [{ to: [{ namespaceSelector: {} }] }] } }`);

const templateOf = (kind: string, name: string): string =>
  `{ apiVersion: ${kind === "Job" ? "batch" : "apps"}/v1, kind: ${kind}, metadata: { namespace: tools, name: ${name} }, spec: { ${template("app: migrator", ", serviceAccountName: migrator")} } }`;

const JOBS = podOf({ owner: ownedBy("Job", "migrator", "job-uid") });

describe("an exception", () => {
  it("covers the pods of its workload, and is noted", () => {
    expect(asked(JOBS, "").kind).toBe("deny");
    expect(asked(JOBS, BOTH)).toMatchObject({
      kind: "allow",
      findings: [{ code: "forbidden-path/db-not-from-tools", effect: "audit", standing: "excepted" }],
    });
  });

  it("covers the workload's own template", () => {
    const state = stateOf(STATE.slice(0, STATE.indexOf("---")));
    expect(asked(templateOf("Job", "migrator"), "", OPENED).kind).toBe("deny");
    expect(asked(templateOf("Job", "migrator"), BOTH, OPENED).kind).toBe("allow");
    expect(asked(templateOf("Job", "migrator"), BOTH, state)).toMatchObject({
      kind: "allow",
      findings: [{ standing: "excepted" }],
    });
  });

  it.each([
    ["a longer name", "Job", "migrator-2"],
    ["a shorter name", "Job", "migrat"],
    ["another case", "Job", "Migrator"],
    ["another kind", "StatefulSet", "migrator"],
  ])("does not cover a template of %s", (_, kind, name) => {
    expect(asked(templateOf(kind, name), BOTH, OPENED).kind).toBe("deny");
  });

  it("lends no end of its own to another one", () => {
    const of = (from: string, to: string): string =>
      `{ rule: db-not-from-tools, from: ${from}, to: ${to}, reason: a, owner: b, expires: 2027-01-31 }`;
    const other = DB.replace("StatefulSet/db", "StatefulSet/other");
    const others = `exceptions: [${of(TOOLS, other)}, ${of(TOOLS.replace("Job/migrator", "Job/other"), DB)}]`;
    expect(asked(JOBS, others).kind).toBe("deny");
    expect(asked(JOBS, others.replace("]", `, ${of(TOOLS, DB)}]`)).kind).toBe("allow");
  });

  it("covers pods of a Deployment by the ReplicaSet that it made, whatever that one is called", () => {
    const web = podOf({
      owner: ownedBy("ReplicaSet", "web-abc", "set-uid"),
      serviceAccount: "default",
      labels: "app: web",
    });
    const ofWeb = exception(`rule: db-not-from-tools, from: { namespace: tools, workload: Deployment/web }, to: ${DB}`);
    expect(asked(web, ofWeb, stateOf(DEPLOYED)).kind).toBe("allow");
    expect(asked(web, ofWeb).kind).toBe("deny");
    const gone = stateOf(DEPLOYED);
    gone.remove({ kind: "ReplicaSet", namespace: "tools", name: "web-abc" }, "endpoint");
    expect(asked(web, ofWeb, gone).kind).toBe("deny");
  });

  it.each<readonly [string, string]>([
    ["with no owner", podOf({})],
    ["whose owner is another's uid", podOf({ owner: ownedBy("Job", "migrator", "forged") })],
    [
      "that refers to the uid, and not as to its controller",
      podOf({ owner: ownedBy("Job", "migrator", "job-uid", false) }),
    ],
    ["with another service account", podOf({ owner: ownedBy("Job", "migrator", "job-uid"), serviceAccount: "other" })],
  ])("does not cover a pod %s", (_, yaml) => {
    expect(asked(yaml, BOTH).kind).toBe("deny");
  });

  it("ends with its day", () => {
    expect(asked(JOBS, BOTH, stateOf(STATE), BEFORE_THE_END + 1000).kind).toBe("deny");
  });

  it.each<readonly [string, string]>([
    ["another rule", exception(`rule: no-host-network, from: ${TOOLS}, to: ${DB}`)],
    ["one end of the two", exception(`rule: db-not-from-tools, from: ${TOOLS}`)],
    [
      "another destination",
      exception(`rule: db-not-from-tools, from: ${TOOLS}, to: { namespace: shop, workload: StatefulSet/other }`),
    ],
    ["the ends the other way round", exception(`rule: db-not-from-tools, from: ${DB}, to: ${TOOLS}`)],
  ])("for %s does not cover it", (_, exceptions) => {
    expect(asked(JOBS, exceptions).kind).toBe("deny");
  });

  it("does not cover a class in which others are, too", () => {
    const mixed = stateOf(
      `${STATE}\n---\n{ apiVersion: v1, kind: Pod, metadata: { namespace: shop, name: other, labels: { role: db } }, spec: { ${POD} } }`,
    );
    expect(asked(JOBS, BOTH, mixed).kind).toBe("deny");
  });

  it("for one workload covers what is wrong with it alone", () => {
    const pod = JOBS.replace("containers:", "hostNetwork: true, containers:");
    const alone = exception(`rule: no-host-network, from: ${TOOLS}`);
    expect(asked(pod, "").kind).toBe("deny");
    expect(asked(pod, alone).kind).toBe("allow");
    expect(asked(pod, exception(`rule: no-host-network, from: ${TOOLS}, to: ${DB}`)).kind).toBe("deny");
  });
});
