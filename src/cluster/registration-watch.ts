import type { V1ValidatingWebhookConfiguration } from "@kubernetes/client-node";
import { GuardError } from "../model/errors.ts";
import type { ClusterApi } from "./cluster-api.ts";
import { readRegistration } from "./registration.ts";

/** Whoever weakens it has requests pass at once: an alert needs no more, and a cluster at rest is left alone. */
const LOOK_EVERY_MS = 20_000;

/** Told what each look at the registration found. */
export interface RegistrationFollower {
  /** Undefined: there is none. */
  readonly found: (registration: V1ValidatingWebhookConfiguration | undefined) => void;
  readonly failed: (error: GuardError) => void;
}

/** Looks at the registration now and again and again; returns what ends it. */
export const followRegistration = (
  api: ClusterApi,
  { found, failed }: RegistrationFollower,
  lookEveryMs = LOOK_EVERY_MS,
): (() => void) => {
  let isStopped = false;
  let timer: NodeJS.Timeout | undefined;
  const look = async (): Promise<void> => {
    try {
      const registration = await readRegistration(api);
      if (!isStopped) found(registration);
    } catch (cause) {
      if (!(cause instanceof GuardError)) throw cause;
      if (!isStopped) failed(cause);
    }
  };
  const lookOn = (): void => {
    void look().finally(() => {
      if (!isStopped) timer = setTimeout(lookOn, lookEveryMs);
    });
  };
  lookOn();
  return () => {
    isStopped = true;
    clearTimeout(timer);
  };
};
