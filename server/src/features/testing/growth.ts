/** Sizes of texts, in characters. */
export const small = 8_000,
  large = 8 * small;

/** The decisive size. Linear work costs 32 times as much as on a small text, quadratic work 1024 times. */
const largest = 32 * small;

/** How much each doubling of the size may cost, where that is a reason to look closer, and where it decides. Quadratic work costs 4. */
const perDoubling = { suspect: 2.5, decisive: 3 };

/** Milliseconds: what costs less is measured as this, because the clock and the compiler cost as much. */
const least = 6;

/** How often the largest size is measured: other programs and the garbage collector cost processor time too, but not every time. */
const tries = 4;

/** Milliseconds of the processor that something takes. */
export function cpu(does: () => unknown): number {
  const before = process.cpuUsage();
  does();
  const { user, system } = process.cpuUsage(before);
  return (user + system) / 1000;
}

/** Whether the cost of a larger text is more than so much for each doubling of the size. */
const isTooMuch = (before: number, after: number, limit: number, factor: number): boolean =>
  after > Math.max(least, before) * limit ** Math.log2(factor);

/** Whether two measurements are a reason to look closer. A busy machine may give such a reason too. */
export const isSuspect = (cost: number, costOfLarge: number): boolean => isTooMuch(cost, costOfLarge, perDoubling.suspect, large / small);

/**
 * Measures work until it is clear whether its cost grows faster than the size of the text.
 * @param on prepares the work on a text of a size, which is not measured
 * @param measure milliseconds of the processor that something takes
 * @returns what was measured, when it grows faster each time
 */
export function growsFaster(on: (size: number) => () => unknown, measure = cpu): string | undefined {
  let before = Infinity,
    after = Infinity;
  for (let i = 0; i < tries; i++) {
    before = Math.min(before, measure(on(small)));
    after = Math.min(after, measure(on(largest)));
    if (!isTooMuch(before, after, perDoubling.decisive, largest / small)) return undefined;
  }
  return `${before.toFixed(1)} ms for ${small} characters, ${after.toFixed(1)} ms for ${largest}`;
}
