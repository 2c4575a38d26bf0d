import { readFile } from "node:fs/promises";
import type { User } from "../control-plane/credentials.ts";
import type { ControlPlane } from "../control-plane/start.ts";
import { apply, succeed } from "./kubectl.ts";
import { namespace } from "./objects.ts";
import { OPERATIONS } from "./shipped.ts";

/** A person who may run the commands for operators, once `grantOperators` was called. */
export const OPERATOR: User = { name: "operator", groups: ["netpol-guard-operators"] };

/** Gives operators the rights that the documentation names, and no others; makes the guard's namespace. */
export const grantOperators = async (plane: ControlPlane): Promise<void> => {
  await apply(plane, namespace("netpol-guard"));
  const [, manifests] =
    /^## Who may do it\n[^]*?^```yaml\n([^]*?)^```$/m.exec(await readFile(OPERATIONS, "utf8")) ?? [];
  if (manifests === undefined) throw new Error(`Expected the rights of operators in ${OPERATIONS}, found none`);
  await succeed(plane, ["apply", "-f", "-"], manifests);
};
