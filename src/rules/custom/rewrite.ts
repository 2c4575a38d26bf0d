import type { CelEnv, parse } from "@bufbuild/cel";

/** A node of a parsed expression. */
export type Expr = ReturnType<typeof parse>["expr"];

/** Something in an expression that cannot be: `id` is that of the node. */
export class ExpressionError extends Error {
  override readonly name = "ExpressionError";
  readonly id: bigint;

  constructor(id: bigint, message: string) {
    super(message);
    this.id = id;
  }
}

/** What an expression may name. */
export interface Scope {
  readonly env: CelEnv;
  readonly names: ReadonlySet<string>;
  /** Told of each of the names that the expression speaks of. */
  readonly found: (name: string) => void;
}

/** The function that every turn of a loop calls; no expression can name it. */
export const STEP = "@step";

/** Operators that are no functions of an environment. */
const OPERATORS: ReadonlySet<string> = new Set(["_[_]", "_?_:_", "_&&_", "_||_", "@not_strictly_false"]);

/** Types, which are values too. */
const TYPES = ["bool", "bytes", "double", "int", "list", "map", "null_type", "string", "type", "uint"];

const callOf = (id: bigint, name: string, args: Expr[]): Expr => ({
  $typeName: "cel.expr.Expr",
  id,
  exprKind: { case: "callExpr", value: { $typeName: "cel.expr.Expr.Call", function: name, args } },
});

const required = (expr: Expr | undefined, id: bigint): Expr => {
  if (expr === undefined) throw new ExpressionError(id, "expected an expression, found none");
  return expr;
};

/**
 * The expression with a step in every turn of every loop. Throws ExpressionError for a name or a function that there is
 * not.
 */
export const rewrite = (expr: Expr, scope: Scope, bound: ReadonlySet<string> = new Set()): Expr => {
  const { id, exprKind } = expr;
  const inner = (part: Expr | undefined, more: readonly string[] = []): Expr =>
    rewrite(required(part, id), scope, more.length === 0 ? bound : new Set([...bound, ...more]));
  switch (exprKind.case) {
    case "identExpr": {
      const { name } = exprKind.value;
      if (bound.has(name) || TYPES.includes(name)) return expr;
      if (scope.names.has(name)) {
        scope.found(name);
        return expr;
      }
      throw new ExpressionError(id, `expected one of ${[...scope.names].join(", ")}, found ${name}`);
    }
    case "selectExpr": {
      const { value } = exprKind;
      return { ...expr, exprKind: { case: "selectExpr", value: { ...value, operand: inner(value.operand) } } };
    }
    case "callExpr": {
      const { value } = exprKind;
      const { function: name, args, target } = value;
      if (!OPERATORS.has(name) && (name === STEP || scope.env.funcs.find(name) === undefined))
        throw new ExpressionError(id, `expected a function of CEL, found ${name}`);
      const call = { ...value, args: args.map((arg) => inner(arg)), ...(target && { target: inner(target) }) };
      return { ...expr, exprKind: { case: "callExpr", value: call } };
    }
    case "listExpr": {
      const elements = exprKind.value.elements.map((element) => inner(element));
      return { ...expr, exprKind: { case: "listExpr", value: { ...exprKind.value, elements } } };
    }
    case "structExpr": {
      const entries = exprKind.value.entries.map((entry) => {
        if (entry.keyKind.case !== "mapKey") throw new ExpressionError(id, "expected a map, found a message");
        const keyKind = { case: "mapKey" as const, value: inner(entry.keyKind.value) };
        return { ...entry, keyKind, value: inner(entry.value) };
      });
      return { ...expr, exprKind: { case: "structExpr", value: { ...exprKind.value, entries } } };
    }
    case "comprehensionExpr": {
      const { value } = exprKind;
      const names = [value.iterVar, value.iterVar2, value.accuVar].filter((name) => name !== "");
      const condition = inner(value.loopCondition, names);
      const loop = {
        ...value,
        iterRange: inner(value.iterRange),
        accuInit: inner(value.accuInit),
        loopCondition: callOf(condition.id, "_&&_", [callOf(condition.id, STEP, []), condition]),
        loopStep: inner(value.loopStep, names),
        result: inner(value.result, names),
      };
      return { ...expr, exprKind: { case: "comprehensionExpr", value: loop } };
    }
    case "constExpr":
    case undefined:
      return expr;
  }
};
