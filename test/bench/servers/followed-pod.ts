import type { Mapping } from "../../../src/dialects/manifest.ts";
import { addressOf, podLabels, podManifest, podName } from "../cluster/pod.ts";
import type { PodPlan } from "../cluster/workload.ts";

/** Beyond the versions that objects are listed at. */
const VERSIONS = 1_000_000;

/** Beyond the addresses of all pods as they are listed. */
const ADDRESSES = 1 << 17;

/**
 * The pod after so many changes; 0 is as it was first listed. Of ten kinds of change three touch nothing that matters
 * here (readiness, restarts), two take the address and the phase Running, two give another address, one sets a label
 * that no policy mentions, two one that policies mention.
 */
export const followedPod = (plan: PodPlan, changes: number, kind: number): Mapping => {
  const labels = podLabels(plan.workload, podName(plan), plan.ordinal);
  const ip = addressOf(plan.serial);
  const form = { labels, ip, resourceVersion: String(plan.serial + 1 + changes * VERSIONS) };
  if (changes === 0) return podManifest(plan, form);
  switch (kind % 10) {
    case 0:
    case 1:
      return podManifest(plan, { ...form, ip: "" });
    case 2:
    case 3:
      return podManifest(plan, { ...form, ip: addressOf(plan.serial + ADDRESSES * changes) });
    case 4:
      return podManifest(plan, { ...form, labels: { ...labels, "example.com/build": String(changes) } });
    case 5:
    case 6:
      return podManifest(plan, { ...form, labels: { ...labels, role: `${labels["role"] ?? "none"}-canary` } });
    default:
      return podManifest(plan, form);
  }
};
