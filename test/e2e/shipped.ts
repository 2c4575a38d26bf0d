import { fileURLToPath } from "node:url";

const path = (relative: string): string => fileURLToPath(new URL(`../../${relative}`, import.meta.url));

/** The folder of scenarios. */
export const EXAMPLES = path("manifests/examples");

/** The folders of three scenarios, each with its config.yaml and good/. */
export const ONE_NAMESPACE = path("manifests/examples/1-three-tiers-one-namespace");
export const THREE_NAMESPACES = path("manifests/examples/2-three-tiers-three-namespaces");
export const AND_OR = path("manifests/examples/3-and-or");

/** What is installed: the guard, its registration, its rights and its configuration. */
export const BASE = path("manifests/base");
export const REGISTRATION = `${BASE}/validating-webhook-configuration.yaml`;
export const RBAC = `${BASE}/rbac.yaml`;
export const BASE_CONFIG = `${BASE}/config.yaml`;

/** The base by stage of a rollout, and with certificates of cert-manager. */
export const OVERLAYS = path("manifests/overlays");

/** The same for Helm. */
export const CHART = path("manifests/chart");

/** The certificates with which a guard serves when it is given none, and their CA; there once a guard has run. */
export const DEVELOPMENT_CERTIFICATES = path("certs/development");
export const DEVELOPMENT_CA = `${DEVELOPMENT_CERTIFICATES}/ca.crt`;

/** The page for those who run the guard. */
export const OPERATIONS = path("docs/operations.md");
