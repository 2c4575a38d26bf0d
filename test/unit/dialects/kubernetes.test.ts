import { describe, expect, it } from "vitest";
import { decodeManifest } from "../../../src/dialects/index.ts";
import { cidrsText } from "../../../src/model/address-text.ts";
import { DecodeError } from "../../../src/model/errors.ts";
import { DEFAULT_TIER, type Peer, type Policy, type Rule } from "../../../src/model/policies.ts";
import { portsText } from "../../../src/model/ports.ts";

const decode = (spec: unknown, metadata: object = {}): Policy => {
  const object = decodeManifest({
    apiVersion: "networking.k8s.io/v1",
    kind: "NetworkPolicy",
    metadata: { name: "p", namespace: "shop", ...metadata },
    spec,
  });
  return object?.type === "policy" ? object.policy : expect.fail(`Expected a policy, got ${String(object?.type)}`);
};

const ingressRule = (rule: unknown): Rule => decode({ ingress: [rule] }).ingress?.[0] ?? expect.fail("no rule");
const peer = (value: unknown): Peer => ingressRule({ from: [value] }).peers?.[0] ?? expect.fail("no peer");

describe("policyTypes", () => {
  it.each<[string, unknown, readonly [boolean, boolean]]>([
    ["nothing", {}, [true, false]],
    ["no spec", undefined, [true, false]],
    ["an empty list", { policyTypes: [] }, [true, false]],
    ["an egress rule", { egress: [{}] }, [true, true]],
    ["no egress rule", { egress: [] }, [true, false]],
    ["Ingress beside egress rules", { policyTypes: ["Ingress"], egress: [{}] }, [true, false]],
    ["Egress beside ingress rules", { policyTypes: ["Egress"], ingress: [{}] }, [false, true]],
    ["both", { policyTypes: ["Egress", "Ingress"] }, [true, true]],
  ])("%s", (_, spec, governs) => {
    const { ingress, egress } = decode(spec);
    expect([ingress !== undefined, egress !== undefined]).toEqual(governs);
  });
});

describe("a policy", () => {
  it("belongs to Calico's default tier, at order 1000, and selects in its own namespace", () => {
    expect(decode({ podSelector: {} })).toMatchObject({
      ref: { kind: "NetworkPolicy", namespace: "shop", name: "p" },
      tier: DEFAULT_TIER,
      order: 1000,
      subject: { namespace: "shop", namespaces: { kind: "all" }, pods: { kind: "all" } },
      terminating: false,
      problems: [],
    });
  });

  it("is on its way out once it has a deletion timestamp", () => {
    expect(decode({}, { deletionTimestamp: "2027-01-01T00:00:00Z" }).terminating).toBe(true);
  });

  it("lives in the namespace called default if it names none", () => {
    expect(decode({}, { namespace: undefined }).subject.namespace).toBe("default");
  });

  it("names each part that cannot be understood, wherever it is", () => {
    const odd = { matchExpressions: [{ key: "a", operator: "?" }] };
    const { problems } = decode({
      podSelector: odd,
      policyTypes: ["Ingress", "Egress"],
      ingress: [{ from: [{ podSelector: odd }, { namespaceSelector: odd }, { podSelector: {} }] }],
      egress: [{}, { to: [{ ipBlock: { cidr: "10.0.0.0" } }, { ipBlock: { cidr: "10.0.0.0/8", except: ["x"] } }] }],
    });
    expect(problems.map((problem) => problem.split(": ")[0])).toEqual([
      "spec.podSelector.matchExpressions[0]",
      "spec.ingress[0].from[0].podSelector.matchExpressions[0]",
      "spec.ingress[0].from[1].namespaceSelector.matchExpressions[0]",
      "spec.egress[1].to[0].ipBlock.cidr",
      "spec.egress[1].to[1].ipBlock.except[0]",
    ]);
  });

  it("has no problem with rules of a direction that it does not govern", () => {
    const odd = { ipBlock: { cidr: "x" } };
    expect(decode({ policyTypes: ["Ingress"], egress: [{ to: [odd] }] }).problems).toEqual([]);
  });
});

describe("peers", () => {
  it.each<[string, unknown]>([
    ["nothing", {}],
    ["an empty list", { from: [] }],
    ["null", { from: null }],
  ])("%s: anybody", (_, rule) => {
    expect(ingressRule(rule).peers).toBeUndefined();
  });

  it.each<[string, unknown, object]>([
    ["a podSelector alone: its own namespace", { podSelector: {} }, { namespace: "shop" }],
    ["a podSelector beside null", { podSelector: {}, namespaceSelector: null }, { namespace: "shop" }],
    [
      "a namespaceSelector alone: all of its pods",
      { namespaceSelector: {} },
      { namespaces: { kind: "all" }, pods: { kind: "all" } },
    ],
  ])("%s", (_, value, endpoints) => {
    expect(peer(value)).toMatchObject({ kind: "endpoints", endpoints, path: "spec.ingress[0].from[0]" });
  });

  it("a namespaceSelector opens the way beyond the own namespace", () => {
    const both = peer({ podSelector: {}, namespaceSelector: {} });
    expect(both.kind === "endpoints" && both.endpoints.namespace).toBeUndefined();
  });

  it.each([
    [{ cidr: "10.0.0.0/8" }, "10.0.0.0/8"],
    [{ cidr: "010.0.0.1/8" }, "10.0.0.0/8"],
    [{ cidr: "::ffff:1.2.3.4/120" }, "1.2.3.0/24"],
    [{ cidr: "10.0.0.0/31", except: ["10.0.0.0/32"] }, "10.0.0.1/32"],
    [{ cidr: "10.0.0.0/30", except: ["10.0.0.0/32", "10.0.0.2/31"] }, "10.0.0.1/32"],
    [{ cidr: "10.0.0.0/8", except: null }, "10.0.0.0/8"],
    [{ cidr: "10.0.0.0/8", except: ["::/0"] }, "10.0.0.0/8"],
  ])("the block %j", (ipBlock, text) => {
    const block = peer({ ipBlock });
    expect(block.kind === "addresses" && cidrsText(block.addresses)).toBe(text);
    expect(block.path).toBe("spec.ingress[0].from[0].ipBlock");
  });
});

describe("ports", () => {
  it.each<[string, unknown, string, readonly string[]]>([
    ["none", undefined, "every port", []],
    ["an empty list", [], "every port", []],
    ["an empty item: TCP", [{}], "every TCP port", []],
    ["a protocol", [{ protocol: "SCTP" }], "every SCTP port", []],
    ["an empty protocol", [{ protocol: "", port: 80 }], "TCP 80", []],
    ["numbers", [{ port: 80 }, { port: 443 }, { protocol: "UDP", port: 53 }], "TCP 80,443 and UDP 53", []],
    ["a range", [{ port: 80, endPort: 90 }], "TCP 80-90", []],
    ["a range of one", [{ port: 80, endPort: 80 }], "TCP 80", []],
    ["the highest port", [{ port: 65535 }], "TCP 65535", []],
    ["a name", [{ port: "http" }], "no port", ["http/6"]],
    ["a name beside a number", [{ protocol: "UDP", port: "dns" }, { port: 1 }], "TCP 1", ["dns/17"]],
    ["a name of 15 characters", [{ port: "a23456789-12345" }], "no port", ["a23456789-12345/6"]],
  ])("%s", (_, ports, text, names) => {
    const rule = ingressRule({ ports });
    expect(portsText(rule.ports)).toBe(text);
    expect(rule.portNames.map(({ name, protocol }) => `${name}/${String(protocol)}`)).toEqual(names);
  });
});

describe("what an API server would refuse is refused with its path", () => {
  it.each<[string, unknown, string]>([
    ["a policy type", { policyTypes: ["Ingress", "ingress"] }, "spec.policyTypes[1]"],
    ["policyTypes", { policyTypes: "Ingress" }, "spec.policyTypes"],
    ["a spec", [], "spec"],
    ["rules", { ingress: {} }, "spec.ingress"],
    ["a rule", { egress: ["all"] }, "spec.egress[0]"],
    ["peers", { ingress: [{ from: {} }] }, "spec.ingress[0].from"],
    ["an empty peer", { egress: [{ to: [{}] }] }, "spec.egress[0].to[0]"],
    [
      "a block beside a podSelector",
      { ingress: [{ from: [{ ipBlock: { cidr: "::/0" }, podSelector: {} }] }] },
      "spec.ingress[0].from[0]",
    ],
    [
      "a block beside a namespaceSelector",
      { ingress: [{ from: [{ ipBlock: { cidr: "::/0" }, namespaceSelector: {} }] }] },
      "spec.ingress[0].from[0]",
    ],
    ["a block without a CIDR", { ingress: [{ from: [{ ipBlock: {} }] }] }, "spec.ingress[0].from[0].ipBlock.cidr"],
    [
      "a hole that is no text",
      { ingress: [{ from: [{ ipBlock: { cidr: "::/0", except: [1] } }] }] },
      "spec.ingress[0].from[0].ipBlock.except[0]",
    ],
    ["ports", { ingress: [{ ports: 80 }] }, "spec.ingress[0].ports"],
    ["a port", { ingress: [{ ports: [80] }] }, "spec.ingress[0].ports[0]"],
    ["port 0", { ingress: [{ ports: [{ port: 0 }] }] }, "spec.ingress[0].ports[0].port"],
    ["port 65536", { ingress: [{ ports: [{}, { port: 65536 }] }] }, "spec.ingress[0].ports[1].port"],
    ["half a port", { ingress: [{ ports: [{ port: 1.5 }] }] }, "spec.ingress[0].ports[0].port"],
    ["a port that is neither", { ingress: [{ ports: [{ port: true }] }] }, "spec.ingress[0].ports[0].port"],
    ["an unknown protocol", { ingress: [{ ports: [{ protocol: "ICMP" }] }] }, "spec.ingress[0].ports[0].protocol"],
    [
      "a protocol in small letters",
      { ingress: [{ ports: [{ protocol: "tcp" }] }] },
      "spec.ingress[0].ports[0].protocol",
    ],
    ["a range turned round", { ingress: [{ ports: [{ port: 80, endPort: 79 }] }] }, "spec.ingress[0].ports[0].endPort"],
    [
      "a range beyond the end",
      { ingress: [{ ports: [{ port: 80, endPort: 65536 }] }] },
      "spec.ingress[0].ports[0].endPort",
    ],
    [
      "a range from a name",
      { ingress: [{ ports: [{ port: "http", endPort: 80 }] }] },
      "spec.ingress[0].ports[0].endPort",
    ],
    ["a range from nothing", { ingress: [{ ports: [{ endPort: 80 }] }] }, "spec.ingress[0].ports[0].endPort"],
    ["a port name without a letter", { ingress: [{ ports: [{ port: "80" }] }] }, "spec.ingress[0].ports[0].port"],
    [
      "a port name that is too long",
      { ingress: [{ ports: [{ port: "a234567890123456" }] }] },
      "spec.ingress[0].ports[0].port",
    ],
    ["a port name in capitals", { ingress: [{ ports: [{ port: "HTTP" }] }] }, "spec.ingress[0].ports[0].port"],
    ["a port name with two dashes", { ingress: [{ ports: [{ port: "a--b" }] }] }, "spec.ingress[0].ports[0].port"],
    ["a port name that ends in a dash", { ingress: [{ ports: [{ port: "a-" }] }] }, "spec.ingress[0].ports[0].port"],
    ["an empty port name", { ingress: [{ ports: [{ port: "" }] }] }, "spec.ingress[0].ports[0].port"],
  ])("%s", (_, spec, path) => {
    expect(() => decode(spec)).toThrow(DecodeError);
    expect(() => decode(spec)).toThrow(expect.objectContaining({ path }));
  });
});
