import type { ObjectRef } from "../model/objects.ts";

/** The namespace that the guard runs in; manifests/base has the same names. */
export const GUARD_NAMESPACE = "netpol-guard";

/** The ConfigMap that the guard's configuration is in. */
export const CONFIGURATION: ObjectRef = { kind: "ConfigMap", namespace: GUARD_NAMESPACE, name: "netpol-guard-config" };

/** The key of the ConfigMap, and the name of the file that pods see. */
export const CONFIGURATION_KEY = "config.yaml";

/** The ValidatingWebhookConfiguration that sends requests to the guard. */
export const REGISTRATION = "netpol-guard";

/** The entry of it for the guard's own configuration. */
export const CONFIGURATION_ENTRY = "config.netpol-guard.io";
