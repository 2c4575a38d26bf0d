import { readFile } from "node:fs/promises";
import type { ControlPlane } from "../control-plane/start.ts";

/** What the guard said of a request, as the API server's audit log has it. */
export interface Note {
  /** `create`, `update`, `patch`, `delete`, … */
  readonly verb: string;
  /** `pods`, `namespaces/finalize`, … */
  readonly resource: string;
  /** Of a Namespace its own name. */
  readonly namespace: string;
  readonly name: string;
  /** Who asked. */
  readonly user: string;
  /** What the request was answered with. */
  readonly code: number;
  /** The entry of the registration that had it judged. */
  readonly webhook: string;
  readonly decision: string;
  readonly findings: string;
}

/** The fields of an audit.k8s.io/v1 Event that tell what was asked and answered. */
interface AuditEvent {
  readonly verb: string;
  readonly requestURI: string;
  readonly user: { readonly username: string };
  readonly objectRef?: Partial<Readonly<Record<"resource" | "subresource" | "namespace" | "name", string>>>;
  readonly responseStatus?: { readonly code?: number };
  readonly annotations?: Readonly<Record<string, string>>;
}

const DECISION = /^(.+\.netpol-guard\.io)\/decision$/;

/** A log to which is being written may end in half a line. */
const parseLine = (line: string): readonly AuditEvent[] => {
  try {
    return [JSON.parse(line)];
  } catch {
    return [];
  }
};

const notesOf = ({ verb, user, objectRef, responseStatus, annotations = {} }: AuditEvent): readonly Note[] => {
  const { resource = "", subresource, name = "", namespace = name } = objectRef ?? {};
  return Object.entries(annotations).flatMap(([key, decision]) => {
    const [, webhook] = DECISION.exec(key) ?? [];
    if (webhook === undefined) return [];
    return [
      {
        verb,
        resource: subresource === undefined ? resource : `${resource}/${subresource}`,
        namespace,
        name,
        user: user.username,
        code: responseStatus?.code ?? 0,
        webhook,
        decision,
        findings: annotations[`${webhook}/findings`] ?? "",
      },
    ];
  });
};

const readEvents = async ({ auditLog }: ControlPlane): Promise<readonly AuditEvent[]> => {
  if (auditLog === undefined) throw new Error("Expected a control plane with an audit log, got one without");
  const lines = (await readFile(auditLog, "utf8")).split("\n");
  return lines.flatMap(parseLine);
};

/** What the guard said so far, in the order of the answers; the control plane must keep an audit log. */
export const readNotes = async (plane: ControlPlane): Promise<readonly Note[]> =>
  (await readEvents(plane)).flatMap(notesOf);

/** A request of somebody, as the API server's audit log has it. */
export interface LoggedRequest {
  /** `get`, `list`, `watch`, `create`, … */
  readonly verb: string;
  /** With its query. */
  readonly uri: string;
}

/** What a user asked so far; the control plane must keep an audit log. */
export const requestsOf = async (plane: ControlPlane, user: string): Promise<readonly LoggedRequest[]> =>
  (await readEvents(plane))
    .filter(({ user: { username } }) => username === user)
    .map(({ verb, requestURI }) => ({ verb, uri: requestURI }));
