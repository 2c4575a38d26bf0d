import { celEnv, type CelInput, isCelError, parse, plan } from "@bufbuild/cel";
import { expect } from "vitest";
import { webhooks, type Sent } from "./shipped-webhooks.ts";

const env = celEnv();

const valueOf = (json: unknown): CelInput => {
  if (Array.isArray(json)) return json.map(valueOf);
  if (typeof json === "object" && json !== null)
    return new Map(Object.entries(json).map(([key, value]) => [key, valueOf(value)]));
  if (json === null || typeof json === "string" || typeof json === "boolean") return json;
  return typeof json === "number" ? BigInt(json) : expect.fail(`expected JSON, found ${typeof json}`);
};

type Condition = ReturnType<typeof plan>;

const compile = (expression: string): Condition => plan(env, parse(expression));

const CONDITIONS = new Map(
  webhooks.map(({ name, matchConditions }) => [name, matchConditions.map(({ expression }) => compile(expression))]),
);

/** A request, as far as conditions look at it. */
export interface Asked extends Omit<Sent, "entry"> {
  readonly user?: object;
  readonly name?: string | undefined;
  readonly object?: object;
  readonly oldObject?: object;
}

/** As the API server binds it: no object for a DELETE, no old one for a CREATE, no field of the request that is empty. */
const bindingsOf = ({ group, resource: whole, operation, user = {}, name, object = {}, oldObject = {} }: Asked) => {
  const [resource = "", subResource] = whole.split("/");
  return {
    request: valueOf({
      uid: "1",
      resource: { group, version: "v1", resource },
      ...(subResource === undefined ? {} : { subResource }),
      ...(name === undefined ? {} : { name }),
      operation,
      userInfo: user,
    }),
    object: valueOf(operation === "DELETE" ? null : object),
    oldObject: valueOf(operation === "CREATE" ? null : oldObject),
  };
};

const answer = (condition: Condition, asked: Asked): unknown => {
  const result = condition(bindingsOf(asked));
  return isCelError(result) ? result.message : result;
};

/** What a condition says of a request; the message where it fails. */
export const conditionSays = (expression: string, asked: Asked): unknown => answer(compile(expression), asked);

/** What each condition of an entry of the shipped registration says of a request; the message where one fails. */
export const conditionsSay = (entry: string, asked: Asked): readonly unknown[] =>
  (CONDITIONS.get(entry) ?? expect.fail(`expected the entry ${entry}`)).map((condition) => answer(condition, asked));
