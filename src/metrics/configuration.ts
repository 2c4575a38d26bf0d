import { Gauge } from "prom-client";
import { readGauge, type Family } from "./family.ts";

/** A double holds so many hexadecimal digits exactly. */
const DIGITS = 12;

/** Which configuration is in force. */
export const configuration: Family = (register, { configuration: read }) => {
  readGauge(
    register,
    "netpol_guard_config_last_reload_successful",
    "1 while the configuration in force is that of the file, 0 while the file holds one that was refused.",
    () => (read().isCurrent ? 1 : 0),
  );
  readGauge(
    register,
    "netpol_guard_config_last_reload_success_timestamp_seconds",
    "When the configuration in force was taken over, in seconds since 1970.",
    () => read().takenAt / 1000,
  );
  readGauge(
    register,
    "netpol_guard_config_hash",
    "The first 48 bits of the SHA-256 of the configuration in force: replicas with the same have the same.",
    () => parseInt(read().digest.slice(0, DIGITS), 16),
  );
  new Gauge({
    name: "netpol_guard_rules",
    help: "1 for each rule that is configured, by the mode that it has where its namespace sets none.",
    labelNames: ["rule", "mode"],
    registers: [register],
    collect() {
      this.reset();
      const { mode: general, rules } = read().settings;
      for (const { type, name, mode = general } of rules) this.set({ rule: `${type}/${name}`, mode }, 1);
    },
  });
};
