import fc from "fast-check";
import { full, portNames, portNumbers, protocols, sparse } from "./generate-parts.ts";
import type { Container } from "./manifests.ts";

const home = fc.constantFrom("app", "helper", "sidecar", "init");
const port = fc
  .tuple(
    full({ containerPort: fc.constantFrom(...portNumbers) }),
    sparse({
      name: fc.constantFrom(...portNames),
      protocol: fc.constantFrom("TCP" as const, ...protocols),
    }),
  )
  .map(([number, rest]) => ({ ...rest, ...number }));

type Port = NonNullable<Container["ports"]>[number];

function withoutRepeatedNames(ports: readonly Port[]): readonly Port[] {
  return ports.filter(({ name }, i) => name === undefined || ports.findIndex((p) => p.name === name) === i);
}

/** Containers and init containers; a port name is unique in its container, a protocol and number in the pod. */
export const containers = fc
  .uniqueArray(fc.tuple(home, port), {
    maxLength: 5,
    selector: ([, { protocol, containerPort }]) => `${protocol ?? "TCP"} ${String(containerPort)}`,
  })
  .map((all) => {
    const container = (name: string, restartPolicy?: string): Container => {
      const ports = withoutRepeatedNames(all.filter(([at]) => at === name).map(([, p]) => p));
      return {
        name,
        image: "registry.example/app:1",
        ...(restartPolicy !== undefined && { restartPolicy }),
        ...(ports.length > 0 && { ports }),
      };
    };
    const initContainers = [container("sidecar", "Always"), container("init")];
    return {
      containers: [container("app"), container("helper")],
      ...(initContainers.some(({ ports }) => ports !== undefined) && {
        initContainers,
      }),
    };
  });
