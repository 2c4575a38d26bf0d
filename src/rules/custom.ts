import { z } from "zod";
import type { Transition } from "../engine/delta.ts";
import { replacedObject } from "../engine/replaced.ts";
import { changeText } from "../engine/words.ts";
import { ALL_ADDRESSES, type AddressSet } from "../model/addresses.ts";
import { openedPaths, type Opened, type PathScope } from "./custom/opened.ts";
import { CompileError, compileProgram, type Program } from "./custom/program.ts";
import { isUnchanged } from "./custom/unchanged.ts";
import { changeValue, namespaceValue, openedValue } from "./custom/values.ts";
import { pathEnd, ports, type PathEnd } from "./options.ts";
import { addressesOf, endpointsOf, EVERYBODY } from "./path-ends.ts";
import { defineRule, type Standing, type Violation } from "./rule.ts";

const variable = z.strictObject({
  name: z.string().regex(/^[A-Za-z_][A-Za-z0-9_]*$/, "expected a name such as isDatabase"),
  expression: z.string().min(1),
});

/** The expression with all that is needed to run it: compiled as the configuration is read. */
const program = z
  .strictObject({ expression: z.string().min(1), variables: z.array(variable).default([]) })
  .transform(({ expression, variables }, context): Program => {
    try {
      return compileProgram(expression, variables);
    } catch (cause) {
      if (!(cause instanceof CompileError)) throw cause;
      context.addIssue({ code: "custom", message: `${cause.message}` });
      return z.NEVER;
    }
  });
