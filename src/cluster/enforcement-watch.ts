import type { Logger } from "pino";
import type { ClusterIndex } from "../engine/cluster-index.ts";
import { policyEnforcement, type PolicyEnforcement } from "../guard/enforcement.ts";

/** A plug-in comes and goes with its DaemonSet: nobody waits for the word about it. */
const LOOK_EVERY_MS = 5000;

/** Whether policies are enforced in the cluster whose state this is. */
export const enforcementIn = (index: ClusterIndex): PolicyEnforcement =>
  policyEnforcement((ref) => index.endpoint(ref) !== undefined);

/** Logs whether policies are enforced, now and whenever that changes; returns what ends it. */
export const watchEnforcement = (index: ClusterIndex, log: Logger, lookEveryMs = LOOK_EVERY_MS): (() => void) => {
  let said: string | undefined;
  const look = (): void => {
    const { answer, plugins, reason } = enforcementIn(index);
    if (reason === said) return;
    said = reason;
    log[answer === "enforced" ? "info" : "warn"]({ policies: answer, plugins, reason }, "network plug-in");
  };
  look();
  const timer = setInterval(look, lookEveryMs);
  return () => {
    clearInterval(timer);
  };
};
