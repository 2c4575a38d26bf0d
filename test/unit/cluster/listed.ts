import { KINDS } from "../../../src/dialects/index.ts";
import type { Answer } from "./watch/fake-api-server.ts";

/** An object as an API server keeps it. */
export interface StoredObject {
  readonly kind: string;
  readonly metadata: {
    readonly namespace?: string;
    readonly name: string;
    readonly labels?: Readonly<Record<string, string>>;
    readonly resourceVersion: string;
  };
}

/** Answers lists as an API server does that has these objects at a version: all of a kind, or the one that is named. */
export const listed =
  (objects: readonly StoredObject[], resourceVersion: string): Answer =>
  (response, { path, query }) => {
    response.setHeader("content-type", "application/json");
    const known = KINDS.find(({ resource }) => path.endsWith(`/${resource}`));
    if (known === undefined) {
      response.end(JSON.stringify({ apiVersion: "v1", kind: "APIGroupList", groups: [] }));
      return;
    }
    const { group, version, kind } = known;
    const [, namespace] = /\/namespaces\/([^/]+)\//.exec(path) ?? [];
    const name = query.get("fieldSelector")?.replace("metadata.name=", "");
    const items = objects.filter(
      ({ kind: own, metadata }) =>
        own === kind &&
        (namespace === undefined || metadata.namespace === namespace) &&
        (name === undefined || metadata.name === name),
    );
    const apiVersion = group === "" ? version : `${group}/${version}`;
    response.end(JSON.stringify({ apiVersion, kind: `${kind}List`, metadata: { resourceVersion }, items }));
  };
