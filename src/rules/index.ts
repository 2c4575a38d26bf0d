import { forbiddenPath } from "./forbidden-path.ts";
import { requireDefaultDeny } from "./require-default-deny.ts";
import { restrictIpBlocks } from "./restrict-ip-blocks.ts";
import type { RuleType } from "./rule.ts";

/** Every type of rule that a configuration can name. */
export const RULE_TYPES: readonly RuleType[] = [requireDefaultDeny, restrictIpBlocks, forbiddenPath];
