import { z } from "zod";
import { matchesGlob } from "../engine/endpoint-class.ts";
import { replacedObject } from "../engine/replaced.ts";
import { changeText } from "../engine/words.ts";
import type { Endpoint } from "../model/objects.ts";
import { caseOf } from "./precedents.ts";
import { podField } from "./pod-field.ts";
import { defineRule } from "./rule.ts";

const globs = z.array(z.string().min(1)).min(1);

/** Whom the rule leaves alone: both must hold. By namespace always, because anyone can name a service account. */
const exempt = z.strictObject({ namespaces: globs, serviceAccounts: globs.optional() });

const matchesAny = (patterns: readonly string[], name: string): boolean =>
  patterns.some((glob) => matchesGlob(glob, name));

/**
 * Fields: spec.hostNetwork of pods and of the templates of workloads. Passes: it is not set, or the namespace is none of
 * `namespaces`, or an entry of `except` names namespace and service account; or it was set before the change.
 */
export const forbidHostNetwork = defineRule({
  type: "forbid-host-network",
  summary: "No pod shares its node's network.",
  options: {
    namespaces: globs.default(["*"]).describe("Names of namespaces, * for any run of characters; default: all."),
    except: z.array(exempt).default([]).describe("Whom the rule leaves alone, by namespace and service account."),
  },
  compile: ({ namespaces, except }) => {
    const isHeld = ({ ref, serviceAccount }: Endpoint): boolean =>
      matchesAny(namespaces, ref.namespace) &&
      !except.some(
        (entry) =>
          matchesAny(entry.namespaces, ref.namespace) &&
          (entry.serviceAccounts === undefined || matchesAny(entry.serviceAccounts, serviceAccount)),
      );
    return {
      ends: [],
      byClass: true,
      dependsOnReachability: false,
      judge: (transition, precedents) => {
        const { before, after, change } = transition;
        if (change.object?.type !== "endpoint") return [];
        const { endpoint } = change.object;
        if (!endpoint.hostNetwork || endpoint.phase === "finished" || !isHeld(endpoint)) return [];
        const old = replacedObject(transition);
        const wasSo = old?.type === "endpoint" && old.endpoint.hostNetwork && isHeld(old.endpoint);
        const computed = wasSo ? "existing" : before.runningTwins(endpoint).length > 0 ? "known" : "new";
        const cls = after.classOf(endpoint.ref);
        const standing = cls === undefined ? computed : precedents.standing(computed, caseOf(cls));
        return [
          {
            kind: "violation",
            standing,
            curable: false,
            message: `${changeText(change)} ${wasSo ? "still shares" : "would share"} its node's network (hostNetwork), where no policy reaches it`,
            details: [],
            fix: "remove hostNetwork from the pod's spec, or have an administrator add namespace and service account to the rule's except",
            fields: [podField(change.ref, "spec.hostNetwork")],
            more: 0,
          },
        ];
      },
    };
  },
});
