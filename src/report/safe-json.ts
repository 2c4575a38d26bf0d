/** What JSON leaves as it is and a terminal or an old script reader does not take for text. */
const STEERING = /[\u007f-\u009f\p{Zl}\p{Zp}\p{Bidi_Control}]/gu;

/** One line of JSON that can be shown on a terminal: the same value, with what would steer one written as `\uXXXX`. */
export const safeJson = (value: unknown): string =>
  `${JSON.stringify(value).replace(STEERING, (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, "0")}`)}\n`;
