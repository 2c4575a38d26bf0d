import type { PolicyEnforcement } from "../guard/enforcement.ts";
import type { GuardSettings } from "../guard/settings.ts";
import type { UnsupportedLanguage } from "../guard/unsupported.ts";

/** How a cluster is followed: seconds, and numbers. */
export interface CacheSource {
  readonly lagSeconds: number;
  readonly eventAgeSeconds: number;
  readonly pendingWrites: number;
  readonly confirmations: { readonly same: number; readonly changed: number; readonly failed: number };
}

/** What is in force of the configuration. */
export interface ConfigurationSource {
  readonly settings: GuardSettings;
  /** SHA-256 of its text, hexadecimal. */
  readonly digest: string;
  /** When it was taken over, milliseconds since 1970. */
  readonly takenAt: number;
  /** Whether the file holds it still: not where it holds one that was refused. */
  readonly isCurrent: boolean;
}

/** What the registration lacks of the shipped one, in numbers of entries. */
export interface RegistrationSource {
  readonly entries: number;
  readonly missing: number;
  readonly changed: number;
  readonly failOpen: number;
  readonly withoutCa: number;
  readonly refusingNothing: number;
  /** When it was looked at, milliseconds since 1970. */
  readonly seenAt: number;
}

/** What became of Events on offenders, since the start. */
export interface EventsSource {
  readonly sent: number;
  readonly dropped: number;
  readonly failed: number;
}

/** What a guard of a cluster has, and one of manifests has not. */
export interface ClusterSources {
  readonly cache: () => CacheSource;
  readonly enforcement: () => PolicyEnforcement;
  /** Undefined before the first look. */
  readonly registration: () => RegistrationSource | undefined;
  readonly events: () => EventsSource;
}

/** What is asked when metrics are read. All of it is at hand: nothing waits, and nothing throws. */
export interface MetricSources {
  readonly notReady: () => string | undefined;
  readonly load: { readonly requests: number; readonly bytes: number };
  /** When the certificate that is served ends, milliseconds since 1970. */
  readonly certificateEnds: () => number;
  readonly configuration: () => ConfigurationSource;
  readonly unsupported: () => readonly UnsupportedLanguage[];
  readonly cluster: ClusterSources | undefined;
}
