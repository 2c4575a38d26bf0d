import fc, { type Arbitrary } from "fast-check";
import { expect, it } from "vitest";
import { z } from "zod";
import type { Change as Request } from "../../src/guard/change.ts";
import { judge, prepare } from "../../src/guard/guard.ts";
import type { GuardSettings } from "../../src/guard/settings.ts";
import { RULE_TYPES } from "../../src/rules/index.ts";
import { NO_ADDRESSES } from "../../src/model/addresses.ts";
import { changes } from "../reference/generate-changes.ts";
import type { Change } from "../reference/changes.ts";
import type { Manifest } from "../reference/manifests.ts";
import { crowdedClusters, shuffled } from "./crowded-clusters.ts";
import { runs } from "./runs.ts";
import { stateText } from "./state-text.ts";
import { compile, indexOf, podsOf, replacementOf } from "./world.ts";

const OPTIONS: Readonly<Record<string, unknown>> = {
  "require-default-deny": {},
  "restrict-ip-blocks": { direction: "Ingress" },
  "forbidden-path": { from: { podSelector: { matchLabels: { app: "a" } } }, to: { namespaceSelector: {} } },
};

const settings: GuardSettings = {
  mode: "enforce",
  rules: RULE_TYPES.filter(({ type }) => type in OPTIONS).map((rule) => ({
    name: rule.type,
    type: rule.type,
    mode: undefined,
    consistency: "confirm",
    rule: rule.compile(z.strictObject(rule.options).parse(OPTIONS[rule.type]), { podCIDRs: NO_ADDRESSES }),
  })),
  exemptNamespaces: new Set(),
  namespaceModes: new Map(),
  existingWorkloads: "warn",
  onUndecided: "deny",
  onUnsupportedLanguage: "warn",
  onUnenforceable: "warn",
  exceptions: [],
  remember: 0,
};

const requestOf = (change: Change): Request => ({
  ...replacementOf(change),
  operation: change.operation,
  old: change.oldObject === null ? undefined : compile(change.oldObject),
  dryRun: false,
  requester: { name: "someone", groups: [] },
});

const verdictOf = (objects: readonly Manifest[], change: Change) => {
  const index = indexOf(objects);
  prepare(index, settings);
  return judge(index, requestOf(change), settings, () => undefined, []);
};

const orders: Arbitrary<readonly [readonly Manifest[], readonly Manifest[]]> = crowdedClusters().chain((objects) =>
  fc.tuple(fc.constant(objects), shuffled(objects)),
);

it("the order in which objects come makes no difference to who reaches whom", () => {
  fc.assert(
    fc.property(orders, ([objects, others]) => {
      const pods = podsOf(objects);
      expect(stateText(indexOf(others), pods)).toEqual(stateText(indexOf(objects), pods));
    }),
    runs(150),
  );
});

it("nor to any word of a finding", () => {
  const judged = orders.chain(([objects, others]) =>
    changes(objects, { hostBits: true }).map((change) => ({ objects, others, change })),
  );
  fc.assert(
    fc.property(judged, ({ objects, others, change }) => {
      expect(verdictOf(others, change)).toEqual(verdictOf(objects, change));
    }),
    runs(300),
  );
});
