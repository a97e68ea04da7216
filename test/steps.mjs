// The steps of a walk: counted, told, and each with a screenshot.
import { add, nothing, tryTwice } from './results.mjs';

/**
 * @param {() => import('./rig/vscode/workbench.mjs').Workbench | undefined} workbench  the window that steps are taken in, while there is one
 * @param {boolean} once  a walk that fails is not tried again: somebody is looking at it
 */
export function walking(workbench, once) {
  /** Of all walks, and of the one that is being taken. */
  const counts = nothing();
  let here = nothing();
  return {
    counts,
    /** What cannot be taken here. @param {string} reason */
    skip(reason) {
      add(counts, { ...nothing(), skipped: 1, reason });
      console.log(`  skipped: ${reason}`);
    },
    /**
     * Takes all steps of a walk, and all again if one fails. What fails outside of any is one failure more.
     * @param {string} name @param {() => Promise<void>} steps from the start @param {(well: boolean) => Promise<void>} end takes down what the steps have
     */
    async take(name, steps, end) {
      const attempt = async () => {
        here = nothing();
        try {
          await steps();
        } catch (error) {
          if (here.failed === 0) {
            here.failed++;
            console.log(error.stack);
          }
        }
        await end(here.failed === 0);
        return here;
      };
      add(counts, once ? await attempt() : await tryTwice(`walk ${name}`, attempt));
    },
    /** A step that fails ends the walk: the next ones build on it. @param {string} name @param {() => Promise<void>} body */
    async step(name, body) {
      const started = Date.now();
      try {
        await body();
        here.passed++;
        console.log(`  ok ${name} (${Date.now() - started} ms)`);
      } catch (error) {
        here.failed++;
        console.log(`  not ok ${name}\n${error.stack}`);
        throw error;
      } finally {
        const number = String(counts.passed + here.passed + here.failed).padStart(2, '0');
        await workbench()
          ?.screenshot(`${number}-${name.replaceAll(/\W+/g, '-')}${here.failed > 0 ? '-failed' : ''}`)
          .catch(() => {});
      }
    },
  };
}
