import { expect, it } from "vitest";
import { DecodeError, GuardError } from "../../../src/model/errors.ts";

it("what cannot be decoded is named by its path, where it has one", () => {
  expect(new DecodeError("spec.ingress[0]", "expected a mapping")).toMatchObject({
    name: "DecodeError",
    path: "spec.ingress[0]",
    message: "spec.ingress[0]: expected a mapping",
  });
  expect(new DecodeError("", "expected a mapping").message).toBe("expected a mapping");
});

it("our own fault is no fault of the input, and keeps its cause", () => {
  const cause = new Error("timed out");
  const error = new GuardError("the look-up failed", { cause });
  expect(error).toMatchObject({ name: "GuardError", message: "the look-up failed", cause });
  expect(error).not.toBeInstanceOf(DecodeError);
});
