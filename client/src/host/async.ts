/**
 * Turns many requests for the same work into few runs: one run at a time, and however many requests arrive during it,
 * one more afterwards. The promise of a request settles with a run that began after the request was made, so its
 * answer is never older than the question.
 */
export function coalesced(run: () => Promise<void>): () => Promise<void> {
  let current: Promise<void> | undefined;
  let next: Promise<void> | undefined;
  const request = (): Promise<void> => {
    if (!current) {
      current = run().finally(() => (current = undefined));
      return current;
    }
    next ??= current
      .catch(() => undefined)
      .then(() => {
        next = undefined;
        return request();
      });
    return next;
  };
  return request;
}

/** Runs `work` for every item, at most `limit` at the same time. Rejects with the first error. */
export async function pooled<T>(items: readonly T[], limit: number, work: (item: T) => Promise<void>): Promise<void> {
  const rest = items.values();
  const worker = async () => {
    for (const item of rest) await work(item);
  };
  await Promise.all(Array.from({ length: Math.min(limit, items.length) }, worker));
}

/** For work in the background, whose end is not awaited. It is expected to deal with its errors itself; one that slips out is a bug. */
export function inBackground(work: Promise<unknown>): void {
  work.catch((error: unknown) => console.error('nspawn: work in the background failed:', error));
}
