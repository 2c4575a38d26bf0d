import type { ClusterObject } from "../model/cluster-object.ts";
import type { Mapping } from "./manifest.ts";

/** A kind of manifest that a dialect understands. */
export interface DecodableKind {
  readonly group: string;
  readonly version: string;
  readonly kind: string;
  /** Plural name in API paths. */
  readonly resource: string;
  /** What it compiles to. */
  readonly type: ClusterObject["type"];
  /** The kind of workload that makes objects of this kind, where one does. */
  readonly madeBy?: string;
  /** Compiles one manifest; throws DecodeError with the path of what is wrong. */
  readonly decode: (manifest: Mapping) => ClusterObject;
}

/** A policy language, or the core objects that they all speak of. */
export interface Dialect {
  readonly name: string;
  readonly kinds: readonly DecodableKind[];
}
