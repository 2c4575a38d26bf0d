import { expect, it } from "vitest";
import type { Witness } from "../../../src/engine/explain.ts";
import { changeText, classText, pathText, witnessText } from "../../../src/engine/words.ts";
import { pod } from "../../reference/fixtures.ts";
import { classOf, decode, deployment, state } from "./worlds.ts";

const ref = { kind: "NetworkPolicy", namespace: "shop", name: "open" };

it.each<[Witness, string]>([
  [{ kind: "rule", policy: ref, path: "spec.ingress[0]", action: "allow" }, "shop/NetworkPolicy/open, spec.ingress[0]"],
  [{ kind: "rule", policy: { kind: "Global", namespace: "", name: "g" }, path: "r", action: "deny" }, "Global/g, r"],
  [{ kind: "not-selected" }, "no policy selects it"],
  [{ kind: "isolated", policies: [ref, { ...ref, name: "b" }] }, "no rule of shop/open, shop/b matches"],
  [{ kind: "undecided", policy: ref, reason: "odd" }, "NetworkPolicy shop/open cannot be understood: odd"],
  [{ kind: "outside" }, "outside the cluster"],
  [{ kind: "local" }, "never leaves the pod or its node"],
  [{ kind: "finished" }, "the pod has finished"],
])("%j in words", (witness, text) => {
  expect(witnessText(witness)).toBe(text);
  const why = { allowed: true, witness };
  expect(pathText({ egress: { allowed: true, witness: { kind: "outside" } }, ingress: why })).toBe(
    `egress: outside the cluster   ingress: ${text}`,
  );
});

it("a change is called by its object, and a deletion says so", () => {
  const object = decode(pod("shop/a", []));
  expect(changeText({ ref: object.ref, type: "endpoint", object })).toBe("Pod shop/a");
  expect(changeText({ ref: object.ref, type: "endpoint", object: undefined })).toBe("deleting Pod shop/a");
});

it("a class is called by the endpoint that stands for it", () => {
  const index = state(pod("shop/b", []), deployment("web/d", {}));
  expect(classText(classOf(index, "shop/b"))).toBe("shop/b");
  expect(classText(classOf(index, "web/d", "Deployment"))).toBe("web/Deployment/d");
});
