import { expect, it } from "vitest";
import { z } from "zod";
import { newlyReachable } from "../../src/engine/delta.ts";
import { answerProbe, type Probe } from "../../src/engine/probe.ts";
import type { Change as Request } from "../../src/guard/change.ts";
import { judge, prepare } from "../../src/guard/guard.ts";
import type { GuardSettings } from "../../src/guard/settings.ts";
import { NO_ADDRESSES } from "../../src/model/addresses.ts";
import type { EndpointSelector } from "../../src/model/policies.ts";
import { hasPort, PROTOCOLS } from "../../src/model/ports.ts";
import { forbiddenPath } from "../../src/rules/forbidden-path.ts";
import { pathEnd, ports } from "../../src/rules/options.ts";
import type { Change } from "../reference/changes.ts";
import type { Manifest } from "../reference/manifests.ts";
import { describeVectors, readVectors } from "../reference/vectors.ts";
import { compile, indexOf, memberNames, replacementOf, transitionOf } from "./world.ts";

interface ConnectivityCase {
  readonly name: string;
  readonly objects: readonly Manifest[];
  readonly probes: readonly (Probe & { readonly allowed: boolean })[];
}

interface Quadruple {
  readonly from: string;
  readonly to: string;
  readonly protocol: string;
  readonly port: number;
}

interface DeltaCase {
  readonly name: string;
  readonly objects: readonly Manifest[];
  readonly request: Change;
  readonly rule: { readonly from: unknown; readonly to: unknown; readonly ports?: unknown };
  readonly evaluatedPorts: readonly Pick<Quadruple, "protocol" | "port">[];
  readonly newlyViolating: readonly Quadruple[];
  readonly denied: boolean;
}

const guardOf = (rule: DeltaCase["rule"]): GuardSettings => {
  const options = z.strictObject(forbiddenPath.options).parse(rule);
  const compiled = forbiddenPath.compile(options, { podCIDRs: NO_ADDRESSES });
  return {
    mode: "enforce",
    rules: [{ name: "path", type: forbiddenPath.type, mode: undefined, consistency: "confirm", rule: compiled }],
    exemptNamespaces: new Set(),
    namespaceModes: new Map(),
    existingWorkloads: "warn",
    onUndecided: "deny",
    onUnsupportedLanguage: "warn",
    onUnenforceable: "warn",
    exceptions: [],
    remember: 0,
  };
};

const requestOf = (change: Change): Request => ({
  ...replacementOf(change),
  operation: change.operation,
  old: change.oldObject === null ? undefined : compile(change.oldObject),
  dryRun: false,
  requester: { name: "someone", groups: [] },
});

const isDenied = ({ objects, request, rule }: DeltaCase): boolean => {
  const index = indexOf(objects);
  const settings = guardOf(rule);
  prepare(index, settings);
  const verdict = judge(index, requestOf(request), settings, () => undefined, []);
  if (verdict.kind === "undecided") throw verdict.cause;
  return verdict.kind === "deny";
};

const text = ({ from, to, protocol, port }: Quadruple): string => `${from} ${to} ${protocol} ${String(port)}`;

const endpointsOf = (end: unknown): EndpointSelector => {
  const parsed = pathEnd.parse(end);
  if (parsed.kind !== "endpoints") throw new Error(`Expected an end by selectors, got ${parsed.kind}`);
  return parsed.endpoints;
};

const opened = ({ objects, request, rule, evaluatedPorts }: DeltaCase): readonly string[] => {
  const path = { from: endpointsOf(rule.from), to: endpointsOf(rule.to), ports: ports.parse(rule.ports) };
  const quadruples: string[] = [];
  const index = indexOf(objects);
  for (const end of [path.from, path.to]) index.set(end);
  for (const pair of newlyReachable(transitionOf(index, replacementOf(request)), path))
    for (const from of memberNames(pair.from))
      for (const to of memberNames(pair.to))
        for (const { protocol, port } of evaluatedPorts)
          if (from !== to && hasPort(pair.opened, PROTOCOLS.get(protocol) ?? 0, port))
            quadruples.push(text({ from, to, protocol, port }));
  return quadruples.sort();
};

describeVectors("connectivity vectors", () => {
  it("every probe gets the given answer", () => {
    const cases = readVectors("connectivity.jsonl.gz") as readonly ConnectivityCase[];
    const wrong = cases.flatMap(({ name, objects, probes }) => {
      const index = indexOf(objects);
      return probes
        .map((probe) => ({ name, ...probe, answer: answerProbe(index, probe).allowed }))
        .filter(({ answer, allowed }) => answer !== allowed);
    });
    expect(cases.flatMap(({ probes }) => probes)).toHaveLength(24_122);
    expect(wrong).toEqual([]);
  });
});

describeVectors("delta vectors", () => {
  const cases = (): readonly DeltaCase[] => readVectors("delta.jsonl.gz") as readonly DeltaCase[];

  it("one forbidden-path rule denies exactly the given requests", () => {
    const wrong = cases().filter((line) => isDenied(line) !== line.denied);
    expect(cases()).toHaveLength(300);
    expect(wrong.map(({ name }) => name)).toEqual([]);
  });

  it("every request opens exactly the given quadruples", () => {
    const found = cases().map((line) => [line.name, opened(line)]);
    const given = cases().map((line) => [line.name, line.newlyViolating.map(text).sort()]);
    expect(found).toEqual(given);
  });
});
