import type { ControlPlane } from "../control-plane/start.ts";
import { startGuard } from "./guard-process.ts";
import { register } from "./register.ts";

/** Lets a guard with this configuration judge what a control plane is asked; returns what ends both. */
export const guardPlane = async (plane: ControlPlane, config: string): Promise<() => Promise<void>> => {
  const guard = await startGuard({ config, state: ["--kubeconfig", plane.kubeconfig] });
  await register(plane, guard);
  return async () => {
    await guard.stop();
    await plane.stop();
  };
};
