import { beforeAll, describe, expect, it } from "vitest";
import { reviewOf } from "../demo/review.ts";
import { type GuardProcess, startGuard } from "./guard-process.ts";
import { defaultDeny } from "./objects.ts";
import { post } from "./post.ts";
import { ONE_NAMESPACE } from "./shipped.ts";

const STEP_MS = 60_000;

describe("a guard that is sent what is no AdmissionReview", () => {
  let guard: GuardProcess;
  const request = reviewOf("CREATE", defaultDeny("shop") as Readonly<Record<string, unknown>>, undefined);
  const review = (at: string, value: unknown): string =>
    JSON.stringify(request, (key, known: unknown) => (key === at ? value : known));

  beforeAll(async () => {
    guard = await startGuard({ config: `${ONE_NAMESPACE}/config.yaml`, state: ["--state", `${ONE_NAMESPACE}/good`] });
    return () => guard.stop();
  }, STEP_MS);

  it.each([
    ["nothing", "", ""],
    ["no JSON", "{", ""],
    ["an array", "[]", ""],
    ["no apiVersion", "{}", "apiVersion"],
    ["another version", review("apiVersion", "admission.k8s.io/v2"), "apiVersion"],
    ["no request", review("request", null), "request"],
    ["a uid that is a number", review("uid", 1), "request.uid"],
    ["an unknown operation", review("operation", "PATCH"), "request.operation"],
    ["no object", review("object", null), "request.object"],
    ["an object without a name", review("metadata", []), "request.object"],
  ])("answers %s with 400 and its path, and goes on", async (_what, body, path) => {
    const answer = await post(guard, body);
    expect(answer).toEqual({ code: 400, body: { error: expect.stringContaining(path), path } });
    expect(await post(guard, JSON.stringify(request))).toMatchObject({
      code: 200,
      body: { response: { allowed: true } },
    });
  });
});
