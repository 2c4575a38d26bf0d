import { readGauge, type Family } from "./family.ts";

/** Whether policies are enforced at all; both 0 where that cannot be told. */
export const networkPlugin: Family = (register, { cluster }) => {
  if (cluster === undefined) return;
  const isAnswer = (wanted: string) => (): number => (cluster.enforcement().answer === wanted ? 1 : 0);
  readGauge(
    register,
    "netpol_guard_network_plugin_enforces",
    "1 where a network plug-in was found that enforces network policies.",
    isAnswer("enforced"),
  );
  readGauge(
    register,
    "netpol_guard_network_plugin_ignores",
    "1 where a network plug-in was found that enforces none, and no other; 0 beside a 0 of the former: unknown.",
    isAnswer("ignored"),
  );
};
