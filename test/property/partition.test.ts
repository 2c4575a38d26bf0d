import fc, { type Arbitrary } from "fast-check";
import { expect, it } from "vitest";
import type { BaseClass } from "../../src/engine/base-class.ts";
import { identityOf } from "../../src/engine/identity.ts";
import { Partition } from "../../src/engine/partition.ts";
import { parseCidr } from "../../src/model/address-text.ts";
import { hasAddress, NO_ADDRESSES, type AddressSet } from "../../src/model/addresses.ts";
import { impliedNamespace, refKey, type Endpoint } from "../../src/model/objects.ts";
import { container, pod } from "../reference/fixtures.ts";
import { runs } from "./runs.ts";
import { compile } from "./world.ts";

const KEYS = ["app", "tier", "job-name"] as const;
const PORT_NAMES = ["http", "dns"] as const;
const BLOCKS = ["10.0.0.0/25", "10.0.0.0/24", "10.0.0.64/26", "fd00::/64", "fd00::/65"].map(
  (text) => parseCidr(text) ?? NO_ADDRESSES,
);

const endpoints: Arbitrary<Endpoint> = fc
  .record({
    name: fc.constantFrom("a/x", "a/y", "a/z", "b/x", "b/y"),
    ips: fc.constantFrom<readonly string[]>([], ["10.0.0.7"], ["10.0.0.70"], ["10.0.0.130"], ["10.0.0.9", "fd00::1"]),
    labels: fc.constantFrom<Readonly<Record<string, string>>>(
      {},
      { app: "a" },
      { app: "a", "job-name": "1" },
      { tier: "b" },
    ),
    port: fc.constantFrom("http=80" as const, "http=81" as const, "dns=53" as const),
    phase: fc.constantFrom("Running", "Running", "Pending", "Succeeded"),
    hostNetwork: fc.constantFrom(false, false, false, true),
  })
  .map(({ name, ips, port, ...more }) => {
    const object = compile(pod(name, ips, { ...more, containers: [container("c", port)] }));
    return object.type === "endpoint" ? object.endpoint : expect.fail(object.type);
  });

/** What is done to a partition. */
type Step =
  | { readonly kind: "upsert" | "remove"; readonly endpoint: Endpoint }
  | {
      readonly kind: "mention";
      readonly keys: readonly string[];
      readonly portNames: readonly string[];
      readonly blocks: readonly AddressSet[];
    };

const mentions = fc
  .record({
    keys: fc.subarray([...KEYS], { maxLength: 1 }),
    portNames: fc.subarray([...PORT_NAMES], { maxLength: 1 }),
    blocks: fc.subarray(BLOCKS, { maxLength: 1 }),
  })
  .map((mentioned): Step => ({ kind: "mention", ...mentioned }));

const steps: Arbitrary<readonly Step[]> = fc.array(
  fc.oneof(
    { arbitrary: endpoints.map((endpoint): Step => ({ kind: "upsert", endpoint })), weight: 6 },
    { arbitrary: endpoints.map((endpoint): Step => ({ kind: "remove", endpoint })), weight: 1 },
    { arbitrary: mentions, weight: 3 },
  ),
  { minLength: 1, maxLength: 25 },
);

/** What the mentioned keys, port names and blocks say of an endpoint: members of a class agree on it. */
const seen = (endpoint: Pick<Endpoint, "labels" | "namedPorts" | "addresses">, mentioned: Mentioned) => ({
  labels: [...endpoint.labels].filter(([key]) => mentioned.keys.has(key)).sort(),
  ports: endpoint.namedPorts.filter(({ name }) => mentioned.portNames.has(name)),
  blocks: endpoint.addresses.map((address) => [...mentioned.blocks].map((block) => hasAddress(block, address))),
});

class Mentioned {
  readonly keys = new Set<string>();
  readonly portNames = new Set<string>();
  readonly blocks = new Set<AddressSet>();
}

it("classes hold all endpoints, each once, with members that nothing mentioned tells apart", () => {
  fc.assert(
    fc.property(steps, (list) => {
      const alive = new Set<BaseClass>();
      const partition = new Partition({
        namespaceOf: impliedNamespace,
        classAdded: (cls) => alive.add(cls),
        classRemoved: (cls) => alive.delete(cls),
        classResized: () => undefined,
      });
      const expected = new Map<string, Endpoint>();
      const mentioned = new Mentioned();
      for (const step of list) {
        if (step.kind === "mention") {
          partition.mention(step.keys, step.portNames, step.blocks);
          for (const key of step.keys) mentioned.keys.add(key);
          for (const name of step.portNames) mentioned.portNames.add(name);
          for (const block of step.blocks) mentioned.blocks.add(block);
        } else if (step.kind === "upsert") {
          partition.upsert(step.endpoint);
          expected.delete(refKey(step.endpoint.ref));
          if (step.endpoint.phase !== "finished") expected.set(refKey(step.endpoint.ref), step.endpoint);
        } else {
          partition.remove(step.endpoint.ref);
          expected.delete(refKey(step.endpoint.ref));
        }
        check(partition, alive, expected, mentioned);
      }
    }),
    runs(300),
  );
});

const check = (
  partition: Partition,
  alive: ReadonlySet<BaseClass>,
  expected: ReadonlyMap<string, Endpoint>,
  mentioned: Mentioned,
): void => {
  expect(new Set(partition.classes())).toEqual(alive);
  expect([partition.classCount, partition.endpointCount]).toEqual([alive.size, expected.size]);
  expect([...partition.endpoints()].map(({ ref }) => refKey(ref)).sort()).toEqual([...expected.keys()].sort());
  for (const endpoint of expected.values()) {
    const found = partition.find(endpoint.ref);
    expect(endpoint).toMatchObject(found ?? expect.fail(refKey(endpoint.ref)));
    const twins = [...expected.values()].filter(
      (other) =>
        other.phase === "running" &&
        other.ref.name !== endpoint.ref.name &&
        identityOf(other, partition) === identityOf(endpoint, partition),
    );
    const classes = new Set(twins.map(({ ref }) => partition.classOf(ref)));
    expect(new Set(partition.runningTwins(endpoint))).toEqual(classes);
  }
  for (const cls of alive) {
    const members = [...cls.members()];
    expect([cls.size, cls.pods]).toEqual([members.length, members.length]);
    for (const member of members) {
      expect(partition.classOf(member.ref)).toBe(cls);
      expect(seen(member, mentioned)).toEqual(seen(cls, mentioned));
      expect([member.ref.namespace, member.serviceAccount, member.hostNetwork]).toEqual([
        cls.namespace.name,
        cls.serviceAccount,
        cls.hostNetwork,
      ]);
    }
    expect([...cls.labels.keys()].every((key) => mentioned.keys.has(key))).toBe(true);
    expect(cls.namedPorts.every(({ name }) => mentioned.portNames.has(name))).toBe(true);
  }
};
