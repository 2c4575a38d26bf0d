import { z } from "zod";
import { handlingOf, isInEmergency } from "./registration-entry.ts";
import type { Registration } from "./registration.ts";

/** Keeps on the registration what was there before an emergency. */
export const EMERGENCY_ANNOTATION = "netpol-guard.io/emergency";

const memory = z.object({
  since: z.string(),
  entries: z.array(
    z.object({ name: z.string(), failurePolicy: z.enum(["Fail", "Ignore"]), path: z.string().regex(/^(\/|$)/) }),
  ),
});

/** When an emergency began (ISO 8601), and how its entries were handled before. */
export type Emergency = Readonly<z.output<typeof memory>>;

/** The annotation as it is written; undefined if there is none. */
export const annotationOf = ({ metadata }: Registration): string | undefined => {
  const annotations = metadata?.annotations ?? {};
  return Object.hasOwn(annotations, EMERGENCY_ANNOTATION) ? annotations[EMERGENCY_ANNOTATION] : undefined;
};

const parseMemory = (text: string): Emergency | undefined => {
  try {
    return memory.safeParse(JSON.parse(text)).data;
  } catch {
    return undefined;
  }
};

/** What a registration says of an emergency; undefined if there is none, or if it cannot be read. */
export const emergencyOf = (registration: Registration): Emergency | undefined => {
  const text = annotationOf(registration);
  return text === undefined ? undefined : parseMemory(text);
};

/** Names of the entries that refuse nothing. */
export const entriesInEmergency = ({ webhooks = [] }: Registration): readonly string[] =>
  webhooks.filter((entry) => isInEmergency(handlingOf(entry))).map(({ name }) => name);
