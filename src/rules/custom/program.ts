import { celEnv, celFunc, CelScalar, isCelError, parse, plan, type CelInput } from "@bufbuild/cel";
import { strings } from "@bufbuild/cel/ext";
import { StepMeter } from "./meter.ts";
import { ExpressionError, rewrite, STEP } from "./rewrite.ts";

/**
 * So many turns of loops an evaluation may take. A turn costs some microseconds, so this is a second or so; a look at
 * every path of a delta is far below.
 */
export const MOST_STEPS = 200_000;

/** What an expression can speak of. */
export interface Bindings {
  readonly change: CelInput;
  readonly namespaceObject: CelInput;
  /** Asked for once, and only when the expression comes to it. */
  readonly opened: () => CelInput;
}

const NAMES: ReadonlySet<string> = new Set<keyof Bindings>(["change", "namespaceObject", "opened"]);

/** What became of an evaluation. */
export type Outcome =
  | { readonly kind: "passed" }
  | { readonly kind: "failed" }
  /** Why there is no answer. */
  | { readonly kind: "undecided"; readonly reason: string };

/** A compiled expression. */
export interface Program {
  readonly source: string;
  /** Whether it speaks of `opened`. */
  readonly asksWhatOpened: boolean;
  /** Evaluates; throws what `tick` or a binding throws. */
  readonly run: (bindings: Bindings, tick: () => void) => Outcome;
}

/** A bad expression: where in it, and what was found. */
export class CompileError extends Error {
  override readonly name = "CompileError";
}

const compileError = (source: string, offset: number, text: string): CompileError => {
  const lines = source.slice(0, offset).split("\n");
  return new CompileError(`at ${lines.length}:${(lines.at(-1) ?? "").length + 1} of the expression: ${text}`);
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
    throw compileError(source, cause.location.start.offset, cause.message.replace(/^<input>:\d+:\d+: /, ""));
  }
};

/** The bindings as CEL looks them up; without a prototype, so that `constructor` is no name. */
const dataOf = ({ change, namespaceObject, opened }: Bindings, meter: StepMeter): Record<string, CelInput> => {
  const data = Object.assign(Object.create(null) as Record<string, CelInput>, { change, namespaceObject });
  let known: { readonly value: CelInput } | undefined;
  Object.defineProperty(data, "opened", {
    get: () => {
      try {
        return (known ??= { value: opened() }).value;
      } catch (cause) {
        throw meter.fail(cause);
      }
    },
  });
  return data;
};

/** Compiles an expression. Throws CompileError with the place in the source. */
export const compileProgram = (source: string): Program => {
  const meter = new StepMeter();
  const env = celEnv({ funcs: [...strings, celFunc(STEP, [], CelScalar.BOOL, () => meter.step())] });
  const { expr, sourceInfo } = parsed(source);
  const named = new Set<string>();
  let evaluate: ReturnType<typeof plan>;
  try {
    evaluate = plan(env, rewrite(expr, { env, names: NAMES, found: (name) => void named.add(name) }));
  } catch (cause) {
    if (!(cause instanceof ExpressionError)) throw cause;
    throw compileError(source, sourceInfo?.positions[String(cause.id)] ?? 0, cause.message);
  }
  return {
    source,
    asksWhatOpened: named.has("opened"),
    run: (bindings, tick) => {
      meter.start(MOST_STEPS, tick);
      const result = evaluate(dataOf(bindings, meter));
      if (meter.failure !== undefined) throw meter.failure;
      if (meter.isUsedUp) return { kind: "undecided", reason: `it takes more than ${MOST_STEPS} steps` };
      if (isCelError(result)) return { kind: "undecided", reason: result.message };
      if (typeof result !== "boolean") return { kind: "undecided", reason: "it is neither true nor false" };
      return { kind: result ? "passed" : "failed" };
    },
  };
};
