import { hostname } from "node:os";
import { type EventsV1Event, V1MicroTime } from "@kubernetes/client-node";
import { KINDS } from "../dialects/index.ts";
import type { Endpoint, ObjectRef } from "../model/objects.ts";
import { ask, type ClusterApi } from "./cluster-api.ts";
import { ApiError } from "./watch/errors.ts";

/** What is written down of one. */
interface Written {
  readonly endpoint: Endpoint;
  readonly digest: string;
  readonly note: string;
}

/** Names have 253 characters at most, a point and the digest included. */
const MOST_NAME = 230;

const apiVersionOf = ({ kind }: ObjectRef): string => {
  const known = KINDS.find((candidate) => candidate.kind === kind);
  return known === undefined ? "v1" : known.group === "" ? known.version : `${known.group}/${known.version}`;
};

/** `kubectl describe` finds Events by the uid of their object; undefined where the pod is gone. */
const uidOf = async ({ core }: ClusterApi, { ref, uid }: Endpoint): Promise<string | undefined> => {
  if (ref.kind !== "Pod") return uid;
  const { namespace, name } = ref;
  try {
    return (await ask(`read ${name}`, core.readNamespacedPod({ namespace, name }))).metadata?.uid;
  } catch (cause) {
    if (cause instanceof ApiError && cause.code === 404) return undefined;
    throw cause;
  }
};

const bodyOf = ({ endpoint: { ref }, digest, note }: Written, uid: string): EventsV1Event => ({
  apiVersion: "events.k8s.io/v1",
  kind: "Event",
  metadata: { namespace: ref.namespace, name: `${ref.name.slice(0, MOST_NAME)}.${digest}` },
  eventTime: new V1MicroTime(),
  reportingController: "netpol-guard.io/guard",
  // https://kubernetes.io/docs/reference/kubernetes-api/cluster-resources/event-v1/: 128 bytes at most
  reportingInstance: hostname().slice(0, 128),
  action: "Judge",
  reason: "PolicyViolation",
  type: "Warning",
  regarding: { apiVersion: apiVersionOf(ref), kind: ref.kind, namespace: ref.namespace, name: ref.name, uid },
  note,
});

/** Writes an Event on an endpoint that is there, unless a replica has written the same. Throws GuardError. */
export const writeEvent = async (api: ClusterApi, written: Written): Promise<void> => {
  const uid = await uidOf(api, written.endpoint);
  if (uid === undefined) return;
  const { namespace } = written.endpoint.ref;
  try {
    await ask(
      `create an Event in ${namespace}`,
      api.events.createNamespacedEvent({ namespace, body: bodyOf(written, uid) }),
    );
  } catch (cause) {
    if (!(cause instanceof ApiError && cause.code === 409)) throw cause;
  }
};
