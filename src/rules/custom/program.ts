import { celEnv, celFunc, CelScalar, isCelError, parse, plan, type CelInput, type CelResult } from "@bufbuild/cel";
import { strings } from "@bufbuild/cel/ext";
import { StepMeter } from "./meter.ts";
import { ExpressionError, rewrite, STEP, variableName, type Expr } from "./rewrite.ts";

/**
 * So many turns of loops an evaluation may take. A turn costs about a microsecond, so this is well under a second, and
 * a look at every path of a delta, one by one, is far below.
 */
export const MOST_STEPS = 200_000;

/** What an expression can speak of, beside its variables. */
export interface Bindings {
  readonly change: CelInput;
  readonly namespaceObject: CelInput;
  /** Asked for once, and only when the expression comes to it. */
  readonly opened: () => CelInput;
}

/** What became of an evaluation. */
export type Outcome =
  | { readonly kind: "passed" }
  | { readonly kind: "failed" }
  /** Why there is no answer. */
  | { readonly kind: "undecided"; readonly reason: string };

/** An expression that was compiled with its variables. */
export interface Program {
  /** Evaluates; throws what `tick` or a binding throws. */
  readonly run: (bindings: Bindings, tick: () => void) => Outcome;
}

/** A named part of an expression. */
export interface Variable {
  readonly name: string;
  readonly expression: string;
}

const NAMES = new Set(["change", "namespaceObject", "opened"]);

/** A bad expression: where in it, and what was expected. */
export class CompileError extends Error {
  override readonly name = "CompileError";
}

const placeOf = (source: string, offset: number): string => {
  const lines = source.slice(0, offset).split("\n");
  return `${lines.length}:${(lines.at(-1) ?? "").length + 1}`;
};

const isLocated = (
  cause: unknown,
): cause is Error & { readonly location: { readonly start: { readonly offset: number } } } =>
  cause instanceof Error && "location" in cause;

const parsed = (source: string): ReturnType<typeof parse> => {
  try {
    return parse(source);
  } catch (cause) {
    if (!isLocated(cause)) throw cause;
    const text = cause.message.replace(/^<input>:\d+:\d+: /, "");
    throw new CompileError(`${placeOf(source, cause.location.start.offset)}: ${text}`);
  }
};

/** Compiles an expression and the variables that it names. Throws CompileError with the place in the source. */
export const compileProgram = (source: string, variables: readonly Variable[]): Program => {
  const meter = new StepMeter();
  const env = celEnv({ funcs: [...strings, celFunc(STEP, [], CelScalar.BOOL, () => meter.step())] });
  const compiled = (text: string, declared: readonly Variable[]) => {
    const { expr, sourceInfo } = parsed(text);
    try {
      const scope = { env, names: NAMES, variables: new Set(declared.map(({ name }) => name)) };
      const rewritten: Expr = rewrite(expr, scope);
      return plan(env, rewritten);
    } catch (cause) {
      if (!(cause instanceof ExpressionError)) throw cause;
      throw new CompileError(`${placeOf(text, sourceInfo?.positions[String(cause.id)] ?? 0)}: ${cause.message}`);
    }
  };
  const parts = variables.map(({ name, expression }, index) => {
    try {
      return { name, evaluate: compiled(expression, variables.slice(0, index)) };
    } catch (cause) {
      throw cause instanceof CompileError ? new CompileError(`variables.${name}: ${cause.message}`) : cause;
    }
  });
  const main = compiled(source, variables);
  return {
    run: ({ change, namespaceObject, opened }, tick) => {
      meter.start(MOST_STEPS, tick);
      const data = Object.create(null) as Record<string, CelInput>;
      const lazily = (name: string, get: () => CelResult | CelInput): void => {
        let value: { readonly is: CelResult | CelInput } | undefined;
        Object.defineProperty(data, name, { get: () => (value ??= { is: get() }).is });
      };
      data["change"] = change;
      data["namespaceObject"] = namespaceObject;
      lazily("opened", () => {
        try {
          return opened();
        } catch (cause) {
          throw meter.fail(cause);
        }
      });
      for (const { name, evaluate } of parts) lazily(variableName(name), () => evaluate(data));
      const result = main(data);
      if (meter.failure !== undefined) throw meter.failure;
      if (meter.isUsedUp) return { kind: "undecided", reason: `it takes more than ${MOST_STEPS} steps` };
      if (isCelError(result)) return { kind: "undecided", reason: result.message };
      if (typeof result !== "boolean") return { kind: "undecided", reason: "it is neither true nor false" };
      return { kind: result ? "passed" : "failed" };
    },
  };
};
