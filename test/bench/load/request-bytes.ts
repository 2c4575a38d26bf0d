import { SLOT } from "./review.ts";

/** What the API server asks for; its own budget is the registration's timeoutSeconds. */
const TARGET = "/validate?timeout=10s";

/** An HTTP request as bytes, and where in it the digits of its number go. */
export interface RequestTemplate {
  readonly bytes: Buffer;
  readonly slots: readonly number[];
}

const slotsOf = (bytes: Buffer): readonly number[] => {
  const slots: number[] = [];
  for (let at = bytes.indexOf(SLOT); at >= 0; at = bytes.indexOf(SLOT, at + SLOT.length)) slots.push(at);
  return slots;
};

/** The whole request: what is sent differs from it in the slots alone, so sending costs a copy. */
export const requestTemplate = (body: string): RequestTemplate => {
  const head = [
    `POST ${TARGET} HTTP/1.1`,
    "host: localhost",
    "user-agent: kube-apiserver-admission",
    "accept: application/json, */*",
    "accept-encoding: gzip",
    "content-type: application/json",
    `content-length: ${String(Buffer.byteLength(body))}`,
  ];
  const bytes = Buffer.from(`${head.join("\r\n")}\r\n\r\n${body}`);
  return { bytes, slots: slotsOf(bytes) };
};

/** Copies the request into `scratch` under a number of its own; the part of `scratch` to be sent. */
export const numbered = ({ bytes, slots }: RequestTemplate, digits: string, scratch: Buffer): Buffer => {
  bytes.copy(scratch);
  for (const at of slots) scratch.write(digits, at, "latin1");
  return scratch.subarray(0, bytes.length);
};
