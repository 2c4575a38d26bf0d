import type { PolicyEnforcement } from "./enforcement.ts";
import type { Mode } from "./verdict.ts";

/** One entry of the registration. */
export interface EntryStatus {
  readonly name: string;
  /** What happens without an answer. */
  readonly failurePolicy: string;
  /** Where the answer is asked for: a Service or a URL. */
  readonly calls: string;
  /** Whether it says who signed the guard's certificate: without, no call succeeds. */
  readonly hasCa: boolean;
  /** Whether the guard is asked where it refuses nothing. */
  readonly refusesNothing: boolean;
  /** How it differs from what is shipped, an emergency aside; one line each. */
  readonly differences: readonly string[];
}

/** What the cluster sends to the guard. */
export interface RegistrationStatus {
  readonly entries: readonly EntryStatus[];
  /** Names of shipped entries that are not there. */
  readonly missing: readonly string[];
  /** Entries that refuse nothing; `since` (ISO 8601) where that is noted. */
  readonly emergency: { readonly since: string | undefined; readonly entries: readonly string[] } | undefined;
}

/** A namespace in which not everything is judged, or not as elsewhere. */
export interface NamespaceStatus {
  readonly name: string;
  /** What is done about findings there: "exempt" where nothing is judged, undefined where it is as elsewhere. */
  readonly mode: Mode | "exempt" | undefined;
  /** Why, one line each: which field of what. */
  readonly reasons: readonly string[];
}

/** An exception of the configuration. */
export interface ExceptionStatus {
  readonly rule: string;
  readonly reason: string;
  readonly owner: string;
  /** The last day, YYYY-MM-DD. */
  readonly expires: string;
  /** Days until it ends, the running one included; 0 once it has ended. */
  readonly daysLeft: number;
}

/** What the configuration says, as far as it could be read. */
export interface ConfigurationStatus {
  /** A file, or an object of the cluster. */
  readonly source: string;
  /** Why it would not load; undefined if it would. */
  readonly fault: string | undefined;
  readonly mode: Mode | undefined;
  readonly rules: readonly { readonly name: string; readonly type: string; readonly mode: Mode }[];
  readonly exceptions: readonly ExceptionStatus[];
  /** What it asks for and this version does not do. */
  readonly notes: readonly string[];
}

/** What is enforced where in a cluster, and why. */
export interface GuardStatus {
  /** URL of the API server. */
  readonly server: string;
  /** Undefined: there is none, so nothing is sent to the guard. */
  readonly registration: RegistrationStatus | undefined;
  readonly configuration: ConfigurationStatus;
  /** Those that differ, by name. */
  readonly namespaces: readonly NamespaceStatus[];
  readonly network: PolicyEnforcement;
}
