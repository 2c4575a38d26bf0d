import { hostname } from "node:os";
import { EventsV1Event, V1MicroTime, V1ObjectMeta, V1ObjectReference } from "@kubernetes/client-node";
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
/** Of a reportingInstance (https://kubernetes.io/docs/reference/kubernetes-api/cluster-resources/event-v1/). */
const MOST_INSTANCE = 128;

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

const bodyOf = ({ endpoint: { ref }, digest, note }: Written, uid: string): EventsV1Event => {
  const { kind, namespace, name } = ref;
  const metadata = { namespace, name: `${name.slice(0, MOST_NAME)}.${digest}` };
  const regarding = { apiVersion: apiVersionOf(ref), kind, namespace, name, uid };
  return Object.assign(new EventsV1Event(), {
    apiVersion: "events.k8s.io/v1",
    kind: "Event",
    metadata: Object.assign(new V1ObjectMeta(), metadata),
    regarding: Object.assign(new V1ObjectReference(), regarding),
    eventTime: new V1MicroTime(),
    reportingController: "netpol-guard.io/guard",
    reportingInstance: hostname().slice(0, MOST_INSTANCE),
    action: "Judge",
    reason: "PolicyViolation",
    type: "Warning",
    note,
  });
};

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
