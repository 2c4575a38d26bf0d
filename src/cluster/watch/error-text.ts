/** A refusal by RBAC takes about 200 characters; whatever a proxy answers is cut here. */
const LONGEST_LINE = 500;

/** Control and format characters (line ends, escapes, bidirectional marks) would let a text forge lines of a log. */
const UNPRINTABLE = /[\s\p{Cc}\p{Cf}\p{Zl}\p{Zp}]+/gu;

/** `text` as one printable line of bounded length. */
export const oneLine = (text: string): string => {
  const line = text.replace(UNPRINTABLE, " ").trim();
  return line.length <= LONGEST_LINE ? line : `${line.slice(0, LONGEST_LINE - 1)}…`;
};

/** What `error` says, in one printable line without its stack. */
export const errorText = (error: unknown): string => {
  if (!(error instanceof Error)) return oneLine(String(error));
  // Node tries each address of a name, and says what became of each only inside.
  if (error instanceof AggregateError && error.message === "") return oneLine(error.errors.map(errorText).join("; "));
  const code = "code" in error && typeof error.code === "string" ? error.code : error.name;
  return oneLine(error.message === "" ? code : error.message);
};
