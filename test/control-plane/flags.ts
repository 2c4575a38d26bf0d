/** Flags of etcd for one member on loopback. */
export const etcdFlags = (at: {
  readonly data: string;
  readonly clientPort: number;
  readonly peerPort: number;
}): readonly string[] => {
  const client = `http://127.0.0.1:${String(at.clientPort)}`;
  const peer = `http://127.0.0.1:${String(at.peerPort)}`;
  return [
    `--data-dir=${at.data}`,
    `--listen-client-urls=${client}`,
    `--advertise-client-urls=${client}`,
    `--listen-peer-urls=${peer}`,
    `--initial-advertise-peer-urls=${peer}`,
    `--initial-cluster=default=${peer}`,
    // The data need not outlive a crash of the machine (a crash of the process loses nothing).
    "--unsafe-no-fsync",
    "--log-level=warn",
  ];
};

/** Where kube-apiserver finds and leaves its files. */
export type ApiServerFiles = {
  readonly certificates: string;
  readonly serviceAccountKey: string;
  readonly tokens: string;
  readonly audit: { readonly policy: string; readonly log: string } | undefined;
};

/** Flags of kube-apiserver without a kubelet, on loopback. */
export const apiServerFlags = (
  etcdPort: number,
  port: number,
  files: ApiServerFiles,
  disabledAdmissionPlugins: readonly string[],
): readonly string[] => [
  `--etcd-servers=http://127.0.0.1:${String(etcdPort)}`,
  "--bind-address=127.0.0.1",
  // By default it looks for an address of the machine that is not loopback, and fails where there is none.
  "--advertise-address=127.0.0.1",
  `--secure-port=${String(port)}`,
  `--cert-dir=${files.certificates}`,
  "--service-cluster-ip-range=10.0.0.0/24",
  // A loopback address is no valid endpoint of the kubernetes service: it would be refused every ten seconds.
  "--endpoint-reconciler-type=none",
  "--service-account-issuer=https://kubernetes.default.svc.cluster.local",
  `--service-account-key-file=${files.serviceAccountKey}`,
  `--service-account-signing-key-file=${files.serviceAccountKey}`,
  `--token-auth-file=${files.tokens}`,
  "--authorization-mode=RBAC",
  // Node agents and network plugins need it; what kubeadm sets.
  "--allow-privileged=true",
  ...(disabledAdmissionPlugins.length > 0 ? [`--disable-admission-plugins=${disabledAdmissionPlugins.join(",")}`] : []),
  ...(files.audit === undefined
    ? []
    : [`--audit-policy-file=${files.audit.policy}`, `--audit-log-path=${files.audit.log}`]),
];

/** They take away pods and nodes that no kubelet reports about, which here is all of them. */
const kubeletControllers = [
  "pod-garbage-collector-controller",
  "node-lifecycle-controller",
  "taint-eviction-controller",
];

/** Flags of kube-controller-manager. */
export const controllerManagerFlags = (files: {
  readonly kubeconfig: string;
  readonly serviceAccountKey: string;
  readonly certificateAuthority: string;
}): readonly string[] => [
  `--kubeconfig=${files.kubeconfig}`,
  "--leader-elect=false",
  `--service-account-private-key-file=${files.serviceAccountKey}`,
  `--root-ca-file=${files.certificateAuthority}`,
  // As kubeadm sets it: admission sees replicaset-controller and its like, not one almighty user.
  "--use-service-account-credentials=true",
  `--controllers=*,${kubeletControllers.map((name) => `-${name}`).join(",")}`,
  // With its default of 20 requests a second the controllers' first requests alone take five seconds.
  "--kube-api-qps=200",
  "--kube-api-burst=400",
  "--secure-port=0",
];
