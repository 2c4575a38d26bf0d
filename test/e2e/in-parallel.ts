/** Works through a number of rounds, so many at a time, each by its index. */
export const inParallel = async (
  rounds: number,
  atOnce: number,
  work: (round: number, lane: number) => Promise<void>,
): Promise<void> => {
  let next = 0;
  const lane = async (_: unknown, index: number): Promise<void> => {
    while (next < rounds) {
      const round = next;
      next += 1;
      await work(round, index);
    }
  };
  await Promise.all(Array.from({ length: atOnce }, lane));
};
