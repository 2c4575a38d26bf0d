import { describe, expect, it } from "vitest";
import { namespaceStatuses, type EntryScope } from "../../../src/guard/namespace-status.ts";
import type { Mode } from "../../../src/guard/verdict.ts";
import { impliedNamespace, NAMESPACE_NAME_LABEL } from "../../../src/model/objects.ts";
import { ALL, isIn } from "../../../src/model/selectors.ts";

const configured = (exempt: readonly string[], modes: Readonly<Record<string, Mode>> = {}) => ({
  exemptNamespaces: new Set(exempt),
  namespaceModes: new Map(Object.entries(modes)),
});
const NOTHING = configured([]);
const cluster = (...names: readonly string[]) => names.map(impliedNamespace);
const allBut = (name: string, ...left: readonly string[]): EntryScope => ({
  name,
  namespaces: { kind: "not", of: isIn(NAMESPACE_NAME_LABEL, left) },
});
const every: EntryScope = { name: "every", namespaces: ALL };

describe("a namespace that is", () => {
  it("as all others is not named", () => {
    expect(namespaceStatuses(NOTHING, [every], cluster("shop", "web"))).toEqual([]);
  });

  it("exempt in the configuration", () => {
    expect(namespaceStatuses(configured(["kube-system"]), [every], cluster("shop", "kube-system"))).toEqual([
      { name: "kube-system", mode: "exempt", reasons: ["exempt in the configuration (exemptNamespaces)"] },
    ]);
  });

  it("exempt in the registration", () => {
    const entries = [allBut("policies", "kube-system"), allBut("pods", "kube-system")];
    expect(namespaceStatuses(NOTHING, entries, cluster("shop", "kube-system"))).toEqual([
      {
        name: "kube-system",
        mode: "exempt",
        reasons: ["exempt in the registration (the namespaceSelector of every entry leaves it out)"],
      },
    ]);
  });

  it("left out by some entries", () => {
    const entries = [allBut("policies", "legacy"), every, allBut("pods", "legacy")];
    expect(namespaceStatuses(NOTHING, entries, cluster("legacy"))).toEqual([
      { name: "legacy", mode: undefined, reasons: ["requests of policies, pods are not sent (namespaceSelector)"] },
    ]);
  });

  it("given a mode of its own", () => {
    expect(namespaceStatuses(configured([], { legacy: "warn" }), [every], cluster("legacy"))).toEqual([
      {
        name: "legacy",
        mode: "warn",
        reasons: ["warn in the configuration (namespaceModes); where a rule has a mode, the milder holds"],
      },
    ]);
  });

  it("all of this has all reasons", () => {
    const [status] = namespaceStatuses(configured(["a"], { a: "warn" }), [allBut("policies", "a")], cluster("a"));
    expect(status).toMatchObject({ mode: "exempt" });
    expect(status?.reasons).toHaveLength(3);
  });

  it("configured and not there", () => {
    expect(namespaceStatuses(configured(["kube-sytem"]), [every], cluster("kube-system"))).toEqual([
      {
        name: "kube-sytem",
        mode: "exempt",
        reasons: ["exempt in the configuration (exemptNamespaces)", "there is no such namespace"],
      },
    ]);
  });
});

it("they come by name", () => {
  const statuses = namespaceStatuses(configured(["c", "a"], { b: "off" }), [every], cluster("b", "a", "c"));
  expect(statuses.map(({ name }) => name)).toEqual(["a", "b", "c"]);
});

it("without a configuration that can be read, the registration's exemptions are told all the same", () => {
  const statuses = namespaceStatuses(undefined, [allBut("policies", "a")], cluster("a", "b"));
  expect(statuses.map(({ name, mode }) => [name, mode])).toEqual([["a", "exempt"]]);
});

it("without a registration there is nothing that leaves a namespace out", () => {
  expect(namespaceStatuses(NOTHING, [], cluster("a"))).toEqual([]);
});

it("a selector that is not understood is not taken for one that leaves namespaces out", () => {
  const odd: EntryScope = { name: "odd", namespaces: { kind: "unknown", reason: "odd" } };
  expect(namespaceStatuses(NOTHING, [odd], cluster("a"))).toEqual([]);
});
