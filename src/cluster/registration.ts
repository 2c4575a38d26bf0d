import type { V1ValidatingWebhookConfiguration } from "@kubernetes/client-node";
import { REGISTRATION } from "../guard/installation.ts";
import { GuardError } from "../model/errors.ts";
import { ask, type ClusterApi } from "./cluster-api.ts";
import { ApiError } from "./watch/errors.ts";

/** Steps of a JSON patch. */
interface Plan {
  readonly steps: readonly object[];
}

/** Others (whoever renews the CA, GitOps) may change it in between, hardly more than once or twice. */
const MOST_ATTEMPTS = 5;

const NAME = `ValidatingWebhookConfiguration ${REGISTRATION}`;

/** The guard's registration; undefined if there is none. Throws GuardError. */
export const readRegistration = async ({
  registrations,
}: ClusterApi): Promise<V1ValidatingWebhookConfiguration | undefined> => {
  try {
    return await ask(`read ${NAME}`, registrations.readValidatingWebhookConfiguration({ name: REGISTRATION }));
  } catch (cause) {
    if (cause instanceof ApiError && cause.code === 404) return undefined;
    throw cause;
  }
};

/** A test of the patch failed, or the object changed under it. */
const isOvertaken = (error: unknown): boolean => error instanceof ApiError && [409, 422].includes(error.code);

/** Patches the registration by a plan that is made of what it is; made anew when another change comes in between. */
export const changeRegistration = async <P extends Plan>(
  api: ClusterApi,
  plan: (registration: V1ValidatingWebhookConfiguration) => P,
): Promise<P> => {
  for (let attempt = 1; ; attempt++) {
    const registration = await readRegistration(api);
    if (registration === undefined)
      throw new GuardError(`${api.server}: expected a ${NAME}, found none: the guard is asked nothing there`);
    const planned = plan(registration);
    if (planned.steps.length === 0) return planned;
    try {
      await ask(
        `patch ${NAME}`,
        api.registrations.patchValidatingWebhookConfiguration({ name: REGISTRATION, body: planned.steps }),
      );
      return planned;
    } catch (cause) {
      if (attempt === MOST_ATTEMPTS || !isOvertaken(cause)) throw cause;
    }
  }
};
