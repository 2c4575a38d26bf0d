import { describe, expect, it } from "vitest";
import { WatchedObjects, type VersionedObject } from "../../../src/cluster/watched-objects.ts";
import { decodeManifest } from "../../../src/dialects/index.ts";
import { ClusterIndex } from "../../../src/engine/cluster-index.ts";
import type { ClusterObject } from "../../../src/model/cluster-object.ts";

const REF = { kind: "Pod", namespace: "shop", name: "web" };

const podOf = (form: string, name = "web"): ClusterObject => {
  const object = decodeManifest({
    apiVersion: "v1",
    kind: "Pod",
    metadata: { namespace: "shop", name, labels: { form } },
  });
  if (object === undefined) throw new Error("expected a pod");
  return object;
};

/** The pod in this form, at this version. */
const at = (form: string, resourceVersion: string, name?: string): VersionedObject => ({
  object: podOf(form, name),
  resourceVersion,
});

const PENDING_MS = 90_000;

const start = () => {
  const index = new ClusterIndex();
  let now = 0;
  const objects = new WatchedObjects(index, () => now);
  return {
    objects,
    /** The form that requests are judged on; undefined: there is no pod. */
    form: (name = "web") => index.endpoint({ ...REF, name })?.labels.get("form"),
    admit: (form: string | undefined, replaces?: string) => {
      objects.admit(REF, "endpoint", form === undefined ? undefined : podOf(form), replaces);
    },
    forget: (name = "web") => {
      objects.forget({ ...REF, name }, "endpoint");
    },
    expireAfter: (milliseconds: number) => {
      now += milliseconds;
      objects.expire();
    },
  };
};

describe("what is watched", () => {
  it("is there, changes and goes", () => {
    const { objects, form, forget } = start();
    objects.observe(at("a", "1"));
    expect(form()).toBe("a");
    objects.observe(at("b", "2"));
    expect(form()).toBe("b");
    forget();
    expect(form()).toBeUndefined();
  });

  it("goes without having been there", () => {
    const { form, forget } = start();
    forget();
    expect(form()).toBeUndefined();
  });
});

describe("a creation that was admitted", () => {
  it("counts at once, and stays when it is seen", () => {
    const { objects, form, admit, expireAfter } = start();
    admit("new");
    expect(form()).toBe("new");
    expect(objects.pendingCount).toBe(1);
    objects.observe(at("new", "5"));
    expect(objects.pendingCount).toBe(0);
    expireAfter(2 * PENDING_MS);
    expect(form()).toBe("new");
  });

  it("is as the API server shows it, once it does", () => {
    const { objects, form, admit } = start();
    admit("new");
    objects.observe(at("as stored", "5"));
    expect(form()).toBe("as stored");
  });

  it("is taken back when nobody has seen it for 90 s", () => {
    const { objects, form, admit, expireAfter } = start();
    admit("new");
    expireAfter(PENDING_MS - 1);
    expect(form()).toBe("new");
    expireAfter(1);
    expect(form()).toBeUndefined();
    expect(objects.pendingCount).toBe(0);
  });

  it("stays when the one that had its name before goes", () => {
    const { objects, form, admit, forget } = start();
    objects.observe(at("old", "1"));
    admit("new");
    forget();
    expect(form()).toBe("new");
  });

  it("stays when the one that had its name before changes once more on its way out", () => {
    const { objects, form, admit, forget } = start();
    objects.observe(at("old", "1"));
    admit("new");
    objects.observe(at("old, terminating", "2"));
    expect(form()).toBe("new");
    forget();
    expect(form()).toBe("new");
    objects.observe(at("new", "4"));
    expect(form()).toBe("new");
  });

  it("brings the one that had its name before not back when it is taken back itself", () => {
    const { objects, form, admit, forget, expireAfter } = start();
    objects.observe(at("old", "1"));
    admit("new");
    forget();
    expireAfter(PENDING_MS);
    expect(form()).toBeUndefined();
  });
});

describe("an update that was admitted", () => {
  it("counts at once", () => {
    const { objects, form, admit } = start();
    objects.observe(at("old", "7"));
    admit("new", "7");
    expect(form()).toBe("new");
    expect(objects.pendingCount).toBe(1);
  });

  it.each(["6", "7"])("is not taken back by an event of version %s, which is older", (version) => {
    const { objects, form, admit } = start();
    objects.observe(at("old", "5"));
    admit("new", "7");
    objects.observe(at("older", version));
    expect(form()).toBe("new");
    expect(objects.pendingCount).toBe(1);
  });

  it.each([
    ["8", "one"],
    ["10", "many, which is no later as a text"],
    ["90071992547409930", "more than a number can tell apart"],
  ])("ends with an event of version %s, later by %s", (version) => {
    const { objects, form, admit } = start();
    objects.observe(at("old", "5"));
    admit("new", version === "90071992547409930" ? "90071992547409929" : "7");
    objects.observe(at("stored", version));
    expect(form()).toBe("stored");
    expect(objects.pendingCount).toBe(0);
  });

  it("ends with an event of a version that cannot be compared", () => {
    const { objects, form, admit } = start();
    admit("new", "7");
    objects.observe(at("stored", "abc"));
    expect(form()).toBe("stored");
  });

  it("is taken back to what was seen last when nobody has seen it for 90 s", () => {
    const { objects, form, admit, expireAfter } = start();
    objects.observe(at("first", "5"));
    admit("new", "7");
    objects.observe(at("second", "6"));
    expireAfter(PENDING_MS);
    expect(form()).toBe("second");
  });

  it("after another one is taken back to what was seen, and lives as long as the later one", () => {
    const { objects, form, admit, expireAfter } = start();
    objects.observe(at("seen", "5"));
    admit("one", "5");
    expireAfter(PENDING_MS / 2);
    admit("two", "6");
    expireAfter(PENDING_MS / 2);
    expect(form()).toBe("two");
    expireAfter(PENDING_MS / 2);
    expect(form()).toBe("seen");
  });

  it("goes with its object", () => {
    const { objects, form, admit, forget, expireAfter } = start();
    objects.observe(at("old", "5"));
    admit("new", "5");
    forget();
    expect(form()).toBeUndefined();
    expireAfter(PENDING_MS);
    expect(form()).toBeUndefined();
  });
});

describe("a deletion that was admitted", () => {
  it("counts at once, and is done when it is seen", () => {
    const { objects, form, admit, forget, expireAfter } = start();
    objects.observe(at("old", "5"));
    admit(undefined, "5");
    expect(form()).toBeUndefined();
    forget();
    expect(objects.pendingCount).toBe(0);
    expireAfter(PENDING_MS);
    expect(form()).toBeUndefined();
  });

  it("is not taken back by an older event", () => {
    const { objects, form, admit } = start();
    objects.observe(at("old", "5"));
    admit(undefined, "7");
    objects.observe(at("old", "7"));
    expect(form()).toBeUndefined();
  });

  it("is taken back by a later event: a finalizer keeps the object", () => {
    const { objects, form, admit } = start();
    objects.observe(at("old", "5"));
    admit(undefined, "5");
    objects.observe(at("terminating", "6"));
    expect(form()).toBe("terminating");
  });

  it("is taken back when nobody has seen it for 90 s", () => {
    const { objects, form, admit, expireAfter } = start();
    objects.observe(at("old", "5"));
    admit(undefined, "5");
    expireAfter(PENDING_MS);
    expect(form()).toBe("old");
  });

  it("and a creation after it are the creation", () => {
    const { objects, form, admit, forget } = start();
    objects.observe(at("old", "5"));
    admit(undefined, "5");
    admit("new");
    expect(form()).toBe("new");
    forget();
    expect(form()).toBe("new");
    objects.observe(at("new", "7"));
    expect(form()).toBe("new");
  });
});

describe("several that were admitted", () => {
  it("expire each at its own time", () => {
    const { objects, form, expireAfter } = start();
    for (const name of ["a", "b", "c"]) {
      objects.admit({ ...REF, name }, "endpoint", podOf("new", name), undefined);
      expireAfter(1000);
    }
    expireAfter(PENDING_MS - 3000);
    expect(["a", "b", "c"].map((name) => form(name))).toEqual([undefined, "new", "new"]);
    expireAfter(1000);
    expect(["a", "b", "c"].map((name) => form(name))).toEqual([undefined, undefined, "new"]);
  });

  it("are not more than memory holds: the oldest is left to the watch", () => {
    const { objects, form } = start();
    for (let index = 0; index <= 100_000; index++) {
      const name = `p${index}`;
      objects.admit({ ...REF, name }, "endpoint", index < 3 ? podOf("new", name) : undefined, "1");
    }
    expect(objects.pendingCount).toBe(100_000);
    expect(form("p0")).toBeUndefined();
    expect(form("p1")).toBe("new");
  });
});

describe("a list", () => {
  it("is all there is", async () => {
    const { objects, form } = start();
    objects.observe(at("a", "1", "gone"));
    objects.observe(at("a", "1", "stays"));
    await objects.replace("Pod", "endpoint", [at("b", "5", "stays"), at("b", "5", "new")]);
    expect(["gone", "stays", "new"].map((name) => form(name))).toEqual([undefined, "b", "b"]);
  });

  it("says nothing of other kinds", async () => {
    const { objects, form } = start();
    objects.observe(at("a", "1"));
    await objects.replace("NetworkPolicy", "policy", []);
    expect(form()).toBe("a");
  });

  it("keeps what was admitted and is not in it yet", async () => {
    const { objects, form, admit, expireAfter } = start();
    admit("new");
    await objects.replace("Pod", "endpoint", []);
    expect(form()).toBe("new");
    expireAfter(PENDING_MS);
    expect(form()).toBeUndefined();
  });

  it("that is older than an admitted update does not take it back", async () => {
    const { objects, form, admit } = start();
    objects.observe(at("old", "5"));
    admit("new", "5");
    await objects.replace("Pod", "endpoint", [at("old", "5")]);
    expect(form()).toBe("new");
  });

  it("that lacks what an admitted update was of takes it out", async () => {
    const { objects, form, admit } = start();
    objects.observe(at("old", "5"));
    admit("new", "5");
    await objects.replace("Pod", "endpoint", []);
    expect(form()).toBeUndefined();
  });

  it("that lacks what was deleted ends the deletion", async () => {
    const { objects, form, admit, expireAfter } = start();
    objects.observe(at("old", "5"));
    admit(undefined, "5");
    await objects.replace("Pod", "endpoint", []);
    expect(objects.pendingCount).toBe(0);
    expireAfter(PENDING_MS);
    expect(form()).toBeUndefined();
  });

  it("takes what a creation over an old name left behind", async () => {
    const { objects, form, admit, forget, expireAfter } = start();
    objects.observe(at("old", "1"));
    admit("new");
    forget();
    expireAfter(PENDING_MS);
    await objects.replace("Pod", "endpoint", []);
    expect(form()).toBeUndefined();
  });

  it("lets others run while it is taken over", async () => {
    const { objects } = start();
    let turns = 0;
    const count = (): void => {
      turns++;
      if (turns < 1000) setImmediate(count);
    };
    setImmediate(count);
    await objects.replace(
      "Pod",
      "endpoint",
      Array.from({ length: 50_000 }, (_, index) => at("a", "1", `p${index}`)),
    );
    expect(turns).toBeGreaterThan(5);
  });
});
