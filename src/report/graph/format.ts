import type { ObjectRef } from "../../model/objects.ts";
import type { WorkloadGraph } from "../../model/workload-graph.ts";

/** Where something was written. */
export interface WrittenAt {
  readonly file: string;
  /** 1-based. */
  readonly line: number;
}

/** Where a JSON path of an object was written, as exactly as that is known; undefined if it is not known at all. */
export type PlaceOf = (ref: ObjectRef, path: string) => WrittenAt | undefined;

/** A graph of workloads as text, in pieces: all of a large one may be too long for one string. */
export type GraphFormat = (graph: WorkloadGraph, placeOf: PlaceOf) => Iterable<string> | AsyncIterable<string>;
