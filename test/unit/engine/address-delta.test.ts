import { describe, expect, it } from "vitest";
import { newlyOpenAddresses, type AddressPath } from "../../../src/engine/address-delta.ts";
import { withChange, type Replacement } from "../../../src/engine/overlay.ts";
import { cidrsText, parseCidr } from "../../../src/model/address-text.ts";
import { NO_ADDRESSES } from "../../../src/model/addresses.ts";
import { ALL_PORTS, portRange, portsText } from "../../../src/model/ports.ts";
import { ALL, isIn } from "../../../src/model/selectors.ts";
import { pod } from "../../reference/fixtures.ts";
import type { PolicySpec } from "../../reference/manifests.ts";
import { decode, namesOf, networkPolicy, state } from "./worlds.ts";

const block = (text: string) => parseCidr(text) ?? NO_ADDRESSES;
const PATH: AddressPath = {
  endpoints: { namespaces: ALL, pods: isIn("app", ["db"]) },
  direction: "ingress",
  addresses: block("10.0.0.0/8"),
  ports: ALL_PORTS,
};
const db = pod("shop/db", [], { labels: { app: "db" } });
const deny = networkPolicy("shop/deny", { policyTypes: ["Ingress", "Egress"] });
const from = (cidr: string, ...ports: readonly number[]): PolicySpec => ({
  ingress: [{ from: [{ ipBlock: { cidr } }], ports: ports.map((port) => ({ port })) }],
});
const creating = (manifest: unknown): Replacement => {
  const object = decode(manifest);
  return { ref: object.ref, type: object.type, object };
};
const opened = (objects: readonly unknown[], change: Replacement, path = PATH): readonly string[] => {
  const before = state(...objects);
  before.set(path.endpoints);
  const transition = { before, after: withChange(before, change), change, tick: () => undefined };
  return [...newlyOpenAddresses(transition, path)].map(({ endpoint, opened: grants, unsure }) =>
    [
      namesOf([endpoint]).join("+"),
      ...grants.map(({ ports, addresses }) => `${cidrsText(addresses)} on ${portsText(ports)}`),
      ...(unsure ? ["perhaps more"] : []),
    ].join(": "),
  );
};

describe("newlyOpenAddresses", () => {
  it.each<[string, readonly unknown[], Replacement, readonly string[]]>([
    [
      "a block, as far as it is asked about",
      [db, deny],
      creating(networkPolicy("shop/p", from("0.0.0.0/0"))),
      ["db: 10.0.0.0/8 on every port"],
    ],
    [
      "a block on its ports",
      [db, deny],
      creating(networkPolicy("shop/p", from("10.1.0.0/16", 80))),
      ["db: 10.1.0.0/16 on TCP 80"],
    ],
    [
      "only what is new",
      [db, networkPolicy("shop/deny", from("10.0.0.0/9"))],
      creating(networkPolicy("shop/p", from("10.0.0.0/8"))),
      ["db: 10.128.0.0/9 on every port"],
    ],
    ["nothing beside it", [db, deny], creating(networkPolicy("shop/p", from("11.0.0.0/8"))), []],
    ["nothing that was open", [db], creating(networkPolicy("shop/p", from("10.0.0.0/8"))), []],
    ["a pod that comes", [], creating(db), ["db: 10.0.0.0/8 on every port"]],
    ["a pod that nothing asks about", [], creating(pod("shop/web", [], { labels: { app: "web" } })), []],
    [
      "a pod that becomes one",
      [pod("shop/db", [], { labels: { app: "web" } })],
      creating(db),
      ["db: 10.0.0.0/8 on every port"],
    ],
    [
      "nothing of a hostNetwork pod",
      [],
      creating(pod("shop/db", [], { labels: { app: "db" }, hostNetwork: true })),
      [],
    ],
    [
      "a policy that cannot be understood",
      [db, deny],
      creating(networkPolicy("shop/p", from("10.0.0.0"))),
      ["db: perhaps more"],
    ],
    [
      "nothing, if it was there before",
      [db, deny, networkPolicy("shop/p", from("10.0.0.0"))],
      creating(networkPolicy("shop/q", {})),
      [],
    ],
  ])("%s", (_, objects, change, expected) => {
    expect(opened(objects, change)).toEqual(expected);
  });

  it("asks about the direction and ports of the path", () => {
    const both = creating(
      networkPolicy("shop/p", { ...from("10.0.0.0/8"), egress: [{ to: [{ ipBlock: { cidr: "10.2.0.0/16" } }] }] }),
    );
    expect(opened([db, deny], both, { ...PATH, direction: "egress" })).toEqual(["db: 10.2.0.0/16 on every port"]);
    expect(opened([db, deny], both, { ...PATH, ports: portRange(6, 80, 80) })).toEqual(["db: 10.0.0.0/8 on TCP 80"]);
  });
});
