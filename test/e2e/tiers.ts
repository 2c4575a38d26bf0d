import { readManifests } from "../../src/cluster/manifest-files.ts";
import { THREE_NAMESPACES } from "./shipped.ts";

/** An object as it stands in a file. */
export interface Manifest {
  readonly kind: string;
  readonly metadata: {
    readonly namespace: string;
    readonly name: string;
    readonly labels?: Readonly<Record<string, string>>;
  };
  readonly spec?: object;
}

/** How many pods each Deployment asks for. */
export const REPLICAS = 2;

const deploymentOf = ({ metadata: { namespace, name, labels }, spec }: Manifest): Manifest & object => ({
  ...{ apiVersion: "apps/v1", kind: "Deployment", metadata: { namespace, name } },
  spec: { replicas: REPLICAS, selector: { matchLabels: labels }, template: { metadata: { labels }, spec } },
});

/** The objects of three tiers in three namespaces, with a Deployment in place of each pod. */
export const readTiers = async (): Promise<readonly Manifest[]> => {
  const manifests = await Array.fromAsync(readManifests([`${THREE_NAMESPACES}/good`]));
  return manifests
    .map(({ value }) => value as unknown as Manifest)
    .map((object) => (object.kind === "Pod" ? deploymentOf(object) : object));
};
