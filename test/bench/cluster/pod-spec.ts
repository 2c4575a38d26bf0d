import type { Mapping } from "../../../src/dialects/manifest.ts";
import { lastOnly } from "./last-only.ts";
import type { Workload } from "./workload.ts";

const TOKEN = "kube-api-access-x7k2p";

const probe = (path: string, port: string): Mapping => ({
  httpGet: { path, port, scheme: "HTTP" },
  timeoutSeconds: 1,
  periodSeconds: 10,
  successThreshold: 1,
  failureThreshold: 3,
});

const containerOf = ({ name, port, portName }: Workload): Mapping => ({
  name,
  image: `registry.example.com/${name}:1.4.2`,
  args: ["--config=/etc/service/config.yaml", "--log-format=json"],
  ports: [
    { name: portName, containerPort: port, protocol: "TCP" },
    { name: "metrics", containerPort: 9104, protocol: "TCP" },
  ],
  env: [
    ...["DATABASE_HOST", "DATABASE_NAME", "CACHE_HOST", "LOG_LEVEL"].map((key) => ({
      name: key,
      value: `${name}-${key}`,
    })),
    { name: "DATABASE_PASSWORD", valueFrom: { secretKeyRef: { name: `${name}-credentials`, key: "password" } } },
    { name: "POD_NAME", valueFrom: { fieldRef: { apiVersion: "v1", fieldPath: "metadata.name" } } },
  ],
  resources: { limits: { memory: "512Mi" }, requests: { cpu: "100m", memory: "256Mi" } },
  volumeMounts: [
    { name: "config", mountPath: "/etc/service", readOnly: true },
    { name: TOKEN, readOnly: true, mountPath: "/var/run/secrets/kubernetes.io/serviceaccount" },
  ],
  livenessProbe: probe("/livez", portName),
  readinessProbe: probe("/readyz", portName),
  terminationMessagePath: "/dev/termination-log",
  terminationMessagePolicy: "File",
  imagePullPolicy: "IfNotPresent",
  securityContext: { capabilities: { drop: ["ALL"] }, readOnlyRootFilesystem: true, allowPrivilegeEscalation: false },
});

const volumesOf = ({ name }: Workload): readonly Mapping[] => [
  { name: "config", configMap: { name: `${name}-config`, defaultMode: 420 } },
  {
    name: TOKEN,
    projected: {
      sources: [
        { serviceAccountToken: { expirationSeconds: 3607, path: "token" } },
        { configMap: { name: "kube-root-ca.crt", items: [{ key: "ca.crt", path: "ca.crt" }] } },
        {
          downwardAPI: {
            items: [{ path: "namespace", fieldRef: { apiVersion: "v1", fieldPath: "metadata.namespace" } }],
          },
        },
      ],
      defaultMode: 420,
    },
  },
];

/** What a workload's template says of its pods, with the API server's defaults. */
export const templateSpec = lastOnly((workload: Workload): Mapping => ({
  volumes: volumesOf(workload),
  containers: [containerOf(workload)],
  restartPolicy: "Always",
  terminationGracePeriodSeconds: 30,
  dnsPolicy: "ClusterFirst",
  serviceAccountName: workload.name,
  serviceAccount: workload.name,
  securityContext: { runAsNonRoot: true, seccompProfile: { type: "RuntimeDefault" } },
  schedulerName: "default-scheduler",
  enableServiceLinks: true,
}));

/** A pod's spec; `node` is "" before it is scheduled. */
export const podSpec = (workload: Workload, node: string): Mapping => ({
  ...templateSpec(workload),
  ...(node === "" ? {} : { nodeName: node }),
  tolerations: ["not-ready", "unreachable"].map((reason) => ({
    key: `node.kubernetes.io/${reason}`,
    operator: "Exists",
    effect: "NoExecute",
    tolerationSeconds: 300,
  })),
  priority: 0,
  preemptionPolicy: "PreemptLowerPriority",
});
