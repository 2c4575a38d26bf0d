import { custom } from "./custom.ts";
import { forbidHostNetwork } from "./forbid-host-network.ts";
import { forbiddenPath } from "./forbidden-path.ts";
import { lint } from "./lint.ts";
import { onlyAllowedPaths } from "./only-allowed-paths.ts";
import { requireDefaultDeny } from "./require-default-deny.ts";
import { requiredLabels } from "./required-labels.ts";
import { requiredPath } from "./required-path.ts";
import { restrictIpBlocks } from "./restrict-ip-blocks.ts";
import type { RuleType } from "./rule.ts";

/** Every type of rule that a configuration can name. */
export const RULE_TYPES: readonly RuleType[] = [
  requireDefaultDeny,
  restrictIpBlocks,
  forbiddenPath,
  onlyAllowedPaths,
  requiredPath,
  forbidHostNetwork,
  requiredLabels,
  lint,
  custom,
];
