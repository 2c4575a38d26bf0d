import type { Mapping } from "../../../src/dialects/manifest.ts";
import { lastOnly } from "./last-only.ts";
import { managed, serialText, stored, uidOf } from "./object-meta.ts";
import { podSpec, templateSpec } from "./pod-spec.ts";
import type { PodPlan, Workload } from "./workload.ts";

/** What may differ between two states of one pod. */
export interface PodForm {
  readonly labels: Readonly<Record<string, string>>;
  /** "" for a pod that has no address, and is pending. */
  readonly ip: string;
  readonly resourceVersion: string;
}

/** As many pods on each node as kubelets take by default. */
const PODS_PER_NODE = 110;
const HASH = "7c9d5b8f64";
const STARTED = "2026-03-02T08:15:34Z";

/** An address for each serial, all in private ranges. */
export const addressOf = (serial: number): string =>
  `10.${String(128 + (serial >> 16))}.${String((serial >> 8) & 255)}.${String(serial & 255)}`;

/** The pod as it is named by its controller. */
export const podName = ({ workload, ordinal, serial }: PodPlan): string =>
  workload.owner === "StatefulSet"
    ? `${workload.name}-${String(ordinal)}`
    : `${workload.name}-${HASH}-${serialText(serial)}`;

/** Labels of the template and those that the controller adds. */
export const podLabels = (workload: Workload, name: string, ordinal: number): Readonly<Record<string, string>> => ({
  ...workload.labels,
  ...(workload.owner === "ReplicaSet"
    ? { "pod-template-hash": HASH }
    : {
        "controller-revision-hash": `${workload.name}-${HASH}`,
        "statefulset.kubernetes.io/pod-name": name,
        "apps.kubernetes.io/pod-index": String(ordinal),
      }),
});

const conditions = ["PodReadyToStartContainers", "Initialized", "Ready", "ContainersReady", "PodScheduled"].map(
  (type) => ({
    type,
    observedGeneration: 1,
    status: "True",
    lastProbeTime: null,
    lastTransitionTime: STARTED,
  }),
);

const statusOf = (name: string, serial: number, ip: string): Mapping =>
  ip === ""
    ? { phase: "Pending", qosClass: "Burstable", conditions: conditions.slice(-1) }
    : {
        phase: "Running",
        qosClass: "Burstable",
        conditions,
        hostIP: addressOf(Math.floor(serial / PODS_PER_NODE)),
        podIP: ip,
        podIPs: [{ ip }],
        startTime: STARTED,
        containerStatuses: [
          {
            name,
            state: { running: { startedAt: STARTED } },
            lastState: {},
            ready: true,
            restartCount: 0,
            image: `registry.example.com/${name}:1.4.2`,
            imageID: `registry.example.com/${name}@sha256:${uidOf(serialText(serial)).replaceAll("-", "").repeat(2)}`,
            containerID: `containerd://${uidOf(serialText(serial)).replaceAll("-", "").repeat(2)}`,
            started: true,
          },
        ],
      };

/** Who a pod belongs to. */
export const ownerOf = ({ owner, name }: Workload): Mapping => ({
  apiVersion: "apps/v1",
  kind: owner,
  name: owner === "ReplicaSet" ? `${name}-${HASH}` : name,
  uid: uidOf("00000000"),
  controller: true,
  blockOwnerDeletion: true,
});

const writersOf = lastOnly((workload: Workload): readonly Mapping[] => [
  managed("v1", {
    manager: "kube-controller-manager",
    fields: { metadata: { labels: podLabels(workload, "", 0) }, spec: templateSpec(workload) },
  }),
  managed("v1", {
    manager: "kubelet",
    subresource: "status",
    fields: { status: statusOf(workload.name, 0, addressOf(0)) },
  }),
]);

/** A pod as an API server lists it. */
export const podManifest = (plan: PodPlan, form: PodForm): Mapping => {
  const { workload, serial } = plan;
  const name = podName(plan);
  const status = statusOf(workload.name, serial, form.ip);
  const node = form.ip === "" ? "" : `node-${String(Math.floor(serial / PODS_PER_NODE))}`;
  return stored(
    { apiVersion: "v1", kind: "Pod", spec: podSpec(workload, node), status },
    {
      name,
      namespace: workload.namespace,
      labels: form.labels,
      owner: ownerOf(workload),
      serial: serialText(serial),
      resourceVersion: form.resourceVersion,
    },
    writersOf(workload),
  );
};
