import { describe, expect, it } from "vitest";
import type { ClusterIndex } from "../../../src/engine/cluster-index.ts";
import { reachOfAny, shortfalls, type Shortfall } from "../../../src/engine/closures.ts";
import type { Transition } from "../../../src/engine/transition.ts";
import { withChange, type Replacement } from "../../../src/engine/overlay.ts";
import type { EndpointSelector } from "../../../src/model/policies.ts";
import { ALL_PORTS, portRange, portsText, unionPorts } from "../../../src/model/ports.ts";
import { ALL, isIn } from "../../../src/model/selectors.ts";
import { pod } from "../../reference/fixtures.ts";
import type { PolicySpec } from "../../reference/manifests.ts";
import { classOf, decode, namesOf, networkPolicy, state } from "./worlds.ts";

const app = (name: string): EndpointSelector => ({ namespaces: ALL, pods: isIn("app", [name]) });
const DNS = portRange(17, 53, 53);
const PATH = { from: app("web"), to: app("dns"), ports: unionPorts(DNS, portRange(6, 53, 53)) };
const tick = (): void => undefined;

const labelled = (name: string, label: string): unknown => pod(`shop/${name}`, [], { labels: { app: label } });
const web = labelled("web", "web");
const first = labelled("dns-1", "dns");
const second = labelled("dns-2", "dns2");
const policy = (name: string, label: string, spec: PolicySpec): unknown =>
  networkPolicy(`shop/${name}`, { podSelector: { matchLabels: { app: label } }, ...spec });

const creating = (manifest: unknown): Replacement => {
  const object = decode(manifest);
  return { ref: object.ref, type: object.type, object };
};
const deleting = (manifest: unknown): Replacement => ({ ...creating(manifest), object: undefined });
const transition = (before: ClusterIndex, change: Replacement, asked = tick): Transition => {
  for (const end of [PATH.from, PATH.to]) before.set(end);
  return { before, after: withChange(before, change), change, tick: asked };
};
const text = ({ from, closed, unsure, kept }: Shortfall): string =>
  `${namesOf([from]).join("+")}: closed ${portsText(closed)}, unsure ${portsText(unsure)}, kept ${portsText(kept)}`;
const short = (objects: readonly unknown[], change: Replacement): readonly string[] =>
  [...shortfalls(transition(state(...objects), change), PATH)].map(text);

const noEgress = policy("no-egress", "web", { policyTypes: ["Egress"] });
const noIngress = policy("no-ingress", "dns", {});
const odd = { from: [{ podSelector: { matchExpressions: [{ key: "app", operator: "?" }] } }] };

describe("what a change cuts off", () => {
  it.each<[string, readonly unknown[], Replacement, readonly string[]]>([
    [
      "by the source's own policy",
      [web, first],
      creating(noEgress),
      ["web: closed TCP 53 and UDP 53, unsure no port, kept no port"],
    ],
    [
      "by the destination's policy",
      [web, first],
      creating(noIngress),
      ["web: closed TCP 53 and UDP 53, unsure no port, kept no port"],
    ],
    [
      "on one of its ports",
      [web, first],
      creating(policy("p", "web", { egress: [{ ports: [{ protocol: "UDP", port: 53 }] }], policyTypes: ["Egress"] })),
      ["web: closed TCP 53, unsure no port, kept no port"],
    ],
    [
      "what was closed on one port",
      [web, first, policy("p", "dns", { ingress: [{ ports: [{ protocol: "UDP", port: 53 }] }] })],
      creating(noEgress),
      ["web: closed UDP 53, unsure no port, kept TCP 53"],
    ],
    [
      "perhaps",
      [web, first],
      creating(policy("p", "dns", { ingress: [odd] })),
      ["web: closed no port, unsure TCP 53 and UDP 53, kept no port"],
    ],
    [
      "nothing, as another destination is left",
      [web, first, labelled("dns-3", "dns"), policy("p", "dns2", {})],
      creating(policy("p", "dns2", {})),
      [],
    ],
    ["nothing, as there is no destination", [web], creating(noEgress), []],
    ["nothing, as the source is no source", [second, first], creating(noEgress), []],
    [
      "what goes with the last policy that lets it through",
      [web, first, noEgress, policy("allow", "web", { egress: [{}] })],
      deleting(policy("allow", "web", {})),
      ["web: closed TCP 53 and UDP 53, unsure no port, kept no port"],
    ],
    [
      "by a destination that is relabelled",
      [
        web,
        first,
        second,
        policy("p", "web", {
          policyTypes: ["Egress"],
          egress: [{ to: [{ podSelector: { matchLabels: { app: "dns" } } }] }],
        }),
      ],
      creating(pod("shop/dns-1", [], { labels: { app: "gone" } })),
      [],
    ],
    [
      "a new source, which counts as open before",
      [first, noEgress],
      creating(web),
      ["web: closed TCP 53 and UDP 53, unsure no port, kept no port"],
    ],
    [
      "nothing of a hostNetwork source",
      [first, noIngress],
      creating(pod("shop/web", [], { labels: { app: "web" }, hostNetwork: true })),
      [],
    ],
  ])("%s", (_, objects, change, expected) => {
    expect(short(objects, change)).toEqual(expected);
  });

  it("by a destination that is relabelled while another cannot be reached", () => {
    const other = labelled("dns-3", "dns");
    const only = policy("p", "web", {
      policyTypes: ["Egress"],
      egress: [{ to: [{ podSelector: { matchLabels: { role: "dns" } } }] }],
    });
    const reachable = pod("shop/dns-1", [], { labels: { app: "dns", role: "dns" } });
    const change = creating(pod("shop/dns-1", [], { labels: { app: "old", role: "dns" } }));
    expect(short([web, other, reachable, only], change)).toEqual([
      "web: closed TCP 53 and UDP 53, unsure no port, kept no port",
    ]);
  });

  it("is not said when the time is over", () => {
    const late = (): never => {
      throw new Error("too late");
    };
    expect(() => [...shortfalls(transition(state(web, first), creating(noIngress), late), PATH)]).toThrow("too late");
  });
});

describe("reachOfAny", () => {
  it("is all of it for a destination, open or not", () => {
    const index = state(web, first, noIngress);
    expect(reachOfAny(index, classOf(index, "shop/dns-1"), index.set(PATH.to), ALL_PORTS, tick).ports).toBe(ALL_PORTS);
  });

  it("puts together what the destinations let in, certain before in doubt", () => {
    const index = state(
      web,
      first,
      labelled("dns-2", "dns"),
      pod("shop/dns-3", [], { labels: { app: "dns", odd: "" } }),
      networkPolicy("shop/p", {
        podSelector: { matchLabels: { app: "dns" } },
        ingress: [{ ports: [{ protocol: "UDP", port: 53 }] }],
      }),
      networkPolicy("shop/q", { podSelector: { matchLabels: { odd: "" } }, ingress: [odd] }),
    );
    const { ports, unsure } = reachOfAny(index, classOf(index, "shop/web"), index.set(PATH.to), PATH.ports, tick);
    expect([portsText(ports), portsText(unsure)]).toEqual(["UDP 53", "TCP 53"]);
  });
});
