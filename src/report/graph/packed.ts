/**
 * A column of a long table as differences to the row before, each followed by how often it comes in a row. In a cluster
 * where everybody reaches everybody, a quarter of a million rows come down to a few hundred numbers.
 */
export const packed = <T>(rows: readonly T[], value: (row: T) => number): readonly number[] => {
  const runs: number[] = [];
  let before = 0;
  for (const row of rows) {
    const next = value(row);
    const last = runs.length - 1;
    if (runs[last - 1] === next - before) runs[last] = (runs[last] ?? 0) + 1;
    else runs.push(next - before, 1);
    before = next;
  }
  return runs;
};
