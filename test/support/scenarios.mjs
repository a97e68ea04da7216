// Scenarios of steps: counted, printed, and each step with a screenshot.
import { add, nothing, tryTwice } from './results.mjs';

/**
 * @param {() => import('../rig/vscode/workbench.mjs').Workbench | undefined} workbench  the window that steps run in, while there is one
 * @param {boolean} once  a scenario that fails is not tried again
 */
export function scenarios(workbench, once) {
  /** Of all scenarios, and of the one that is running. */
  const counts = nothing();
  let here = nothing();
  return {
    counts,
    /** What cannot run here. @param {string} reason */
    skip(reason) {
      add(counts, { ...nothing(), skipped: 1, reason });
      console.log(`  skipped: ${reason}`);
    },
    /**
     * Runs all steps of a scenario, and all again if one fails. What fails outside of any step is one more failure.
     * @param {string} name @param {() => Promise<void>} steps from the start @param {(passed: boolean) => Promise<void>} end takes down what the steps have made
     */
    async attempt(name, steps, end) {
      const runOnce = async () => {
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
      add(counts, once ? await runOnce() : await tryTwice(`scenario ${name}`, runOnce));
    },
    /** A step that fails ends the scenario: the next ones build on it. @param {string} name @param {() => Promise<void>} body */
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
