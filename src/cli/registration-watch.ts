import type { Logger } from "pino";
import { registrationDrift, type RegistrationDrift } from "../admission/registration-drift.ts";
import type { Registration } from "../admission/registration.ts";
import type { ClusterApi } from "../cluster/cluster-api.ts";
import { followRegistration } from "../cluster/registration-watch.ts";
import { shippedRegistration } from "../cluster/shipped-registration.ts";
import { GuardError } from "../model/errors.ts";

/** What the registration lacks, as it was when it was last looked at. */
export interface SeenDrift extends RegistrationDrift {
  /** Milliseconds since 1970. */
  readonly seenAt: number;
}

/** A registration that is watched over. */
export interface WatchedRegistration {
  /** Undefined before the first look. */
  readonly drift: () => SeenDrift | undefined;
  readonly stop: () => void;
}

const readShipped = async (log: Logger): Promise<Registration | undefined> => {
  try {
    return await shippedRegistration();
  } catch (cause) {
    if (!(cause instanceof GuardError)) throw cause;
    log.warn({ cause: cause.message }, "registration not watched over");
    return undefined;
  }
};

/**
 * Looks again and again whether the registration is as shipped, and logs when that changes. Where nothing is shipped with
 * the program to compare it with, it says so and looks at nothing: requests are judged all the same.
 */
export const watchRegistration = async (api: ClusterApi, log: Logger): Promise<WatchedRegistration> => {
  const shipped = await readShipped(log);
  if (shipped === undefined) return { drift: () => undefined, stop: () => undefined };
  let seen: SeenDrift | undefined;
  let said = "";
  let failure = "";
  const stop = followRegistration(api, {
    found: (registration) => {
      const drift = registrationDrift(registration, shipped);
      seen = { ...drift, seenAt: Date.now() };
      failure = "";
      const outline = JSON.stringify(drift);
      if (outline === said) return;
      said = outline;
      const { entries, ...lacking } = drift;
      const isWhole = Object.values(lacking).every((count) => count === 0);
      log[isWhole ? "info" : "warn"]({ entries, ...lacking }, "registration");
    },
    failed: ({ message }) => {
      if (message === failure) return;
      failure = message;
      log.warn({ cause: message }, "registration not read");
    },
  });
  return { drift: () => seen, stop };
};
