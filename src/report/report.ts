import type { Finding, Mode } from "../guard/verdict.ts";
import type { ObjectRef } from "../model/objects.ts";

/** A position in a file. */
export interface FindingPlace {
  /** As the user named it, or `-` for standard input. */
  readonly file: string;
  /** 1-based. */
  readonly line: number;
  /** 1-based, in UTF-16 code units. */
  readonly column: number;
}

/** A finding with what it is about and where that is written. */
export interface LocatedFinding extends Finding {
  readonly object: ObjectRef;
  /** Of the offending field, or of its object; undefined for what comes from a cluster. */
  readonly place: FindingPlace | undefined;
  /** How strictly its rule is applied to this object. */
  readonly mode: Exclude<Mode, "off">;
}

/** A rule that was judged by, whether it found something or not. */
export interface ReportedRule {
  /** `type/name`, the `code` of its findings. */
  readonly code: string;
  readonly type: string;
  /** Its page: a path in this project, or an absolute URL. */
  readonly docs: string;
}

/** What has to be done to one object. */
export interface OrderedStep {
  readonly operation: "CREATE" | "UPDATE" | "DELETE";
  readonly object: ObjectRef;
}

/** An order in which a cluster would admit all of it, one after another; or why there is none. */
export type AdmissionOrder =
  | { readonly kind: "found"; readonly steps: readonly OrderedStep[] }
  | { readonly kind: "none"; readonly reason: string };

/** An exception of the configuration that was in force. */
export interface ReportedException {
  /** The name of the rule. */
  readonly rule: string;
  readonly reason: string;
  readonly owner: string;
  /** The last day on which it holds, as `2027-01-31`. */
  readonly expires: string;
  readonly daysLeft: number;
}

/** What the findings rest on, so that a report can be filed. */
export interface Evidence {
  /** When it was judged: UTC, ISO 8601. */
  readonly time: string;
  /** SHA-256 of the configuration's text, in hexadecimal. */
  readonly configurationHash: string;
  /** How many objects were judged. */
  readonly objects: number;
  /** By kind of object, how far a cluster had come when it was read; none for files. */
  readonly resourceVersions: readonly { readonly kind: string; readonly resourceVersion: string }[];
  /** What could not be judged, and why: a sentence each. */
  readonly notJudged: readonly string[];
  readonly exceptions: readonly ReportedException[];
}

/** What `check` and `scan` found out: the one thing that every output format is made from. */
export interface Report {
  readonly tool: { readonly name: string; readonly version: string };
  readonly rules: readonly ReportedRule[];
  readonly findings: readonly LocatedFinding[];
  /** Undefined where nobody asked for one. */
  readonly order: AdmissionOrder | undefined;
  readonly evidence: Evidence;
}
