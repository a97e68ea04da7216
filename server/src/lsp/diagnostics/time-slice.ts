import type { Resumable } from '../../model/resumable';

/** How long a request may have to wait for checks, in milliseconds. */
const sliceLength = 5;

/** Time for work that requests have to wait for. */
export class TimeSlice {
  private began = performance.now();

  get used(): boolean {
    return performance.now() - this.began >= sliceLength;
  }

  /** Lets requests run, and begins another slice. */
  async renew(): Promise<void> {
    await requests();
    this.began = performance.now();
  }
}

/** Lets requests run that have come meanwhile. */
export const requests = (): Promise<void> => new Promise(setImmediate);

/**
 * Does work in slices, and lets requests in between.
 * @param outdated whether something has happened meanwhile that makes the result worthless
 * @returns undefined when it was given up as outdated
 */
export async function runInSlices<T>(steps: Resumable<T>, outdated: () => boolean): Promise<T | undefined> {
  const slice = new TimeSlice();
  for (;;) {
    const { done, value } = steps.next();
    if (done === true) return value;
    if (!slice.used) continue;
    await slice.renew();
    if (outdated()) return undefined;
  }
}
