import { describe, expect, it, vi } from "vitest";
import {
  addressReach,
  blockGrants,
  imaginedSubject,
  portSegments,
  subtractGrants,
} from "../../../src/engine/grants.ts";
import { cidrsText, parseCidr } from "../../../src/model/address-text.ts";
import { ALL_ADDRESSES, NO_ADDRESSES } from "../../../src/model/addresses.ts";
import { impliedNamespace } from "../../../src/model/objects.ts";
import type { Policy } from "../../../src/model/policies.ts";
import { ALL_PORTS, portRange, portsText, wholeProtocol } from "../../../src/model/ports.ts";
import { container, pod } from "../../reference/fixtures.ts";
import type { PolicySpec } from "../../reference/manifests.ts";
import { classOf, decode, networkPolicy, state } from "./worlds.ts";

const SHOP = impliedNamespace("shop");
const tick = (): void => undefined;
const policy = (name: string, spec: PolicySpec): Policy => {
  const object = decode(networkPolicy(`shop/${name}`, spec));
  return object.type === "policy" ? object.policy : expect.fail(object.type);
};
const everything = { ports: ALL_PORTS, addresses: ALL_ADDRESSES };
const block = (text: string) => parseCidr(text) ?? NO_ADDRESSES;

describe("blockGrants", () => {
  const web = policy("web", {
    policyTypes: ["Ingress", "Egress"],
    ingress: [
      {
        from: [{ ipBlock: { cidr: "10.0.0.0/8" } }, { podSelector: {} }, { ipBlock: { cidr: "fd00::/8" } }],
        ports: [{ port: "http" }],
      },
      { ports: [{ port: 443 }] },
      { ports: [{ port: "nobody-has" }] },
    ],
    egress: [
      { ports: [{ port: "http" }] },
      { to: [{ podSelector: {} }] },
      { to: [{ ipBlock: { cidr: "1.2.3.4/32" } }] },
    ],
  });
  const subject = classOf(
    state(
      networkPolicy("shop/mention", { ingress: [{ ports: [{ port: "http" }] }] }),
      pod("shop/a", [], { containers: [container("c", "http=8080")] }),
    ),
    "shop/a",
  );
  const text = (direction: "ingress" | "egress"): readonly string[] =>
    blockGrants([web], direction, subject).map(
      ({ path, ports, addresses, policy: { ref } }) =>
        `${ref.name} ${path}: ${portsText(ports)} ${cidrsText(addresses)}`,
    );

  it("are the blocks and open rules of a direction, with names resolved on the subject", () => {
    expect(text("ingress")).toEqual([
      "web spec.ingress[0].from[0].ipBlock: TCP 8080 10.0.0.0/8",
      "web spec.ingress[0].from[2].ipBlock: TCP 8080 fd00::/8",
      "web spec.ingress[1]: TCP 443 0.0.0.0/0, ::/0",
    ]);
  });

  it("resolve no name of an egress port: an address has none", () => {
    expect(text("egress")).toEqual(["web spec.egress[2].to[0].ipBlock: every port 1.2.3.4/32"]);
  });

  it("leave out what is no allow", () => {
    const [rule] = web.ingress ?? [];
    const denying = { ...web, ingress: [{ ...(rule ?? expect.fail()), action: "deny" as const }] };
    expect(blockGrants([denying], "ingress", subject)).toEqual([]);
    expect(blockGrants([{ ...web, ingress: undefined }], "ingress", subject)).toEqual([]);
  });
});

describe("imaginedSubject", () => {
  it("has each port name once, on a port that no rule names", () => {
    const named = policy("p", {
      ingress: [
        { ports: [{ port: "http" }, { port: "http" }, { port: "dns", protocol: "UDP" }, { port: "https" }] },
        {},
      ],
      egress: [{ ports: [{ port: 65535 }, { port: 65533, endPort: 65534 }] }],
    });
    expect(imaginedSubject([named], SHOP)).toMatchObject({
      namespace: SHOP,
      hostNetwork: false,
      namedPorts: [
        { name: "http", protocol: 6, port: 65532 },
        { name: "dns", protocol: 17, port: 65535 },
        { name: "https", protocol: 6, port: 65531 },
      ],
    });
  });

  it("of policies without names has none, and stands for nobody", () => {
    const subject = imaginedSubject([policy("p", {})], SHOP);
    expect([subject.namedPorts, subject.size, subject.pods, [...subject.members()]]).toEqual([[], 0, 0, []]);
    expect([subject.mirror, subject.serviceAccount, subject.addresses, subject.labels.size]).toEqual([
      false,
      "default",
      [],
      0,
    ]);
  });

  it("puts a name on the last port when every port is named", () => {
    const all = policy("p", { ingress: [{ ports: [{ port: "http" }, { port: 1, endPort: 65535 }] }] });
    expect(imaginedSubject([all], SHOP).namedPorts).toEqual([{ name: "http", protocol: 6, port: 65535 }]);
  });
});

describe("portSegments", () => {
  it("are one without sets, and one more for each part told apart", () => {
    expect(portSegments([], tick)).toEqual([ALL_PORTS]);
    expect(
      portSegments([portRange(6, 80, 90), portRange(6, 85, 95), portRange(6, 80, 90)], tick)
        .map(portsText)
        .sort(),
    ).toEqual(["TCP 80-84", "TCP 85-90", "TCP 91-95", "every port but TCP 80-95"]);
  });

  it("are asked about time once for each different set", () => {
    const asked = vi.fn();
    portSegments([portRange(6, 1, 1), portRange(6, 1, 1), wholeProtocol(17)], asked);
    expect(asked).toHaveBeenCalledTimes(2);
  });
});

describe("subtractGrants", () => {
  it("leaves a box whole that shares nothing, by ports or by addresses", () => {
    const boxes = [{ ports: portRange(6, 80, 80), addresses: block("10.0.0.0/8") }];
    const [box] = boxes;
    expect(subtractGrants(boxes, [{ ports: portRange(6, 81, 81), addresses: ALL_ADDRESSES }], tick)[0]).toBe(box);
    expect(subtractGrants(boxes, [{ ports: ALL_PORTS, addresses: block("11.0.0.0/8") }], tick)[0]).toBe(box);
    expect(subtractGrants(boxes, [everything], tick)).toEqual([]);
    expect(subtractGrants(boxes, [], tick)).toBe(boxes);
  });

  it("is asked about time once for each box taken away", () => {
    const asked = vi.fn();
    subtractGrants([everything], [everything, everything, everything], asked);
    expect(asked).toHaveBeenCalledTimes(3);
  });
});

describe("addressReach", () => {
  it("is everything where nothing isolates, and stops where the time is over", () => {
    const free = state(pod("shop/a", []));
    expect(addressReach(free, classOf(free, "shop/a"), "ingress", tick)).toEqual([everything]);
    const isolated = state(pod("shop/a", []), networkPolicy("shop/p", { ingress: [{}] }));
    const late = (): never => {
      throw new Error("too late");
    };
    expect(() => addressReach(isolated, classOf(isolated, "shop/a"), "ingress", late)).toThrow("too late");
  });
});
