import type { ObjectRef } from "../model/objects.ts";
import { NETWORK_PLUGINS, type NetworkPlugin } from "./network-plugins.ts";

/** Whether anything in a cluster enforces NetworkPolicy, as far as can be seen. */
export interface PolicyEnforcement {
  readonly answer: "enforced" | "ignored" | "unknown";
  /** The names of the plug-ins that were found. */
  readonly plugins: readonly string[];
  /** One sentence. */
  readonly reason: string;
}

const isInstalled = ({ namespaces, daemonSets }: NetworkPlugin, has: (ref: ObjectRef) => boolean): boolean =>
  namespaces.some((namespace) => daemonSets.some((name) => has({ kind: "DaemonSet", namespace, name })));

const sentenceOf = ({ name, note = "" }: NetworkPlugin, verb: string): string => `${name} ${verb} ${note}`.trimEnd();

/**
 * Tells by the DaemonSets that a cluster has whether its network plug-in enforces NetworkPolicy: one that does is
 * enough, beside whichever other. A plug-in inside of the kubelet or on the nodes alone cannot be seen.
 */
export const policyEnforcement = (has: (ref: ObjectRef) => boolean): PolicyEnforcement => {
  const found = NETWORK_PLUGINS.filter((plugin) => isInstalled(plugin, has));
  const plugins = found.map(({ name }) => name);
  const enforcing = found.find(({ enforces }) => enforces === "always");
  if (enforcing !== undefined)
    return { answer: "enforced", plugins, reason: `${sentenceOf(enforcing, "enforces NetworkPolicy")}.` };
  const unclear = found.find(({ enforces }) => enforces === "by setting");
  if (unclear !== undefined)
    return { answer: "unknown", plugins, reason: `${sentenceOf(unclear, "enforces NetworkPolicy")}; look it up.` };
  const idle = found.find(({ enforces }) => enforces === "never");
  if (idle !== undefined)
    return {
      answer: "ignored",
      plugins,
      reason: `${sentenceOf(idle, "enforces no NetworkPolicy")}: policies are accepted and have no effect.`,
    };
  return { answer: "unknown", plugins, reason: "No DaemonSet of a network plug-in that is known here was found." };
};
