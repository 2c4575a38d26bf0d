import { expect, test } from "vitest";
import type { Container, Manifest, Namespace, NetworkPolicy, PolicySpec, Pod } from "./manifests.ts";
import { type Packet, verdict } from "./reference.ts";

/** A running pod `namespace/name` labelled with its own name, unless told otherwise. */
export function pod(
  path: string,
  ips: readonly string[],
  more: {
    readonly labels?: Readonly<Record<string, string>>;
    readonly phase?: string;
    readonly hostNetwork?: boolean;
    readonly nodeName?: string;
    readonly hostIP?: string;
    readonly containers?: readonly Container[];
    readonly initContainers?: readonly Container[];
  } = {},
): Pod {
  const [namespace = "", name = ""] = path.split("/");
  const { labels = { app: name }, phase = "Running", hostIP, ...spec } = more;
  return {
    apiVersion: "v1",
    kind: "Pod",
    metadata: { name, namespace, labels },
    spec: { containers: [{ name: "c", image: "i" }], ...spec },
    status: {
      phase,
      ...(hostIP !== undefined && { hostIP }),
      podIPs: ips.map((ip) => ({ ip })),
    },
  };
}

/** A NetworkPolicy of a namespace. */
export function policy(namespace: string, spec: PolicySpec): NetworkPolicy {
  return {
    apiVersion: "networking.k8s.io/v1",
    kind: "NetworkPolicy",
    metadata: { name: "p", namespace },
    spec,
  };
}

/** A namespace with labels. */
export function namespace(name: string, labels: Readonly<Record<string, string>>): Namespace {
  return { apiVersion: "v1", kind: "Namespace", metadata: { name, labels } };
}

/** A container with one port, whose name and number are given as "name=number". */
export function container(
  name: string,
  port: `${string}=${number}`,
  more: { readonly protocol?: string; readonly restartPolicy?: string } = {},
): Container {
  const [portName = "", number = ""] = port.split("=");
  const { protocol, restartPolicy } = more;
  return {
    name,
    image: "i",
    ...(restartPolicy !== undefined && { restartPolicy }),
    ports: [
      {
        name: portName,
        containerPort: Number(number),
        ...(protocol !== undefined && { protocol }),
      },
    ],
  };
}

function packetOf(line: string): Packet {
  const [from = "", to = "", end = "", ...rest] = line.split(" ");
  const [port, protocol = "TCP"] = end.split("/");
  const given = rest.map((word) => word.split("="));
  const addresses: Pick<Packet, "fromIP" | "toIP"> = Object.fromEntries(
    given.map(([name = "", ip = ""]) => [name, ip]),
  );
  return { from, to, protocol, port: Number(port), ...addresses };
}

/** Runs a table with one line a test: `sentence | names of policies | from to port[/PROTOCOL] [fromIP=…] [toIP=…] | answer`. */
export function checkTable(
  objects: readonly Manifest[],
  policies: Readonly<Record<string, NetworkPolicy>>,
  table: string,
): void {
  const rows = table
    .split("\n")
    .filter((line) => line.trim() !== "")
    .map((line) => line.split("|").map((cell) => cell.trim()));
  test.each(rows)("%s (%s: %s)", (_, names = "", line = "", answer = "") => {
    const used = names
      .split(" ")
      .filter((name) => name !== "")
      .map((name) => policies[name]);
    if (used.includes(undefined)) throw new Error(`no such policy: ${names}`);
    const all = [...objects, ...used.filter((p) => p !== undefined)];
    const { allowed } = verdict(all, packetOf(line));
    expect(String(allowed)).toBe(answer);
  });
}
