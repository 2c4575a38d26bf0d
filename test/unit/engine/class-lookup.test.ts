import { beforeEach, describe, expect, it } from "vitest";
import { ClassLookup } from "../../../src/engine/class-lookup.ts";
import type { EndpointClass } from "../../../src/engine/endpoint-class.ts";
import { imaginedSubject } from "../../../src/engine/grants.ts";
import { impliedNamespace, type Namespace } from "../../../src/model/objects.ts";
import type { EndpointSelector } from "../../../src/model/policies.ts";
import { ALL, isIn, type Selector } from "../../../src/model/selectors.ts";

const namespace = (name: string, team: string): Namespace => ({
  ...impliedNamespace(name),
  labels: new Map([
    ["team", team],
    ["kubernetes.io/metadata.name", name],
  ]),
});
const NAMESPACES = [namespace("a", "x"), namespace("b", "y"), namespace("c", "x")];
const cls = (at: Namespace | undefined, app: string, more: object = {}): EndpointClass => ({
  ...imaginedSubject([], at ?? impliedNamespace("")),
  labels: new Map([["app", app]]),
  ...more,
});
const CLASSES = [
  ...["web", "api", "db"].map((app) => cls(NAMESPACES[0], app)),
  ...["web", "api"].map((app) => cls(NAMESPACES[1], app)),
  cls(NAMESPACES[2], "web", { hostNetwork: true }),
];
const text = ({ namespace: at, labels }: EndpointClass): string => `${at.name}/${labels.get("app") ?? ""}`;

let lookup: ClassLookup<EndpointClass>;
const select = (selector: EndpointSelector): readonly string[] => [...lookup.select(selector)].map(text).sort();

beforeEach(() => {
  lookup = new ClassLookup();
  for (const known of NAMESPACES) lookup.addNamespace(known);
  for (const known of CLASSES) lookup.add(known);
});

const exists = (key: string): Selector => ({ kind: "exists", key });
const everything: EndpointSelector = { namespaces: ALL, pods: ALL };

describe("select", () => {
  it.each<[string, EndpointSelector, readonly string[], number]>([
    ["everybody, hostNetwork too", everything, ["a/api", "a/db", "a/web", "b/api", "b/web", "c/web"], 6],
    ["a namespace", { ...everything, namespace: "b" }, ["b/api", "b/web"], 2],
    ["a namespace that is not there", { ...everything, namespace: "z" }, [], 0],
    ["a label", { ...everything, pods: isIn("app", ["web"]) }, ["a/web", "b/web", "c/web"], 3],
    ["two values of a label", { ...everything, pods: isIn("app", ["db", "api"]) }, ["a/api", "a/db", "b/api"], 3],
    ["a key", { ...everything, pods: exists("app") }, ["a/api", "a/db", "a/web", "b/api", "b/web", "c/web"], 6],
    ["a key that nobody has", { ...everything, pods: exists("x") }, [], 0],
    [
      "all but a label",
      { ...everything, pods: { kind: "not", of: isIn("app", ["web"]) } },
      ["a/api", "a/db", "b/api"],
      6,
    ],
    [
      "a label in a namespace, the namespace being shorter",
      { ...everything, namespace: "b", pods: isIn("app", ["web"]) },
      ["b/web"],
      2,
    ],
    [
      "a label in a namespace, the label being shorter",
      { ...everything, namespace: "a", pods: isIn("app", ["db"]) },
      ["a/db"],
      1,
    ],
    ["namespaces by label", { ...everything, namespaces: isIn("team", ["y"]) }, ["b/api", "b/web"], 2],
    [
      "namespaces by two values",
      { ...everything, namespaces: isIn("team", ["x", "y"]) },
      ["a/api", "a/db", "a/web", "b/api", "b/web", "c/web"],
      6,
    ],
    [
      "namespaces and pods by label, the namespaces being shorter",
      { namespaces: isIn("team", ["y"]), pods: exists("app") },
      ["b/api", "b/web"],
      2,
    ],
    [
      "namespaces and pods by label, the pods being shorter",
      { namespaces: exists("team"), pods: isIn("app", ["db"]) },
      ["a/db"],
      1,
    ],
    [
      "what may match",
      { ...everything, namespace: "b", pods: { kind: "unknown", reason: "odd" } },
      ["b/api", "b/web"],
      2,
    ],
  ])("finds %s", (_, selector, expected, estimate) => {
    expect(select(selector)).toEqual(expected);
    expect(lookup.estimate(selector)).toBe(estimate);
  });
});

describe("what is taken out", () => {
  it("is found no more, by no way", () => {
    for (const known of CLASSES) lookup.remove(known);
    expect(select(everything)).toEqual([]);
    expect(select({ ...everything, pods: exists("app") })).toEqual([]);
    expect([...lookup.in("a"), ...lookup.all()]).toEqual([]);
    expect([lookup.estimate(everything), lookup.estimate({ ...everything, pods: exists("app") })]).toEqual([0, 0]);
    expect(lookup.estimate({ ...everything, namespaces: exists("team") })).toBe(0);
  });

  it("leaves what is beside it", () => {
    lookup.remove(CLASSES[0] ?? expect.fail());
    lookup.removeNamespace(NAMESPACES[1] ?? expect.fail());
    expect(select(everything)).toEqual(["a/api", "a/db", "b/api", "b/web", "c/web"]);
    expect(select({ ...everything, namespaces: isIn("team", ["y"]) })).toEqual([]);
    expect([...lookup.in("a")].map(text).sort()).toEqual(["a/api", "a/db"]);
  });
});
