import type { V1ConfigMap, V1ValidatingWebhookConfiguration } from "@kubernetes/client-node";
import { CONFIGURATION } from "../guard/installation.ts";
import { NAMESPACE_NAME_LABEL, refKey, refText, type Namespace, type ObjectRef } from "../model/objects.ts";
import { ask, type ClusterApi } from "./cluster-api.ts";
import { readRegistration } from "./registration.ts";
import { ApiError } from "./watch/errors.ts";

/** What a cluster has of the guard, and what it is about. */
export interface Installation {
  /** Undefined: there is none. */
  readonly registration: V1ValidatingWebhookConfiguration | undefined;
  readonly namespaces: readonly Namespace[];
  readonly hasDaemonSet: (ref: ObjectRef) => boolean;
}

const readNamespaces = async ({ core }: ClusterApi): Promise<readonly Namespace[]> => {
  const { items } = await ask("list namespaces", core.listNamespace());
  return items.map(({ metadata }) => {
    const name = metadata?.name ?? "";
    const labels = new Map([...Object.entries(metadata?.labels ?? {}), [NAMESPACE_NAME_LABEL, name] as const]);
    return { name, labels, terminating: metadata?.deletionTimestamp !== undefined };
  });
};

const readDaemonSets = async ({ apps }: ClusterApi): Promise<ReadonlySet<string>> => {
  const { items } = await ask("list daemonsets", apps.listDaemonSetForAllNamespaces());
  return new Set(
    items.map(({ metadata }) =>
      refKey({ kind: "DaemonSet", namespace: metadata?.namespace ?? "", name: metadata?.name ?? "" }),
    ),
  );
};

/** Reads what a cluster has of the guard. Throws GuardError with what could not be read. */
export const readInstallation = async (api: ClusterApi): Promise<Installation> => {
  const [registration, namespaces, daemonSets] = await Promise.all([
    readRegistration(api),
    readNamespaces(api),
    readDaemonSets(api),
  ]);
  return { registration, namespaces, hasDaemonSet: (ref) => daemonSets.has(refKey(ref)) };
};

/** The ConfigMap with the guard's configuration; undefined if there is none. Throws GuardError. */
export const readConfigMap = async ({ core }: ClusterApi): Promise<V1ConfigMap | undefined> => {
  const { namespace, name } = CONFIGURATION;
  try {
    return await ask(`read ${refText(CONFIGURATION)}`, core.readNamespacedConfigMap({ namespace, name }));
  } catch (cause) {
    if (cause instanceof ApiError && cause.code === 404) return undefined;
    throw cause;
  }
};
