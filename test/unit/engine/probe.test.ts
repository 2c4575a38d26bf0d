import { describe, expect, it } from "vitest";
import { answerProbe } from "../../../src/engine/probe.ts";
import { DecodeError } from "../../../src/model/errors.ts";
import { pod } from "../../reference/fixtures.ts";
import { networkPolicy, state } from "./worlds.ts";

const index = state(
  pod("web/a", ["10.0.0.1", "fd00::1"], { nodeName: "n1", hostIP: "192.0.2.1" }),
  pod("shop/b", ["10.0.0.2", "fd00::2"], { nodeName: "n1", hostIP: "192.0.2.1" }),
  pod("shop/far", ["10.0.0.3"], { nodeName: "n2", hostIP: "192.0.2.2" }),
  pod("shop/new", []),
  pod("kube-system/agent", ["192.0.2.1"], { hostNetwork: true, nodeName: "n1", hostIP: "192.0.2.1" }),
  pod("kube-system/early", [], { hostNetwork: true }),
  pod("shop/done", ["10.0.0.9"], { phase: "Failed" }),
  networkPolicy("shop/deny", { ingress: [{ from: [{ ipBlock: { cidr: "fd00::/64" } }], ports: [{ port: 80 }] }] }),
);
const allowed = (from: string, to: string, more: object = {}): unknown =>
  answerProbe(index, { from, to, protocol: "TCP", port: 80, ...more }).allowed;

describe("ends", () => {
  it.each<[string, string, string, object, unknown]>([
    ["a pod by its name, by either family", "web/a", "shop/b", {}, true],
    ["a pod by one family", "web/a", "shop/b", { fromIP: "fd00::1" }, true],
    ["a pod by the other family", "web/a", "shop/b", { fromIP: "10.0.0.1" }, false],
    ["a pod by the destination's family", "web/a", "shop/b", { toIP: "10.0.0.2" }, false],
    ["a pod by its address", "fd00::1", "shop/b", {}, true],
    ["a pod by its other address", "10.0.0.1", "shop/b", {}, false],
    ["a pod by its address, as destination", "web/a", "fd00::2", {}, true],
    ["an address that no pod has", "fd00::77", "shop/b", {}, true],
    ["another address that no pod has", "10.0.0.77", "shop/b", {}, false],
    ["the address of a pod that has finished", "10.0.0.9", "shop/b", {}, false],
    ["a pod without an address", "shop/new", "shop/b", {}, false],
    ["a pod without an address, as destination", "web/a", "shop/new", {}, true],
    ["a family that the destination has not", "web/a", "shop/far", {}, false],
    ["a pod that has finished", "shop/done", "shop/b", {}, false],
    ["a pod that has finished, as destination", "web/a", "shop/done", {}, false],
    ["two addresses outside", "8.8.8.8", "9.9.9.9", {}, true],
    ["itself", "shop/b", "shop/b", {}, true],
    ["itself by its address", "shop/b", "10.0.0.2", {}, true],
    ["its own node", "kube-system/agent", "shop/b", {}, true],
    ["its own node, by address", "192.0.2.1", "shop/b", {}, true],
    ["another node", "kube-system/agent", "shop/far", {}, false],
    ["another node, by address", "192.0.2.1", "shop/far", {}, false],
    ["a pod on no node yet is on none with another", "kube-system/early", "shop/new", {}, false],
    ["a hostNetwork pod as destination", "web/a", "kube-system/agent", {}, true],
  ])("%s", (_, from, to, more, expected) => {
    expect(allowed(from, to, more)).toBe(expected);
  });

  it("are given back with the answer", () => {
    expect(answerProbe(index, { from: "web/a", to: "shop/b", protocol: "UDP", port: 53 })).toMatchObject({
      from: "web/a",
      to: "shop/b",
      protocol: "UDP",
      port: 53,
      allowed: false,
    });
  });
});

describe("a probe that is none is refused with its path", () => {
  it.each<[object, string, RegExp]>([
    [{ from: "web/x" }, "from", /expected a pod of the state, found no pod "web\/x"/],
    [{ to: "shop/x" }, "to", /expected a pod of the state/],
    [{ from: "web" }, "from", /expected an IP address or namespace\/pod, found "web"/],
    [{ to: "10.0.0.256" }, "to", /expected an IP address/],
    [{ fromIP: "x" }, "fromIP", /expected an IP address/],
    [{ toIP: "10.0.0" }, "toIP", /expected an IP address/],
    [{ protocol: "tcp" }, "protocol", /expected one of ICMP, TCP, UDP.*, found "tcp"/],
    [{ port: -1 }, "port", /expected a port from 0 to 65535, found -1/],
    [{ port: 65536 }, "port", /expected a port/],
    [{ port: 1.5 }, "port", /expected a port/],
  ])("%j", (part, path, message) => {
    const probe = { from: "web/a", to: "shop/b", protocol: "TCP", port: 80, ...part };
    expect(() => answerProbe(index, probe)).toThrow(DecodeError);
    expect(() => answerProbe(index, probe)).toThrow(
      expect.objectContaining({ path, message: expect.stringMatching(message) }),
    );
  });

  it.each([0, 1, 65535])("port %i is one", (port) => {
    expect(answerProbe(index, { from: "web/a", to: "web/a", protocol: "SCTP", port }).allowed).toBe(true);
  });
});
