import { z } from "zod";
import { matchesGlob } from "../engine/endpoint-class.ts";
import type { Transition } from "../engine/transition.ts";
import { replacedObject } from "../engine/replaced.ts";
import { changeText } from "../engine/words.ts";
import type { ClusterObject } from "../model/cluster-object.ts";
import type { Labels } from "../model/selectors.ts";
import { caseOf } from "./precedents.ts";
import { podField } from "./pod-field.ts";
import { defineRule, type Standing, type Violation } from "./rule.ts";

/** A label key: an optional DNS prefix and a name (https://kubernetes.io/docs/concepts/overview/working-with-objects/labels). */
const labelKey = z
  .string()
  .regex(
    /^([a-z0-9]([-a-z0-9.]{0,251}[a-z0-9])?\/)?[A-Za-z0-9]([-A-Za-z0-9_.]{0,61}[A-Za-z0-9])?$/,
    "expected a label key such as team or example.com/team",
  );

/** Kinds of objects whose labels are held: a workload's template counts as the pods that it makes. */
const KINDS = ["Pod", "Namespace"] as const;

const labelsOf = (object: ClusterObject | undefined): Labels | undefined => {
  switch (object?.type) {
    case "endpoint":
      return object.endpoint.labels;
    case "namespace":
      return object.namespace.labels;
    case "policy":
    case undefined:
      return undefined;
  }
};

const kindOf = ({ change }: Transition): (typeof KINDS)[number] | undefined =>
  change.type === "policy" ? undefined : change.type === "endpoint" ? "Pod" : "Namespace";

const nameOf = ({ change }: Transition): string =>
  change.type === "namespace" ? change.ref.name : change.ref.namespace;

/** What is wrong with one key of an object. */
interface Fault {
  readonly standing: Standing;
  readonly text: string;
  readonly fix: string;
}

const faultOf = (key: string, old: Labels | undefined, now: Labels, mayChange: boolean): Fault | undefined => {
  const [was, is] = [old?.get(key), now.get(key)];
  const keep = `keep the label ${key}${was === undefined ? "" : `=${was}`}`;
  if (is === undefined) {
    if (was !== undefined) return { standing: "new", text: `would lose the label ${key}=${was}`, fix: keep };
    const standing = old === undefined ? "new" : "existing";
    return { standing, text: `has no label ${key}`, fix: `set the label ${key}` };
  }
  if (mayChange || was === undefined || was === is) return undefined;
  return { standing: "new", text: `would change the label ${key}=${was} to ${is}`, fix: keep };
};

const hasTwins = ({ before, change }: Transition): boolean =>
  change.object?.type === "endpoint" && before.runningTwins(change.object.endpoint).length > 0;

/**
 * Fields: metadata.labels of pods, of the templates of workloads and of namespaces. Passes: every key is there, and has
 * the value that it had; or it was missing before the change.
 */
export const requiredLabels = defineRule({
  type: "required-labels",
  summary: "Objects have a label of each key, and keep its value.",
  options: {
    keys: z.array(labelKey).min(1).describe("Keys of labels that must be there."),
    kinds: z
      .array(z.enum(KINDS))
      .min(1)
      .default([...KINDS])
      .describe("Kinds of objects that are held; templates of workloads count as the pods that they make."),
    namespaces: z
      .array(z.string().min(1))
      .min(1)
      .default(["*"])
      .describe("Names of namespaces, * for any run of characters; default: all."),
    mayChange: z.boolean().default(false).describe("Whether the value of a label may change."),
  },
  compile: ({ keys, kinds, namespaces, mayChange }) => ({
    ends: [],
    byClass: false,
    dependsOnReachability: false,
    judge: (transition, precedents) => {
      const kind = kindOf(transition);
      const labels = labelsOf(transition.change.object);
      if (kind === undefined || labels === undefined || !kinds.includes(kind)) return [];
      if (!namespaces.some((glob) => matchesGlob(glob, nameOf(transition)))) return [];
      const old = labelsOf(replacedObject(transition));
      const isKnown = old === undefined && hasTwins(transition);
      return keys.flatMap((key): readonly Violation[] => {
        const fault = faultOf(key, old, labels, mayChange);
        if (fault === undefined) return [];
        const message = `${changeText(transition.change)} ${fault.text}`;
        const computed = isKnown ? "known" : fault.standing;
        const cls = transition.after.classOf(transition.change.ref);
        const standing = cls === undefined ? computed : precedents.standing(computed, caseOf(cls, key));
        const fields = [podField(transition.change.ref, "metadata.labels")];
        return [{ kind: "violation", standing, curable: false, message, details: [], fix: fault.fix, fields, more: 0 }];
      });
    },
  }),
});
