import { readFile } from "node:fs/promises";
import { Agent, request } from "node:https";
import { text } from "node:stream/consumers";
import type { ControlPlane } from "../control-plane/start.ts";

/** An answer of the API server. */
export interface ApiAnswer {
  readonly code: number;
  /** The object, the list or, where the request was refused, the Status. */
  readonly body: { readonly message?: string; readonly items?: readonly object[] };
}

/** Somebody else's name, with which the admin may speak. */
export interface Impersonated {
  readonly user: string;
  readonly group?: string;
}

/** The API server without kubectl: for thousands of requests, and for the parts of a cluster that are played. */
export interface Api {
  readonly send: (method: string, path: string, body?: object, as?: Impersonated) => Promise<ApiAnswer>;
  readonly close: () => void;
}

const contentTypeOf = (method: string): string =>
  method === "PATCH" ? "application/merge-patch+json" : "application/json";

/** Talks to the API server as its admin, over connections that stay open. */
export const connect = async (plane: ControlPlane): Promise<Api> => {
  const { users } = JSON.parse(await readFile(plane.kubeconfig, "utf8"));
  const token: string = users[0].user.token;
  const agent = new Agent({ keepAlive: true, ca: plane.certificateAuthority });
  return {
    send: (method, path, body, as) => {
      const content = body === undefined ? "" : JSON.stringify(body);
      const { promise, resolve, reject } = Promise.withResolvers<ApiAnswer>();
      const headers = {
        authorization: `Bearer ${token}`,
        "content-type": contentTypeOf(method),
        // Node leaves it out for a DELETE, whose body would then be read as the next request.
        "content-length": Buffer.byteLength(content),
        ...(as === undefined ? {} : { "impersonate-user": as.user }),
        ...(as?.group === undefined ? {} : { "impersonate-group": as.group }),
      };
      const sent = request(`${plane.server}${path}`, { method, agent, headers }, (response) => {
        text(response)
          .then((answer) => ({ code: response.statusCode ?? 0, body: JSON.parse(answer) }))
          .then(resolve, reject);
      });
      sent.on("error", reject);
      sent.end(content);
      return promise;
    },
    close: () => {
      agent.destroy();
    },
  };
};
