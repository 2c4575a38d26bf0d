import { DecodeError } from "../model/errors.ts";
import { annotationOf, EMERGENCY_ANNOTATION, emergencyOf, entriesInEmergency } from "./emergency.ts";
import {
  afterEmergency,
  handle,
  handlingOf,
  inEmergency,
  isAudited,
  isInEmergency,
  type Handling,
  type PatchStep,
} from "./registration-entry.ts";
import type { Registration } from "./registration.ts";

const ANNOTATIONS = "/metadata/annotations";
const PLACE = `${ANNOTATIONS}/${EMERGENCY_ANNOTATION.replaceAll("/", "~1")}`;

/** What happens to one entry. */
export interface EntryChange {
  readonly name: string;
  readonly from: Handling;
  readonly to: Handling;
}

/** What is done to a registration: nothing if there are no steps. */
export interface RegistrationPlan {
  readonly steps: readonly PatchStep[];
  readonly changes: readonly EntryChange[];
  /** Names of entries of the emergency that are gone, or as they were before already. */
  readonly leftAlone: readonly string[];
}

/** Lets nothing be refused any more; what was there before is kept in the annotation. `now`: ISO 8601. */
export const planEmergency = (registration: Registration, now: string): RegistrationPlan => {
  const { webhooks = [], metadata } = registration;
  const open = [...webhooks.entries()].filter(([, entry]) => !isInEmergency(handlingOf(entry)));
  if (open.length === 0) return { steps: [], changes: [], leftAlone: [] };
  const changes = open.map(([, entry]) => {
    const from = handlingOf(entry);
    return { name: entry.name, from, to: inEmergency(from) };
  });
  // Where no entry is as an emergency left it, the last one is over, whatever is noted of it.
  const isOngoing = webhooks.some((entry) => isAudited(handlingOf(entry)));
  const before = isOngoing ? emergencyOf(registration) : undefined;
  const names = new Set(changes.map(({ name }) => name));
  const kept = before?.entries.filter(({ name }) => !names.has(name)) ?? [];
  const added = changes.map(({ name, from }) => {
    const known = before?.entries.find((entry) => entry.name === name);
    return { name, ...(known === undefined ? from : afterEmergency(from, known)) };
  });
  const value = JSON.stringify({ since: before?.since ?? now, entries: [...kept, ...added] });
  return {
    steps: [
      ...open.flatMap(([index, entry]) => handle(index, entry, inEmergency(handlingOf(entry)))),
      ...(metadata?.annotations === undefined ? [{ op: "add", path: ANNOTATIONS, value: {} } as const] : []),
      { op: "add", path: PLACE, value },
    ],
    changes,
    leftAlone: [],
  };
};

const isSame = (a: Handling, b: Handling): boolean => a.failurePolicy === b.failurePolicy && a.path === b.path;

/** Puts back what was there before an emergency. Throws DecodeError when that is not known. */
export const planUndo = (registration: Registration): RegistrationPlan => {
  const text = annotationOf(registration);
  const at = `metadata.annotations[${JSON.stringify(EMERGENCY_ANNOTATION)}]`;
  if (text === undefined) {
    const names = entriesInEmergency(registration);
    if (names.length === 0) return { steps: [], changes: [], leftAlone: [] };
    throw new DecodeError(
      at,
      `expected what ${names.join(", ")} had before the emergency, found nothing; apply the shipped registration instead`,
    );
  }
  const before = emergencyOf(registration);
  if (before === undefined)
    throw new DecodeError(
      at,
      "expected what was there before the emergency, found something else; apply the shipped registration instead",
    );
  const entries = [...(registration.webhooks ?? []).entries()];
  const steps: PatchStep[] = [];
  const changes: EntryChange[] = [];
  const leftAlone: string[] = [];
  for (const { name, ...handling } of before.entries) {
    const found = entries.find(([, entry]) => entry.name === name);
    if (found === undefined) {
      leftAlone.push(name);
      continue;
    }
    const [index, entry] = found;
    const from = handlingOf(entry);
    const to = afterEmergency(from, handling);
    if (isSame(from, to)) leftAlone.push(name);
    else {
      steps.push(...handle(index, entry, to));
      changes.push({ name, from, to });
    }
  }
  return {
    steps: [...steps, { op: "test", path: PLACE, value: text }, { op: "remove", path: PLACE }],
    changes,
    leftAlone,
  };
};
