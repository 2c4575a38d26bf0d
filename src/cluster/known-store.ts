import { createHash } from "node:crypto";
import { ApiException, V1ConfigMap, V1ObjectMeta, type CoreV1Api } from "@kubernetes/client-node";
import type { KnownViolation } from "../guard/known-violations.ts";
import { GuardError } from "../model/errors.ts";
import type { PortSet } from "../model/ports.ts";

/** The ConfigMap in the guard's own namespace that holds what is known. */
const KNOWN_NAME = "netpol-guard-known";
const KEY = "violations";

/** So many are kept there, the latest: an object of the API may have 1 MiB. */
const MOST_STORED = 10_000;

/** Entries as they are kept from one process to the next. */
export type KnownEntries = readonly (readonly [digest: string, KnownViolation])[];

/** 132 bits of SHA-256: nobody makes two violations collide. */
export const digestOf = (key: string): string => createHash("sha256").update(key).digest("base64url").slice(0, 22);

const portsLine = ({ rest, protocols }: PortSet): string =>
  [rest ? "*" : "-", ...[...protocols].map(([protocol, ports]) => [protocol, ...ports].join(","))].join(";");

const NUMBER = /^[0-9]{1,6}$/;

const parsePorts = (text: string): PortSet | undefined => {
  const [rest, ...parts] = text.split(";");
  const protocols = parts.map((part) => part.split(","));
  if (
    (rest !== "*" && rest !== "-") ||
    protocols.some((part) => part.length % 2 === 0 || part.some((number) => !NUMBER.test(number)))
  )
    return undefined;
  return {
    rest: rest === "*",
    protocols: new Map(protocols.map(([protocol = "", ...ports]) => [Number(protocol), ports.map(Number)])),
  };
};

const lineOf = ([digest, { ports, ranAt }]: KnownEntries[number]): string =>
  `${digest} ${String(Math.floor(ranAt / 1000))} ${portsLine(ports)}`;

/** What cannot be read is left out: it makes a pod be refused, and never admitted. */
const parseLine = (line: string): KnownEntries => {
  const [digest = "", seconds = "", ports = ""] = line.split(" ");
  const set = parsePorts(ports);
  return set === undefined || !/^[0-9]{1,12}$/.test(seconds) || digest.length !== 22
    ? []
    : [[digest, { ports: set, ranAt: Number(seconds) * 1000 }]];
};

const entriesOf = (map: V1ConfigMap | undefined): KnownEntries => {
  const data = map?.data ?? {};
  return Object.hasOwn(data, KEY) ? (data[KEY] ?? "").split("\n").flatMap(parseLine) : [];
};

const namedMap = (): V1ConfigMap => {
  const map = new V1ConfigMap();
  map.metadata = Object.assign(new V1ObjectMeta(), { name: KNOWN_NAME });
  return map;
};

const isStatus = (error: unknown, code: number): boolean => error instanceof ApiException && error.code === code;

const failed = (what: string, cause: unknown): GuardError => {
  const reason = cause instanceof ApiException ? `HTTP ${String(cause.code)}` : String(cause);
  return new GuardError(`ConfigMap ${KNOWN_NAME} cannot be ${what}: ${reason}`, { cause });
};

/** What is asked of an API server. */
type ConfigMapApi = Pick<
  CoreV1Api,
  "readNamespacedConfigMap" | "createNamespacedConfigMap" | "replaceNamespacedConfigMap"
>;

/** What is known, as the API server keeps it for all replicas. */
export class KnownStore {
  readonly #api: ConfigMapApi;
  readonly #namespace: string;

  constructor(api: ConfigMapApi, namespace: string) {
    this.#api = api;
    this.#namespace = namespace;
  }

  /** What is kept; none where nothing is yet. Throws GuardError. */
  async load(): Promise<KnownEntries> {
    return entriesOf(await this.#read());
  }

  /**
   * Keeps what `merged` makes of what is kept already (another replica may have written meanwhile): then it asks again.
   * Throws GuardError.
   */
  async save(merged: (kept: KnownEntries) => KnownEntries): Promise<void> {
    for (let attempt = 0; ; attempt++) {
      const kept = await this.#read();
      const body = kept ?? namedMap();
      body.data = { [KEY]: merged(entriesOf(kept)).slice(0, MOST_STORED).map(lineOf).join("\n") };
      const namespace = this.#namespace;
      try {
        if (kept === undefined) await this.#api.createNamespacedConfigMap({ namespace, body });
        else await this.#api.replaceNamespacedConfigMap({ name: KNOWN_NAME, namespace, body });
        return;
      } catch (cause) {
        if (!isStatus(cause, 409) || attempt >= 3) throw failed("written", cause);
      }
    }
  }

  async #read(): Promise<V1ConfigMap | undefined> {
    try {
      return await this.#api.readNamespacedConfigMap({ name: KNOWN_NAME, namespace: this.#namespace });
    } catch (cause) {
      if (isStatus(cause, 404)) return undefined;
      throw failed("read", cause);
    }
  }
}
