import type { Logger } from "pino";
import { registrationDrift, type RegistrationDrift } from "../admission/registration-drift.ts";
import type { ClusterApi } from "../cluster/cluster-api.ts";
import { followRegistration } from "../cluster/registration-watch.ts";
import { shippedRegistration } from "../cluster/shipped-registration.ts";

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

/** Looks again and again whether the registration is as shipped, and logs when that changes. Throws GuardError. */
export const watchRegistration = async (api: ClusterApi, log: Logger): Promise<WatchedRegistration> => {
  const shipped = await shippedRegistration();
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
