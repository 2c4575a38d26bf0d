import { checkTable, container, pod, policy } from "./fixtures.ts";
import type { PolicyPort } from "./manifests.ts";

const restartPolicy = "Always";
const objects = [
  pod("n/client", ["10.244.0.2"], { containers: [container("c", "own=7")] }),
  pod("n/server", ["10.244.0.1"], {
    containers: [
      container("c0", "http=80"),
      container("c1", "http=8080"),
      container("c2", "http=81", { protocol: "UDP" }),
    ],
    initContainers: [
      container("sidecar", "mesh=15000", { restartPolicy }),
      container("setup", "mesh=15001"),
      container("sidecar2", "http=90", { restartPolicy }),
    ],
  }),
];

const into = (...ports: PolicyPort[]) => policy("n", { ingress: [{ ports }] });
const out = (...ports: PolicyPort[]) => policy("n", { policyTypes: ["Egress"], egress: [{ ports }] });
const toBlock = (cidr: string) =>
  policy("n", {
    policyTypes: ["Egress"],
    egress: [{ to: [{ ipBlock: { cidr } }], ports: [{ port: "http" }] }],
  });

const policies = {
  http: into({ port: "http" }),
  httpUdp: into({ port: "http", protocol: "UDP" }),
  mesh: into({ port: "mesh" }),
  own: into({ port: "own" }),
  nine: into({ port: 9 }),
  toHttp: out({ port: "http" }),
  toMesh: out({ port: "mesh" }),
  toOwn: out({ port: "own" }),
  toPodBlock: toBlock("10.244.0.0/16"),
  toAllBlock: toBlock("0.0.0.0/0"),
};

checkTable(
  objects,
  policies,
  `
  one port name has two numbers                       | http       | n/client n/server 80       | true
  one port name has two numbers                       | http       | n/client n/server 8080     | true
  a restartable init container adds a third           | http       | n/client n/server 90       | true
  a number of another protocol is none                | http       | n/client n/server 81       | false
  the protocol of the item has to match too           | http       | n/client n/server 81/UDP   | false
  the protocol of the item has to match too           | httpUdp    | n/client n/server 81/UDP   | true
  the protocol of the container has to match too      | httpUdp    | n/client n/server 80/UDP   | false
  restartable init containers count                   | mesh       | n/client n/server 15000    | true
  other init containers do not                        | mesh       | n/client n/server 15001    | false
  egress: one port name has two numbers               | toHttp     | n/client n/server 80       | true
  egress: one port name has two numbers               | toHttp     | n/client n/server 8080     | true
  egress: restartable init containers count           | toMesh     | n/client n/server 15000    | true
  egress: other init containers do not                | toMesh     | n/client n/server 15001    | false
  ingress: names are the selected pod's               | own        | n/client n/server 7        | false
  egress: names are the destination's                 | toOwn      | n/client n/server 7        | false
  names do not resolve outside                        | toHttp     | n/server 9.9.9.9 80        | false
  names do not resolve outside                        | toAllBlock | n/server 9.9.9.9 80        | false
  names resolve for outside sources                   | http       | 9.9.9.9 n/server 80        | true
  names resolve on a pod that an ipBlock covers       | toPodBlock | n/client n/server 80       | true
  a container's ports do not restrict numbers         | nine       | n/client n/server 9        | true
  SCTP is not TCP                                     | nine       | n/client n/server 9/SCTP   | false
  `,
);
