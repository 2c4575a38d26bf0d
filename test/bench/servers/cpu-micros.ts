/** Microseconds of processor time that this process has used, with its threads for garbage. */
export const cpuMicros = (): number => {
  const { user, system } = process.cpuUsage();
  return user + system;
};
