import { WatchedObjects, type VersionedObject } from "../../src/cluster/watched-objects.ts";
import { decodeManifest } from "../../src/dialects/index.ts";
import { ClusterIndex } from "../../src/engine/cluster-index.ts";
import type { ObjectRef } from "../../src/model/objects.ts";

/** Names of pods: few, so that they come and go under the same ones. */
export const NAMES = ["a", "b", "c"] as const;
type Name = (typeof NAMES)[number];

interface Write {
  /** Undefined: of something else, of which a watch of pods tells by a bookmark at most. */
  readonly name: Name | undefined;
  /** The version that made this form; undefined for a deletion. */
  readonly form: number | undefined;
}

/** A stream of events, which has told all up to `at`. */
interface Stream {
  at: number;
}

interface Read {
  readonly name: Name;
  readonly at: number;
}

const refOf = (name: Name): ObjectRef => ({ kind: "Pod", namespace: "shop", name });

const itemOf = (name: Name, form: number): VersionedObject => {
  const object = decodeManifest({
    apiVersion: "v1",
    kind: "Pod",
    metadata: { ...refOf(name), labels: { form: String(form) } },
  });
  if (object === undefined) throw new Error("expected a pod");
  return { object, resourceVersion: String(form) };
};

/** Pods of a cluster, of which a watch, a second one, lists and single reads tell, each late in its own way. */
export class ToldCluster {
  readonly index = new ClusterIndex();
  readonly objects: WatchedObjects;
  /** The n-th write made version n + 1. */
  readonly #writes: Write[] = [];
  readonly #watch: Stream = { at: 0 };
  #second: Stream | undefined;
  #list: number | undefined;
  readonly #reads: Read[] = [];
  /** The version up to which each pod has been told of. */
  readonly #told = new Map<Name, number>(NAMES.map((name) => [name, 0]));

  constructor(now: () => number) {
    this.objects = new WatchedObjects(this.index, now);
  }

  get version(): number {
    return this.#writes.length;
  }

  put(name: Name): void {
    this.#writes.push({ name, form: this.version + 1 });
  }

  delete(name: Name): void {
    if (this.formAt(name, this.version) !== undefined) this.#writes.push({ name, form: undefined });
  }

  /** Something else in the cluster is written. */
  other(): void {
    this.#writes.push({ name: undefined, form: undefined });
  }

  /** The form of a pod at a version: the version that made it. */
  formAt(name: Name, version: number): number | undefined {
    return this.#writes.slice(0, version).findLast((write) => write.name === name)?.form;
  }

  /** The form that should be held of a pod: the last that anybody told of. */
  toldOf(name: Name): number | undefined {
    return this.formAt(name, this.#told.get(name) ?? 0);
  }

  held(name: Name): number | undefined {
    const form = this.index.endpoint(refOf(name))?.labels.get("form");
    return form === undefined ? undefined : Number(form);
  }

  /** The watch shows the next change, if no list is under way. */
  watch(): void {
    if (this.#list === undefined) this.#show(this.#watch);
  }

  /** The watch shows all that is left, if no list is under way. */
  catchUp(): void {
    if (this.#list === undefined) this.#showAll(this.#watch);
  }

  /** A second look begins where everything is known, or shows the next change. */
  second(): void {
    if (this.#list !== undefined) return;
    if (this.#second === undefined) this.#second = { at: Number(this.objects.reached("Pod") ?? 0) };
    else this.#show(this.#second);
  }

  endSecond(): void {
    if (this.#second !== undefined) this.#showAll(this.#second);
    this.#second = undefined;
  }

  /** A list is asked for, which ends a second look; or it is there, and the watch begins anew from it. */
  async list(): Promise<void> {
    const at = this.#list;
    if (at === undefined) {
      this.#list = this.version;
      this.#second = undefined;
      return;
    }
    const items = NAMES.flatMap((name) => {
      const form = this.formAt(name, at);
      return form === undefined ? [] : [itemOf(name, form)];
    });
    await this.objects.replace("Pod", "endpoint", items, String(at));
    this.#list = undefined;
    this.#watch.at = at;
    for (const name of NAMES) this.#tell(name, at);
  }

  /** A pod is read alone: its answer is on its way. */
  ask(name: Name): void {
    this.#reads.push({ name, at: this.version });
  }

  /** One of the answers has arrived. */
  answer(which: number): void {
    const [read] = this.#reads.splice(which % Math.max(1, this.#reads.length), 1);
    if (read === undefined) return;
    const { name, at } = read;
    const form = this.formAt(name, at);
    const found = form === undefined ? undefined : itemOf(name, form);
    this.objects.read({ ref: refOf(name), type: "endpoint", found, resourceVersion: String(at) });
    this.#tell(name, at);
  }

  /** A change is admitted: a new form, or an update of what is there. It is not stored by that. */
  admit(name: Name): void {
    const replaces = this.formAt(name, this.version);
    const { object } = itemOf(name, this.version + 1);
    this.objects.admit(refOf(name), "endpoint", object, replaces === undefined ? undefined : String(replaces));
  }

  #showAll(stream: Stream): void {
    while (stream.at < this.version) this.#show(stream);
  }

  #show(stream: Stream): void {
    const write = this.#writes[stream.at];
    if (write === undefined) return;
    stream.at += 1;
    const version = String(stream.at);
    if (write.name !== undefined && write.form !== undefined) this.objects.observe(itemOf(write.name, write.form));
    else if (write.name !== undefined) this.objects.forget(refOf(write.name), "endpoint", version);
    this.objects.reach("Pod", version);
    for (const name of NAMES) this.#tell(name, stream.at);
  }

  #tell(name: Name, version: number): void {
    this.#told.set(name, Math.max(version, this.#told.get(name) ?? 0));
  }
}
