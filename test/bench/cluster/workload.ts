/** What a Deployment or StatefulSet stands for here. */
export interface Workload {
  readonly namespace: string;
  readonly name: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly owner: "ReplicaSet" | "StatefulSet";
  readonly replicas: number;
  readonly portName: string;
  readonly port: number;
}

/** One pod of a workload; `serial` is its place among all pods of the cluster. */
export interface PodPlan {
  readonly workload: Workload;
  readonly ordinal: number;
  readonly serial: number;
}

/** The label by which policies tell the workloads of a namespace apart. */
export const NAME_LABEL = "app.kubernetes.io/name";

/** A workload with the labels that a chart gives it. */
export const workload = (
  namespace: string,
  name: string,
  role: string,
  rest: Omit<Workload, "namespace" | "name" | "labels">,
): Workload => ({
  namespace,
  name,
  labels: {
    [NAME_LABEL]: name,
    "app.kubernetes.io/instance": namespace,
    "app.kubernetes.io/managed-by": "Helm",
    "helm.sh/chart": `${name}-1.4.2`,
    role,
  },
  ...rest,
});
