import { decodeReview } from "../../../src/admission/review.ts";
import { indexOf } from "../../../src/cluster/fixed-source.ts";
import { compileManifests, manifestsIn } from "../../../src/cluster/manifest-files.ts";
import { parseConfiguration } from "../../../src/config/load.ts";
import type { ClusterIndex } from "../../../src/engine/cluster-index.ts";
import type { Change } from "../../../src/guard/change.ts";
import type { GuardSettings, NamedRule } from "../../../src/guard/settings.ts";
import type { Violation } from "../../../src/rules/rule.ts";
import { reviewOf } from "../../demo/review.ts";

/** What a test says of a request beside its object. */
interface RequestOptions {
  readonly operation?: "CREATE" | "UPDATE" | "DELETE";
  readonly dryRun?: boolean;
  readonly groups?: readonly string[];
}

const manifestOf = (yaml: string): Readonly<Record<string, unknown>> => {
  const [manifest, ...others] = manifestsIn(yaml, "object.yaml");
  if (manifest === undefined || others.length > 0) throw new Error("expected one manifest");
  return manifest.value;
};

/** The change that a request on the object of a manifest is. */
export const changeOf = (
  yaml: string,
  { operation = "CREATE", dryRun = false, groups = [] }: RequestOptions = {},
): Change => {
  const review = reviewOf(operation, manifestOf(yaml), undefined) as { readonly request: object };
  const request = { ...review.request, dryRun, userInfo: { username: "somebody", groups } };
  const { change } = decodeReview({ ...review, request });
  if (change === undefined) throw new Error("expected a kind that is judged");
  return change;
};

/** The state that manifests describe. */
export const stateOf = (yaml: string): ClusterIndex => indexOf(compileManifests(manifestsIn(yaml, "state.yaml")));

/** Settings as the fields of a GuardConfiguration make them. */
export const configured = (yaml: string): GuardSettings =>
  parseConfiguration(`apiVersion: netpol-guard.io/v1alpha1\nkind: GuardConfiguration\n${yaml}`, "config.yaml").settings;

/** A new violation that no policy could cure, but for what is given. */
export const violation = (different: Partial<Violation> = {}): Violation => ({
  kind: "violation",
  standing: "new",
  curable: false,
  message: "something is wrong",
  details: [],
  fix: "put it right",
  more: 0,
  ...different,
});

/** A rule that finds the same whatever changes. */
export const ruleThatFinds = (...violations: readonly Violation[]): NamedRule => ({
  name: "always",
  type: "test",
  mode: undefined,
  consistency: "confirm",
  rule: { ends: [], byClass: false, dependsOnReachability: false, judge: () => violations },
});

/** A rule that cannot judge. */
export const ruleThatThrows = (error: unknown): NamedRule => ({
  name: "broken",
  type: "test",
  mode: undefined,
  consistency: "confirm",
  rule: {
    ends: [],
    byClass: false,
    dependsOnReachability: false,
    judge: () => {
      throw error;
    },
  },
});

/** Settings of a guard with these rules, everything else as it is where nothing is configured. */
export const settingsWith = (rules: readonly NamedRule[], different: Partial<GuardSettings> = {}): GuardSettings => ({
  ...configured("rules: []"),
  rules,
  ...different,
});
