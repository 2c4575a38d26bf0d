import { z } from "zod";
import { parseAddress, parseCidr } from "../model/address-text.ts";
import type { Direction, EndpointSelector } from "../model/policies.ts";
import { ALL_PORTS, NO_PORTS, portRange, PROTOCOLS, unionPorts, wholeProtocol, type PortSet } from "../model/ports.ts";
import { ALL, isIn, type Selector } from "../model/selectors.ts";

/** A direction as manifests write it. */
export const direction = z
  .enum(["Ingress", "Egress"])
  .transform((text): Direction => (text === "Ingress" ? "ingress" : "egress"));

/** A CIDR block; host bits are refused, as the API server does. */
export const cidr = z
  .string()
  .meta({ id: "cidr", description: "A CIDR block without host bits, such as 10.0.0.0/8." })
  .transform((text, context) => {
    const addresses = parseCidr(text);
    const address = parseAddress(text.slice(0, text.indexOf("/")));
    if (addresses !== undefined && address !== undefined && addresses[address.family][0] === address.value)
      return addresses;
    context.addIssue({ code: "custom", message: `expected a CIDR such as 10.0.0.0/8, found ${JSON.stringify(text)}` });
    return z.NEVER;
  });

const requirement = z
  .strictObject({
    key: z.string().min(1),
    operator: z.enum(["In", "NotIn", "Exists", "DoesNotExist"]),
    values: z.array(z.string()).optional(),
  })
  .transform(({ key, operator, values = [] }, context): Selector => {
    const takesValues = operator === "In" || operator === "NotIn";
    if (takesValues !== values.length > 0)
      context.addIssue({
        code: "custom",
        path: ["values"],
        message: `expected ${takesValues ? "at least one value" : "no values"} with operator ${operator}`,
      });
    const base: Selector = takesValues ? isIn(key, values) : { kind: "exists", key };
    return operator === "In" || operator === "Exists" ? base : { kind: "not", of: base };
  });

/** A Kubernetes label selector; an empty one matches everything. */
const labelSelector = z
  .strictObject({
    matchLabels: z.record(z.string(), z.string()).optional(),
    matchExpressions: z.array(requirement).optional(),
  })
  .meta({ id: "labelSelector", description: "A Kubernetes label selector; an empty one matches everything." })
  .transform(({ matchLabels = {}, matchExpressions = [] }): Selector => {
    const parts: readonly Selector[] = [
      ...Object.entries(matchLabels).map(([key, value]) => isIn(key, [value])),
      ...matchExpressions,
    ];
    return parts.length === 0
      ? ALL
      : parts.length === 1 && parts[0] !== undefined
        ? parts[0]
        : { kind: "and", of: parts };
  });

/** An end of a path: endpoints by selectors, namespaces and service accounts, or addresses outside the cluster. */
export type PathEnd =
  | { readonly kind: "endpoints"; readonly endpoints: EndpointSelector }
  | { readonly kind: "addresses"; readonly cidr: z.output<typeof cidr> }
  | { readonly kind: "external" };

/** One end of a path in the configuration; an absent selector matches all. */
export const pathEnd = z
  .strictObject({
    namespaceSelector: labelSelector.optional().describe("By labels of their namespaces; absent: all."),
    podSelector: labelSelector.optional().describe("By labels of the pods; absent: all."),
    namespaces: z
      .array(z.string().min(1))
      .min(1)
      .optional()
      .describe("By names of their namespaces, * for any run of characters."),
    serviceAccounts: z.array(z.string().min(1)).min(1).optional().describe("By names of their service accounts."),
    cidr: cidr.optional().describe("Addresses outside the cluster."),
    external: z.literal(true).optional().describe("Every address outside podCIDRs."),
  })
  .meta({ id: "pathEnd", description: "Endpoints (selectors, namespaces, service accounts), cidr, or external: true." })
  .transform(
    ({ namespaceSelector, podSelector, namespaces, serviceAccounts, cidr: block, external }, context): PathEnd => {
      const byEndpoint = [namespaceSelector, podSelector, namespaces, serviceAccounts].some(
        (part) => part !== undefined,
      );
      if ([byEndpoint, block !== undefined, external === true].filter(Boolean).length > 1)
        context.addIssue({
          code: "custom",
          message: "expected selectors, cidr or external: true, found more than one of them",
        });
      if (block !== undefined) return { kind: "addresses", cidr: block };
      if (external === true) return { kind: "external" };
      return {
        kind: "endpoints",
        endpoints: {
          namespaces: namespaceSelector ?? ALL,
          pods: podSelector ?? ALL,
          ...(namespaces === undefined ? {} : { namespaceGlobs: namespaces }),
          ...(serviceAccounts === undefined ? {} : { serviceAccounts: new Set(serviceAccounts) }),
        },
      };
    },
  );

const portItem = z
  .strictObject({
    protocol: z.enum([...PROTOCOLS.keys()] as [string, ...string[]]).default("TCP"),
    port: z.int().min(1).max(65535).optional().describe("Absent: all ports of the protocol."),
    endPort: z.int().min(1).max(65535).optional().describe("Last port of a range that begins with port."),
  })
  .meta({ id: "port", description: "A port, a range of ports, or all ports of a protocol." })
  .transform(({ protocol, port, endPort }, context): PortSet => {
    const number = PROTOCOLS.get(protocol) ?? 0;
    if (endPort !== undefined && (port === undefined || endPort < port))
      context.addIssue({
        code: "custom",
        path: ["endPort"],
        message: "expected endPort beside a port, and not below it",
      });
    return port === undefined ? wholeProtocol(number) : portRange(number, port, endPort ?? port);
  });

/** Ports of a path; none: any port. */
export const ports = z
  .array(portItem)
  .default([])
  .transform((items): PortSet => (items.length === 0 ? ALL_PORTS : items.reduce(unionPorts, NO_PORTS)));
