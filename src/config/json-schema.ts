import { z } from "zod";
import { guardConfiguration } from "./schema.ts";

/**
 * What a GuardConfiguration may hold, for editors: the JSON Schema (draft 7, which they know best) of the schema that files
 * are read by. What it cannot say (a CIDR without host bits, a CEL expression that compiles, names that differ) only reading
 * the file finds.
 */
export const configurationSchema = (): object => z.toJSONSchema(guardConfiguration, { io: "input", target: "draft-7" });
