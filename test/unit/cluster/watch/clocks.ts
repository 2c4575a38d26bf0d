import { type Clock, systemClock } from "../../../../src/cluster/watch/clock.ts";

/** Time runs `factor` times as fast; `waits` collects the milliseconds asked for. */
export const fastClock = (factor: number, waits: number[] = []): Clock => ({
  now: () => systemClock.now() * factor,
  after: (ms, call) => {
    waits.push(ms);
    return systemClock.after(ms / factor, call);
  },
});

/** Time stands still until a test moves it on. */
export const manualClock = (): Clock & { readonly pending: number; advance(ms: number): void } => {
  let now = 0;
  const timers = new Map<object, { readonly at: number; readonly call: () => void }>();
  return {
    get pending() {
      return timers.size;
    },
    now: () => now,
    after: (ms, call) => {
      const timer = {};
      timers.set(timer, { at: now + ms, call });
      return () => timers.delete(timer);
    },
    advance: (ms) => {
      now += ms;
      for (const [timer, { at, call }] of [...timers]) if (at <= now && timers.delete(timer)) call();
    },
  };
};
