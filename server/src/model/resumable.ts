/** Work in steps, so that other work can run in between; the last step gives the result. */
export type Resumable<T> = Generator<undefined, T>;

/** Does all steps at once. */
export function runToEnd<T>(steps: Resumable<T>): T {
  for (;;) {
    const { done, value } = steps.next();
    if (done === true) return value;
  }
}
