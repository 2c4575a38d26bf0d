import type { Logger } from "pino";
import type { UnsupportedLanguage } from "../../guard/unsupported.ts";

/** Says in the log which policies are in the cluster, or may be, that are not judged; also when there are none any more. */
export const logUnsupported = (log: Logger, languages: readonly UnsupportedLanguage[]): void => {
  if (languages.length === 0) {
    log.info("no policies of other languages in the cluster: everything is judged");
    return;
  }
  const kinds = languages.flatMap(({ name, kinds: found }) =>
    found.map(({ group, kind, places, doubt }) => ({
      language: name,
      kind: `${kind}.${group}`,
      ...(places.length === 0 ? {} : { places }),
      ...(doubt === undefined ? {} : { doubt }),
    })),
  );
  log.warn({ unsupported: kinds }, "policies that are not judged are in the cluster, or may be");
};
