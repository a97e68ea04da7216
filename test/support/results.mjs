// Results of tests: counted, added up, and printed in the one line that test/run.mjs reads.

/**
 * `reason`: why something was skipped. `unsteady`: what passed only when it was tried again, by name.
 * @typedef {{ passed: number, failed: number, skipped: number, reason?: string, unsteady?: string[] }} Counts
 */

/** @returns {Counts} */
export const nothing = () => ({ passed: 0, failed: 0, skipped: 0 });

/** @param {Counts} total what is added to @param {Counts} some */
export function add(total, some) {
  for (const kind of /** @type {const} */ (['passed', 'failed', 'skipped'])) total[kind] += some[kind];
  if (some.reason !== undefined) total.reason = total.reason === undefined ? some.reason : `${total.reason}; ${some.reason}`;
  if (some.unsteady !== undefined) total.unsteady = [...(total.unsteady ?? []), ...some.unsteady];
}

/**
 * Tries again, once, what failed. For what drives windows and boots computers: a row that is drawn anew under the mouse fails a test
 * now and then, and a fault of the product fails it twice. Nothing is hidden: what failed first is printed when it fails, and its name
 * is in the counts to the very end.
 * @param {string} name @param {() => Promise<Counts>} attempt from the start, with nothing of an earlier one left
 * @returns {Promise<Counts>} of the last attempt
 */
export async function tryTwice(name, attempt) {
  const tried = () =>
    attempt().catch((error) => {
      console.log(error.stack);
      return { ...nothing(), failed: 1 };
    });
  const first = await tried();
  if (first.failed === 0) return first;
  console.log(`  ${name} failed, and is tried once more from the start`);
  const second = await tried();
  return second.failed === 0 ? { ...second, unsteady: [...(second.unsteady ?? []), name] } : second;
}

/** Prints the result, and exits. @param {Counts} counts @returns {never} */
export function finish(counts) {
  console.log(`RESULT ${JSON.stringify(counts)}`);
  process.exit(counts.failed > 0 ? 1 : 0);
}
