import {
  AdmissionregistrationV1Api,
  ApiException,
  AppsV1Api,
  CoreV1Api,
  createConfiguration,
  EventsV1Api,
  type KubeConfig,
  ServerConfiguration,
} from "@kubernetes/client-node";
import type { GuardError } from "../model/errors.ts";
import { loadKubeConfig, type ClusterChoice } from "./kube-config.ts";
import { errorOfAnswer } from "./watch/api-status.ts";
import { errorText } from "./watch/error-text.ts";
import { ConnectionError, reflectorError } from "./watch/errors.ts";

/** A person waits for the answer: whoever has none by now had better hear that. */
const ANSWER_MS = 15_000;

/** The API of one cluster, as far as commands need it. */
export interface ClusterApi {
  /** URL of the API server. */
  readonly server: string;
  readonly registrations: AdmissionregistrationV1Api;
  readonly core: CoreV1Api;
  readonly apps: AppsV1Api;
  readonly events: EventsV1Api;
}

/** The API of the cluster that is chosen; asks it nothing yet. Throws GuardError when there is no kubeconfig. */
export const connectCluster = (choice: ClusterChoice): ClusterApi => apiOf(loadKubeConfig(choice));

/** The API of the current cluster of a kubeconfig; asks it nothing yet. */
export const apiOf = (config: KubeConfig): ClusterApi => {
  const server = config.getCurrentCluster()?.server ?? "";
  const configuration = createConfiguration({
    baseServer: new ServerConfiguration(server, {}),
    authMethods: { default: config },
    promiseMiddleware: [
      {
        pre: (request) => {
          request.setSignal(AbortSignal.timeout(ANSWER_MS));
          return Promise.resolve(request);
        },
        post: (response) => Promise.resolve(response),
      },
    ],
  });
  return {
    server,
    registrations: new AdmissionregistrationV1Api(configuration),
    core: new CoreV1Api(configuration),
    apps: new AppsV1Api(configuration),
    events: new EventsV1Api(configuration),
  };
};

const errorOf = (cause: unknown): GuardError => {
  if (cause instanceof ApiException)
    return errorOfAnswer(cause.code, typeof cause.body === "string" ? cause.body : "", undefined);
  if (cause instanceof Error && cause.name === "TimeoutError")
    return new ConnectionError(`no answer within ${String(ANSWER_MS / 1000)} seconds`, { cause });
  // undici says "fetch failed", and why only inside.
  return new ConnectionError(errorText(cause instanceof TypeError ? (cause.cause ?? cause) : cause), { cause });
};

/** What a call gives; throws GuardError with one printable line, an ApiError where the API server answered. */
export const ask = async <T>(what: string, call: Promise<T>): Promise<T> => {
  try {
    return await call;
  } catch (cause) {
    const error = errorOf(cause);
    throw reflectorError(`${what}: ${error.message}`, error);
  }
};
