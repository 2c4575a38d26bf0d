import { describe, expect, it } from "vitest";
import { decodeReview } from "../../../src/admission/review.ts";
import { DecodeError } from "../../../src/model/errors.ts";
import { BAD_POD, pod, requestFor, UID } from "./reviews.ts";

const decode = (different: object = {}) =>
  decodeReview({ apiVersion: "admission.k8s.io/v1", kind: "AdmissionReview", request: requestFor(different) });

describe("a review", () => {
  it("of a creation has the object, and what it is about", () => {
    expect(decode()).toMatchObject({
      uid: UID,
      unnamed: false,
      replaces: undefined,
      change: {
        operation: "CREATE",
        type: "endpoint",
        ref: { kind: "Pod", namespace: "shop", name: "web" },
        object: { endpoint: { labels: new Map([["app", "frontend"]]) } },
        old: undefined,
        dryRun: false,
        requester: { name: "somebody", groups: ["system:authenticated"] },
      },
    });
  });

  it("of an update has both forms, and the version that is replaced", () => {
    const review = decode({ operation: "UPDATE", oldObject: pod({ app: "old" }, { resourceVersion: "41" }) });
    expect(review.replaces).toBe("41");
    expect(review.change?.old).toMatchObject({ endpoint: { labels: new Map([["app", "old"]]) } });
    expect(review.change?.object).toMatchObject({ endpoint: { labels: new Map([["app", "frontend"]]) } });
  });

  it("of a deletion has the old form only, whatever else is sent", () => {
    const review = decode({ operation: "DELETE", object: BAD_POD, oldObject: pod({ app: "old" }) });
    expect(review.change).toMatchObject({ operation: "DELETE", object: undefined, ref: { name: "web" } });
  });

  it("of a creation takes no old form, whatever is sent", () => {
    expect(decode({ oldObject: pod({ app: "old" }, { resourceVersion: "41" }) })).toMatchObject({
      replaces: undefined,
      change: { old: undefined },
    });
  });

  it("of a deletion of many at once has no name but that of the object", () => {
    const review = decode({ operation: "DELETE", name: "", object: null, oldObject: pod({}) });
    expect(review.change?.ref).toEqual({ kind: "Pod", namespace: "shop", name: "web" });
  });

  it("decides on the kind, whatever was asked for", () => {
    const requestKind = { group: "example.com", version: "v9", kind: "Other" };
    expect(decode({ requestKind })).toMatchObject({
      requestKind: "example.com/v9/Other",
      change: { ref: { kind: "Pod" } },
    });
    expect(decode({}).requestKind).toBeUndefined();
    const kind = { group: "networking.k8s.io", version: "v1beta1", kind: "NetworkPolicy" };
    expect(decode({ kind, object: { metadata: { namespace: "shop", name: "np" } } }).change).toMatchObject({
      type: "policy",
      ref: { kind: "NetworkPolicy", name: "np" },
    });
  });

  it.each([
    ["a pod without a namespace of its own", { object: { ...BAD_POD, metadata: { name: "web" } } }, "shop"],
    [
      "a namespace, whose request names it twice",
      {
        kind: { group: "", version: "v1", kind: "Namespace" },
        object: { metadata: { name: "shop" } },
      },
      "",
    ],
  ])("of %s", (_name, different, namespace) => {
    expect(decode(different).change?.ref.namespace).toBe(namespace);
  });

  it("of a name that is to be generated is told apart", () => {
    expect(decode({ name: "", object: { ...BAD_POD, metadata: { generateName: "web-" } } })).toMatchObject({
      unnamed: true,
      change: { ref: { name: "web-" } },
    });
  });

  it("of an unnamed user is by nobody", () => {
    expect(decode({ userInfo: {} }).change?.requester).toEqual({ name: "", groups: [] });
    expect(decode({ userInfo: { username: "a", groups: ["b", 7] } }).change?.requester).toEqual({
      name: "a",
      groups: ["b"],
    });
  });

  it.each([
    ["an unknown kind", { kind: { group: "example.com", version: "v1", kind: "Pod" } }],
    ["a connection", { operation: "CONNECT", kind: { group: "", version: "v1", kind: "PodExecOptions" } }],
    ["a connection to a pod", { operation: "CONNECT" }],
  ])("of %s changes nothing", (_name, different) => {
    expect(decode(different)).toMatchObject({ uid: UID, change: undefined, binding: undefined });
  });

  it("of a binding has the labels that it writes", () => {
    const kind = { group: "", version: "v1", kind: "Binding" };
    const object = { metadata: { name: "web", labels: { zone: "a" } }, target: { name: "node-1" } };
    expect(decode({ kind, object, dryRun: true })).toMatchObject({
      change: undefined,
      binding: { ref: { kind: "Pod", namespace: "shop", name: "web" }, labels: new Map([["zone", "a"]]), dryRun: true },
    });
  });

  it("of a binding without a pod says so", () => {
    const kind = { group: "", version: "v1", kind: "Binding" };
    expect(() => decode({ kind, name: "", object: { metadata: {} } })).toThrow(DecodeError);
  });
});
