import { readFile } from "node:fs/promises";
import { parse } from "yaml";
import type { ControlPlane } from "../control-plane/start.ts";
import { until } from "../control-plane/until.ts";
import type { GuardProcess } from "./guard-process.ts";
import { isInstalled } from "./installed-guard.ts";
import { succeed, warningsOf } from "./kubectl.ts";
import { pod } from "./objects.ts";
import { DEVELOPMENT_CA, REGISTRATION } from "./shipped.ts";

/** The API server follows registrations by a watch of its own: milliseconds. */
const EFFECTIVE_MS = 30_000;

interface Webhook {
  readonly clientConfig: { readonly service: { readonly path: string } };
}

/** A registration as it is shipped, with the address of `guard`, unless it is installed, in place of the Service, and the CA beside it. */
export const registrationFor = async (guard: Pick<GuardProcess, "url">, shipped: unknown): Promise<object> => {
  const registration = shipped as { readonly webhooks: readonly Webhook[] };
  const caBundle = (await readFile(DEVELOPMENT_CA)).toString("base64");
  const webhooks = registration.webhooks.map(({ clientConfig: { service, ...others }, ...webhook }) => ({
    ...webhook,
    clientConfig: {
      ...others,
      ...(isInstalled(process.env) ? { service } : { url: `${guard.url}${service.path}` }),
      caBundle,
    },
  }));
  return { ...registration, webhooks };
};

/** Whether a guard answers: the namespace `default` has no default-deny, so a dry run of a pod there brings a warning. */
const answers = async (plane: ControlPlane): Promise<boolean> => {
  const probe = JSON.stringify(pod("default", "probe"));
  const result = await succeed(plane, ["create", "--dry-run=server", "-f", "-"], probe);
  return warningsOf(result).some((warning) => warning.startsWith("[require-default-deny/"));
};

/** Registers a guard whose rules ask for a default-deny, in place of another, and waits until it is asked. */
export const register = async (plane: ControlPlane, guard: Pick<GuardProcess, "url" | "stderr">): Promise<void> => {
  const shipped: unknown = parse(await readFile(REGISTRATION, "utf8"));
  await succeed(plane, ["apply", "-f", "-"], JSON.stringify(await registrationFor(guard, shipped)));
  const effective = await until(() => answers(plane), EFFECTIVE_MS);
  if (!effective) throw new Error(`Expected the registration to take effect; the guard says:\n${guard.stderr()}`);
};
