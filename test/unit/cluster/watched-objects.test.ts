import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
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
    /** A watch shows that it went; by default at a version that cannot be compared. */
    forget: (name = "web", resourceVersion = "") => {
      objects.forget({ ...REF, name }, "endpoint", resourceVersion);
    },
    /** These are all pods at a version; by default at one that cannot be compared. */
    list: (pods: readonly VersionedObject[], resourceVersion = "") =>
      objects.replace("Pod", "endpoint", pods, resourceVersion),
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

describe("what may never have been stored", () => {
  const SHOWN_MS = 3000;
  const policyRef = { kind: "NetworkPolicy", namespace: "shop", name: "deny" };
  const policyAt = (resourceVersion: string): VersionedObject => {
    const object = decodeManifest({
      apiVersion: "networking.k8s.io/v1",
      kind: "NetworkPolicy",
      metadata: { namespace: "shop", name: "deny" },
      spec: {},
    });
    if (object === undefined) throw new Error("expected a policy");
    return { object, resourceVersion };
  };
  const admitPolicy = ({ objects }: ReturnType<typeof start>): void => {
    objects.admit(policyRef, "policy", policyAt("1").object, undefined);
  };

  it("is a policy, and an update or a deletion of anything, but no new pod", () => {
    const one = start();
    expect(one.objects.inDoubt).toBe(false);
    one.admit("new");
    expect(one.objects.inDoubt).toBe(false);
    admitPolicy(one);
    expect(one.objects.inDoubt).toBe(true);
    const update = start();
    update.objects.observe(at("old", "5"));
    update.admit("new", "5");
    expect(update.objects.inDoubt).toBe(true);
    const taken = start();
    taken.objects.observe(at("old", "5"));
    taken.admit("new");
    expect(taken.objects.inDoubt).toBe(true);
  });

  it("is in doubt no more once it is seen, or was taken back", () => {
    const seen = start();
    admitPolicy(seen);
    seen.objects.observe(policyAt("9"));
    expect(seen.objects.inDoubt).toBe(false);
    const late = start();
    admitPolicy(late);
    late.expireAfter(PENDING_MS);
    expect(late.objects.inDoubt).toBe(false);
  });

  it("is out of the state while one looks at it without, and in it again", () => {
    const { objects, form, admit } = start();
    objects.observe(at("old", "5"));
    admit("new", "5");
    expect(objects.withoutDoubtful(() => form())).toBe("old");
    expect(form()).toBe("new");
    expect(() =>
      objects.withoutDoubtful(() => {
        throw new Error("judged");
      }),
    ).toThrow("judged");
    expect(form()).toBe("new");
  });

  it("is back as it was seen last while one looks without it", () => {
    const { objects, form, admit } = start();
    objects.observe(at("old", "5"));
    admit("new", "7");
    objects.observe(at("older", "6"));
    expect(objects.withoutDoubtful(() => form())).toBe("older");
    expect(form()).toBe("new");
  });

  it("that was deleted is there again while one looks without the deletion", () => {
    const { objects, form, admit } = start();
    objects.observe(at("old", "5"));
    admit(undefined, "5");
    expect(objects.withoutDoubtful(() => form())).toBe("old");
    expect(form()).toBeUndefined();
  });

  it("under a name that is taken is taken back after the time that the watch needs", () => {
    const { objects, form, admit, expireAfter } = start();
    objects.observe(at("old", "5"));
    admit("new");
    expireAfter(SHOWN_MS - 1);
    expect(form()).toBe("new");
    expireAfter(1);
    expect(form()).toBe("old");
  });

  describe("is waited for", () => {
    beforeEach(() => {
      vi.useFakeTimers();
    });
    afterEach(() => {
      vi.useRealTimers();
    });
    const isDone = async (promise: Promise<void> | undefined): Promise<boolean> => {
      let done = false;
      void promise?.then(() => {
        done = true;
      });
      await vi.advanceTimersByTimeAsync(0);
      return done;
    };

    it("where there is something", () => {
      const one = start();
      expect(one.objects.shown()).toBeUndefined();
      one.admit("new");
      expect(one.objects.shown()).toBeUndefined();
      admitPolicy(one);
      expect(one.objects.shown()).toBeInstanceOf(Promise);
    });

    it("until the last of it is seen", async () => {
      const one = start();
      one.objects.observe(at("old", "5"));
      one.admit("new", "5");
      admitPolicy(one);
      const shown = one.objects.shown();
      one.objects.observe(policyAt("9"));
      expect(await isDone(shown)).toBe(false);
      one.objects.observe(at("new", "10"));
      expect(await isDone(shown)).toBe(true);
      expect(vi.getTimerCount()).toBe(0);
    });

    it("for as long as the watch needs at most", async () => {
      const one = start();
      admitPolicy(one);
      const shown = one.objects.shown();
      await vi.advanceTimersByTimeAsync(SHOWN_MS - 1);
      expect(await isDone(shown)).toBe(false);
      await vi.advanceTimersByTimeAsync(1);
      expect(await isDone(shown)).toBe(true);
    });

    it("not at all once that time is over", () => {
      const one = start();
      admitPolicy(one);
      one.expireAfter(SHOWN_MS);
      expect(one.objects.shown()).toBeUndefined();
      expect(one.objects.inDoubt).toBe(true);
    });
  });
});

describe("a list", () => {
  it("is all there is", async () => {
    const { objects, list, form } = start();
    objects.observe(at("a", "1", "gone"));
    objects.observe(at("a", "1", "stays"));
    await list([at("b", "5", "stays"), at("b", "5", "new")]);
    expect(["gone", "stays", "new"].map((name) => form(name))).toEqual([undefined, "b", "b"]);
  });

  it("leaves alone what has the version that was seen last, and takes it anew after it was gone", async () => {
    const { objects, list, form, forget } = start();
    objects.observe(at("seen", "5"));
    await list([at("not looked at", "5")]);
    expect(form()).toBe("seen");
    forget();
    objects.observe(at("anew", "5"));
    expect(form()).toBe("anew");
  });

  it("takes everything of a server that gives no versions", async () => {
    const { objects, list, form } = start();
    objects.observe(at("a", ""));
    await list([at("b", "")]);
    expect(form()).toBe("b");
  });

  it("says nothing of other kinds", async () => {
    const { objects, form } = start();
    objects.observe(at("a", "1"));
    await objects.replace("NetworkPolicy", "policy", [], "5");
    expect(form()).toBe("a");
  });

  it("keeps what was admitted and is not in it yet", async () => {
    const { list, form, admit, expireAfter } = start();
    admit("new");
    await list([]);
    expect(form()).toBe("new");
    expireAfter(PENDING_MS);
    expect(form()).toBeUndefined();
  });

  it("that is older than an admitted update does not take it back", async () => {
    const { objects, list, form, admit } = start();
    objects.observe(at("old", "5"));
    admit("new", "5");
    await list([at("old", "5")]);
    expect(form()).toBe("new");
  });

  it("that lacks what an admitted update was of takes it out", async () => {
    const { objects, list, form, admit } = start();
    objects.observe(at("old", "5"));
    admit("new", "5");
    await list([]);
    expect(form()).toBeUndefined();
  });

  it("that lacks what was deleted ends the deletion", async () => {
    const { objects, list, form, admit, expireAfter } = start();
    objects.observe(at("old", "5"));
    admit(undefined, "5");
    await list([]);
    expect(objects.pendingCount).toBe(0);
    expireAfter(PENDING_MS);
    expect(form()).toBeUndefined();
  });

  it("takes what a creation over an old name left behind", async () => {
    const { objects, list, form, admit, forget, expireAfter } = start();
    objects.observe(at("old", "1"));
    admit("new");
    forget();
    expireAfter(PENDING_MS);
    await list([]);
    expect(form()).toBeUndefined();
  });

  it("lets others run while it is taken over", async () => {
    const { list } = start();
    let turns = 0;
    const count = (): void => {
      turns++;
      if (turns < 1000) setImmediate(count);
    };
    setImmediate(count);
    await list(Array.from({ length: 50_000 }, (_, index) => at("a", "1", `p${index}`)));
    expect(turns).toBeGreaterThan(5);
  });
});
