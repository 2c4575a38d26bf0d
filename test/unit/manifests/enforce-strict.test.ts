import { readFileSync } from "node:fs";
import { resolve } from "node:path";
import { expect, it } from "vitest";
import { parse } from "yaml";
import { z } from "zod";
import { type Asked, conditionSays } from "../admission/match-conditions.ts";

// The condition that this overlay adds: which pods are not sent, so that a cluster's network can come back without the guard.
// An error in it would refuse a pod.

const FILE = resolve(import.meta.dirname, "../../../manifests/overlays/enforce-strict/registration.yaml");
const added = z.looseObject({
  op: z.literal("add"),
  value: z.strictObject({ name: z.string(), expression: z.string() }),
});
const operations = z.array(z.unknown()).parse(parse(readFileSync(FILE, "utf8")));
const [
  {
    value: { expression },
  },
] = z.tuple([added]).parse(operations.filter((operation) => added.safeParse(operation).success));

const CONTROLLER = {
  username: "system:serviceaccount:kube-system:daemon-set-controller",
  groups: ["system:serviceaccounts", "system:serviceaccounts:kube-system"],
};
const ALL_IN_ONE = { username: "system:kube-controller-manager" };
const ALICE = { username: "alice", groups: ["system:authenticated"] };
const LOOKALIKE = {
  username: "system:serviceaccount:kube-system-2:x",
  groups: ["system:serviceaccounts:kube-system-2"],
};
const SHARED = { spec: { hostNetwork: true } };

const says = (asked: Partial<Asked>): unknown =>
  conditionSays(expression, {
    group: "",
    resource: "pods",
    operation: "CREATE",
    user: CONTROLLER,
    object: SHARED,
    ...asked,
  });

it.each<readonly [what: string, asked: Partial<Asked>, isSent: boolean]>([
  ["a controller's pod on its node's network", {}, false],
  ["that of all controllers in one", { user: ALL_IN_ONE }, false],
  ["a controller's pod on a network of its own", { object: { spec: { hostNetwork: false } } }, true],
  ["a person's pod on its node's network", { user: ALICE }, true],
  ["that of one that is called alike", { user: LOOKALIKE }, true],
  ["labels that a controller changes there", { operation: "UPDATE", oldObject: SHARED }, true],
])("%s", (_what, asked, isSent) => {
  expect(says(asked)).toBe(isSent);
});

it("never fails, whatever a request lacks", () => {
  for (const operation of ["CREATE", "UPDATE"])
    for (const user of [{}, { username: "" }, { groups: [] }, ALICE, CONTROLLER])
      for (const object of [{}, { spec: {} }, { spec: { hostNetwork: false } }, SHARED])
        expect(says({ operation, user, object, oldObject: object })).toBeTypeOf("boolean");
});
