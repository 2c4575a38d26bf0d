import { describe, expect, it } from "vitest";
import { WatchedObjects, type VersionedObject } from "../../../src/cluster/watched-objects.ts";
import { decodeManifest } from "../../../src/dialects/index.ts";
import { ClusterIndex } from "../../../src/engine/cluster-index.ts";
import type { ClusterObject } from "../../../src/model/cluster-object.ts";

const REF = { kind: "Pod", namespace: "shop", name: "web" };

const podOf = (form: string): ClusterObject => {
  const object = decodeManifest({ apiVersion: "v1", kind: "Pod", metadata: { ...REF, labels: { form } } });
  if (object === undefined) throw new Error("expected a pod");
  return object;
};

const at = (form: string, resourceVersion: string): VersionedObject => ({ object: podOf(form), resourceVersion });

const start = () => {
  const index = new ClusterIndex();
  const objects = new WatchedObjects(index);
  return {
    objects,
    form: () => index.endpoint(REF)?.labels.get("form"),
    /** A read of the pod alone found it in this form, or not at all, when its collection was at `resourceVersion`. */
    read: (found: VersionedObject | undefined, resourceVersion: string) => {
      objects.read({ ref: REF, type: "endpoint", found, resourceVersion });
    },
    watch: (item: VersionedObject) => {
      objects.observe(item);
      objects.reach("Pod", item.resourceVersion);
    },
    watchGone: (resourceVersion: string) => {
      objects.forget(REF, "endpoint", resourceVersion);
      objects.reach("Pod", resourceVersion);
    },
    bookmark: (resourceVersion: string) => {
      objects.reach("Pod", resourceVersion);
    },
    list: (items: readonly VersionedObject[], resourceVersion: string) =>
      objects.replace("Pod", "endpoint", items, resourceVersion),
    admit: (form: string | undefined, replaces?: string) => {
      objects.admit(REF, "endpoint", form === undefined ? undefined : podOf(form), replaces);
    },
    stamp: () => objects.stamp(REF),
  };
};

describe("an object that was read alone", () => {
  it("counts at once, and what the watch shows of before does not bring it back", () => {
    const { form, read, watch } = start();
    watch(at("a", "5"));
    read(at("c", "8"), "9");
    expect(form()).toBe("c");
    watch(at("b", "7"));
    expect(form()).toBe("c");
    watch(at("c", "8"));
    expect(form()).toBe("c");
    watch(at("d", "10"));
    expect(form()).toBe("d");
  });

  it("and is not there is gone, whatever the watch shows of before", () => {
    const { form, read, watch, watchGone } = start();
    watch(at("a", "5"));
    read(undefined, "9");
    expect(form()).toBeUndefined();
    watch(at("b", "7"));
    expect(form()).toBeUndefined();
    watchGone("8");
    expect(form()).toBeUndefined();
  });

  it("and is not there comes when it is made anew", () => {
    const { form, read, watch } = start();
    watch(at("a", "5"));
    read(undefined, "9");
    watch(at("made anew", "10"));
    expect(form()).toBe("made anew");
  });

  it("is not taken out by the end of one that had its name before", () => {
    const { form, read, watch, watchGone } = start();
    watch(at("a", "5"));
    read(at("made anew", "8"), "9");
    watchGone("7");
    expect(form()).toBe("made anew");
    watchGone("10");
    expect(form()).toBeUndefined();
  });

  it("does not flicker: it was made and went before it was read", () => {
    const { form, read, watch, watchGone } = start();
    read(undefined, "9");
    watch(at("short-lived", "7"));
    expect(form()).toBeUndefined();
    watchGone("8");
    expect(form()).toBeUndefined();
  });

  it("says nothing new when the watch had come further", () => {
    const { form, read, watch, bookmark } = start();
    watch(at("a", "5"));
    watch(at("b", "8"));
    read(at("a", "5"), "7");
    expect(form()).toBe("b");
    bookmark("12");
    read(undefined, "11");
    expect(form()).toBe("b");
  });

  it("says nothing new when a later read has come before it", () => {
    const { form, read } = start();
    read(at("b", "8"), "9");
    read(at("a", "5"), "7");
    expect(form()).toBe("b");
    read(undefined, "8");
    expect(form()).toBe("b");
  });

  it("is left to the watch once that has come as far", () => {
    const { form, read, watch, bookmark } = start();
    read(at("a", "8"), "9");
    bookmark("9");
    watch(at("b", "10"));
    expect(form()).toBe("b");
  });

  it("is taken over from a server whose versions cannot be compared", () => {
    const { form, read, watch } = start();
    watch(at("a", "x"));
    read(at("b", "y"), "z");
    expect(form()).toBe("b");
    watch(at("c", "v"));
    expect(form()).toBe("c");
  });
});

describe("two watches of the same", () => {
  it("bring nothing twice: what one has shown is old to the other", () => {
    const { form, watch, watchGone } = start();
    watch(at("a", "5"));
    watch(at("b", "6"));
    watchGone("7");
    watch(at("a", "5"));
    expect(form()).toBeUndefined();
    watch(at("b", "6"));
    expect(form()).toBeUndefined();
  });

  it("have come as far as the one that has come further", () => {
    const { objects, bookmark } = start();
    expect(objects.reached("Pod")).toBeUndefined();
    expect(objects.hasReached("Pod", "1")).toBe(false);
    bookmark("9");
    bookmark("8");
    expect(objects.reached("Pod")).toBe("9");
    expect(["9", "10"].map((version) => objects.hasReached("Pod", version))).toEqual([true, false]);
    expect(objects.hasReached("Namespace", "1")).toBe(false);
  });
});

describe("a list", () => {
  it("that is older than a single read leaves alone what was read", async () => {
    const { form, read, list } = start();
    read(at("b", "8"), "9");
    await list([at("a", "5")], "7");
    expect(form()).toBe("b");
    await list([], "7");
    expect(form()).toBe("b");
  });

  it("that is older than a single read does not bring back what was gone", async () => {
    const { form, read, list } = start();
    read(undefined, "9");
    await list([at("a", "5")], "7");
    expect(form()).toBeUndefined();
  });

  it("that is newer than a single read is what counts", async () => {
    const { form, read, list } = start();
    read(at("a", "5"), "6");
    await list([at("b", "8")], "9");
    expect(form()).toBe("b");
    read(undefined, "10");
    await list([at("c", "11")], "12");
    expect(form()).toBe("c");
    read(at("d", "13"), "14");
    await list([], "15");
    expect(form()).toBeUndefined();
  });

  it("that is older than what the watch has shown is of an etcd restored from a backup: nothing else counts", async () => {
    const { form, read, watch, list } = start();
    watch(at("lost", "50"));
    read(at("lost too", "60"), "61");
    await list([at("restored", "20")], "30");
    expect(form()).toBe("restored");
    watch(at("after that", "31"));
    expect(form()).toBe("after that");
  });

  it("of a restored etcd is taken over even where it has a version that was seen", async () => {
    const { form, watch, list, bookmark } = start();
    watch(at("lost", "20"));
    bookmark("50");
    await list([at("restored", "20")], "30");
    expect(form()).toBe("restored");
  });

  it("of a restored etcd that has gone further than before counts too", async () => {
    const { form, watch, list } = start();
    watch(at("lost", "20"));
    await list([at("restored", "10")], "30");
    expect(form()).toBe("restored");
  });
});

describe("an admitted write and a single read", () => {
  it("are the write, where the read shows what it replaces", () => {
    const { form, read, watch, admit, objects } = start();
    watch(at("old", "5"));
    admit("new", "5");
    read(at("old", "5"), "9");
    expect(form()).toBe("new");
    expect(objects.pendingCount).toBe(1);
  });

  it("are the read, where it shows something later", () => {
    const { form, read, watch, admit, objects } = start();
    watch(at("old", "5"));
    admit("new", "5");
    read(at("stored", "8"), "9");
    expect(form()).toBe("stored");
    expect(objects.pendingCount).toBe(0);
    watch(at("between", "7"));
    expect(form()).toBe("stored");
  });

  it("are a creation that is still to come, where nothing is there yet", () => {
    const { form, read, admit } = start();
    admit("new");
    read(undefined, "9");
    expect(form()).toBe("new");
  });

  it("are nothing, where an update finds its object gone", () => {
    const { form, read, watch, admit } = start();
    watch(at("old", "5"));
    admit("new", "5");
    read(undefined, "9");
    expect(form()).toBeUndefined();
  });
});

describe("the stamp of an object", () => {
  it("stays the same while nothing new is known of it", () => {
    const { stamp, read, watch, bookmark } = start();
    const none = stamp();
    read(undefined, "3");
    expect(stamp()).toBe(none);
    watch(at("a", "5"));
    const before = stamp();
    read(at("a", "5"), "9");
    bookmark("10");
    watch(at("a", "5"));
    expect(stamp()).toBe(before);
  });

  it("stays the same while nothing new is known of an admitted write", () => {
    const { stamp, read, watch, admit } = start();
    watch(at("a", "5"));
    admit("b", "5");
    const before = stamp();
    read(at("a", "5"), "9");
    expect(stamp()).toBe(before);
  });

  it("changes with all that does", () => {
    const { stamp, read, watch, watchGone, admit } = start();
    const stamps: unknown[] = [];
    const then = (change: () => void): void => {
      stamps.push(stamp());
      change();
      expect(stamp()).not.toBe(stamps.at(-1));
    };
    then(() => {
      watch(at("a", "5"));
    });
    then(() => {
      read(at("b", "7"), "8");
    });
    then(() => {
      admit("c", "7");
    });
    then(() => {
      read(at("c", "9"), "9");
    });
    then(() => {
      watchGone("10");
    });
    then(() => {
      admit("d");
    });
    then(() => {
      read(at("d", "12"), "12");
    });
    then(() => {
      read(undefined, "13");
    });
  });
});

describe("an object that cannot be understood", () => {
  const misread = (resourceVersion: string) => ({ ref: REF, resourceVersion, problem: "spec: expected sense" });

  it("is named for as long as it is there", () => {
    const { objects, watch, watchGone } = start();
    expect(objects.misread).toBeUndefined();
    objects.observe(misread("5"));
    expect(objects.misread).toBe("Pod shop/web: spec: expected sense");
    watch(at("understood", "6"));
    expect(objects.misread).toBeUndefined();
    objects.observe(misread("7"));
    expect(objects.misread).toBeDefined();
    watchGone("8");
    expect(objects.misread).toBeUndefined();
  });

  it("is held as it was understood before", () => {
    const { objects, form, watch } = start();
    watch(at("understood", "5"));
    objects.observe(misread("6"));
    expect(form()).toBe("understood");
  });

  it("is named when a list or a single read finds it, and goes with a list that lacks it", async () => {
    const { objects, read, list } = start();
    await objects.replace("Pod", "endpoint", [misread("5")], "6");
    expect(objects.misread).toBeDefined();
    await list([], "7");
    expect(objects.misread).toBeUndefined();
    objects.read({ ref: REF, type: "endpoint", found: misread("8"), resourceVersion: "9" });
    expect(objects.misread).toBeDefined();
    read(undefined, "10");
    expect(objects.misread).toBeUndefined();
  });
});
