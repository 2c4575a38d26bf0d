import { checkTable, container, namespace, pod, policy } from "./fixtures.ts";

const onNode1 = { nodeName: "node-1", hostIP: "192.168.0.1" };
const objects = [
  pod("n/a", ["10.244.0.1"]),
  pod("n/b", ["10.244.0.2"], onNode1),
  pod("n/host", ["192.168.0.1"], {
    ...onNode1,
    hostNetwork: true,
    containers: [container("c", "http=80")],
  }),
  pod("n/other-host", ["192.168.0.2"], {
    hostNetwork: true,
    nodeName: "node-2",
  }),
  pod("n/fresh-host", [], { hostNetwork: true, nodeName: "node-1" }),
  pod("n/new-host", [], { hostNetwork: true }),
  pod("n/done", ["10.244.0.3"], { phase: "Succeeded" }),
  pod("n/failed", ["10.244.0.1"], { phase: "Failed" }),
  pod("n/pending", [], { phase: "Pending" }),
  pod("n/creating", [], { ...onNode1, phase: "Pending" }),
  pod("n/late", []),
  pod("m/x", ["10.244.0.7"]),
  namespace("liar", { "kubernetes.io/metadata.name": "m" }),
  pod("liar/x", ["10.244.0.8"]),
];

const from = (cidr: string) => policy("n", { ingress: [{ from: [{ ipBlock: { cidr } }] }] });
const egress = ["Egress"] as const;
const anyPod = { namespaceSelector: {} };
const inM = { matchLabels: { "kubernetes.io/metadata.name": "m" } };

const policies = {
  closed: policy("n", { policyTypes: ["Ingress", "Egress"] }),
  fromPods: policy("n", { ingress: [{ from: [anyPod] }] }),
  fromM: policy("n", { ingress: [{ from: [{ namespaceSelector: inM }] }] }),
  fromV4: from("0.0.0.0/0"),
  fromV6: from("::/0"),
  fromNode2: from("192.168.0.2/32"),
  fromNode3: from("192.168.0.3/32"),
  toPods: policy("n", { policyTypes: egress, egress: [{ to: [anyPod] }] }),
  toNode1: policy("n", {
    policyTypes: egress,
    egress: [{ to: [{ ipBlock: { cidr: "192.168.0.1/32" } }] }],
  }),
  toHttp: policy("n", {
    policyTypes: egress,
    egress: [{ ports: [{ port: "http" }] }],
  }),
};

checkTable(
  objects,
  policies,
  `
  policies do not select hostNetwork pods            | closed    | 9.9.9.9 n/host 80          | true
  policies do not select hostNetwork pods            | closed    | n/host 9.9.9.9 80          | true
  a hostNetwork pod with no address is not selected  | closed    | 9.9.9.9 n/new-host 80      | true
  selectors match pods on the pod network            | fromPods  | n/a n/b 80                 | true
  selectors do not match a hostNetwork source        | fromPods  | n/other-host n/b 80        | false
  selectors do not match a hostNetwork destination   | toPods    | n/a n/host 80              | false
  selectors do not match a node address              | toPods    | n/a 192.168.0.1 80         | false
  an ipBlock matches a hostNetwork pod by address    | fromNode2 | n/other-host n/b 80        | true
  an ipBlock spares a hostNetwork pod by address     | fromNode3 | n/other-host n/b 80        | false
  an ipBlock lets a pod out to a hostNetwork pod     | toNode1   | n/a n/host 80              | true
  no ipBlock matches a hostNetwork pod on no node    | fromV4    | n/new-host n/b 80          | false
  a port name does not resolve on a node address     | toHttp    | n/a n/host 80              | false
  no packet reaches a finished pod                   |           | n/a n/done 80              | false
  no packet comes from a finished pod                |           | n/failed n/a 80            | false
  a finished pod's address is nobody's               | fromPods  | 10.244.0.3 n/a 80          | false
  an address passes from a finished pod to the next  | fromPods  | 10.244.0.1 n/b 80          | true
  no packet reaches a pod that is not there          |           | n/a n/none 80              | false
  a pending pod is an endpoint                       |           | n/a n/pending 80           | true
  a pending pod can be isolated                      | closed    | n/a n/pending 80           | false
  a pending pod is a peer                            | fromPods  | n/pending n/a 80           | true
  no ipBlock matches a pod with no address           | fromV4    | n/late n/b 80              | false
  no ipBlock matches a pod with no address           | fromV6    | n/late n/b 80              | false
  an ipBlock matches a pod that has its address      | fromV4    | n/a n/b 80                 | true
  a pod reaches itself                               | closed    | n/a n/a 80                 | true
  a pod reaches itself by its address                | closed    | n/a 10.244.0.1 80          | true
  a pod with no address reaches itself               | closed    | n/late n/late 80           | true
  another pod does not                               | closed    | n/b n/a 80                 | false
  a node reaches its own pods                        | closed    | 192.168.0.1 n/b 80         | true
  a node reaches its own pods before their address   | closed    | 192.168.0.1 n/creating 80  | true
  a node does not reach other nodes' pods            | closed    | 192.168.0.2 n/b 80         | false
  a node does not reach pods of no known node        | closed    | 192.168.0.1 n/a 80         | false
  a hostNetwork pod reaches its node's pods          | closed    | n/host n/b 80              | true
  a hostNetwork pod does so before it has an address | closed    | n/fresh-host n/b 80        | true
  a hostNetwork pod does not reach other nodes' pods | closed    | n/other-host n/b 80        | false
  no node, no own pods                               | closed    | n/new-host n/late 80       | false
  a pod does not always reach its own node           | closed    | n/b 192.168.0.1 80         | false
  a pod does not always reach its node's hostNetwork | closed    | n/b n/host 80              | false
  an address that is a pod's means that pod          | fromPods  | 10.244.0.2 n/a 80          | true
  an address in the pod network may be nobody's      | fromPods  | 10.244.0.9 n/a 80          | false
  a namespace without an object has its name label   | fromM     | m/x n/b 80                 | true
  a namespace's object does not change that label    | fromM     | liar/x n/b 80              | false
  `,
);
