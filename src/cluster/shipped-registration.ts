import { readFile } from "node:fs/promises";
import { fileURLToPath } from "node:url";
import { loadYaml, type V1ValidatingWebhookConfiguration } from "@kubernetes/client-node";
import { GuardError } from "../model/errors.ts";

/** Beside the sources, and in the image beside what they are compiled to. */
const FILE = fileURLToPath(new URL("../../manifests/base/validating-webhook-configuration.yaml", import.meta.url));

/** The registration as this version ships it. Throws GuardError. */
export const shippedRegistration = async (): Promise<V1ValidatingWebhookConfiguration> => {
  try {
    return loadYaml<V1ValidatingWebhookConfiguration>(await readFile(FILE, "utf8"));
  } catch (cause) {
    throw new GuardError(`${FILE}: expected the registration that is shipped, found none that can be read`, { cause });
  }
};
