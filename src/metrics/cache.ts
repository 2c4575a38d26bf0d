import { readCounter, readGauge, type Family } from "./family.ts";

/** How well the state that is judged on follows the cluster. */
export const cache: Family = (register, { notReady, cluster }) => {
  readGauge(register, "netpol_guard_ready", "1 while requests can be judged, 0 while they are undecided.", () =>
    notReady() === undefined ? 1 : 0,
  );
  if (cluster === undefined) return;
  readGauge(
    register,
    "netpol_guard_cache_lag_seconds",
    "Time since what is held of the cluster was last known to be up to date, of the kind for which it is longest.",
    () => cluster.cache().lagSeconds,
  );
  readGauge(
    register,
    "netpol_guard_watch_event_age_seconds",
    "Time since a watch last brought an event or a bookmark, of the kind for which it is longest.",
    () => cluster.cache().eventAgeSeconds,
  );
  readGauge(
    register,
    "netpol_guard_pending_writes",
    "Admitted writes that no watch has shown yet and that are laid over the cluster's state.",
    () => cluster.cache().pendingWrites,
  );
  readCounter(
    register,
    "netpol_guard_confirmations_total",
    "Times that what a denial rests on was read anew; decision: same, changed or failed.",
    "decision",
    () => ({ ...cluster.cache().confirmations }),
  );
};
