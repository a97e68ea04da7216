// The steps of a walk: counted, told, and each with a screenshot.

/** @param {() => import('./rig/vscode/workbench.mjs').Workbench | undefined} workbench  the window that steps are taken in, while there is one */
export function walking(workbench) {
  /** @type {{ passed: number, failed: number, skipped: number, reason?: string }} */
  const counts = { passed: 0, failed: 0, skipped: 0 };
  return {
    counts,
    /** What cannot be taken here. @param {string} reason */
    skip(reason) {
      counts.skipped++;
      counts.reason = counts.reason === undefined ? reason : `${counts.reason}; ${reason}`;
      console.log(`  skipped: ${reason}`);
    },
    /** Takes all steps of a walk. What fails outside of any is one failure more. @param {() => Promise<void>} steps @returns {Promise<boolean>} whether all went well */
    async take(steps) {
      const before = counts.failed;
      try {
        await steps();
      } catch (error) {
        if (counts.failed === before) {
          counts.failed++;
          console.log(error.stack);
        }
      }
      return counts.failed === before;
    },
    /** Says how it went, and ends. */
    finish() {
      console.log(`RESULT ${JSON.stringify(counts)}`);
      process.exit(counts.failed > 0 ? 1 : 0);
    },
    /** A step that fails ends the walk: the next ones build on it. @param {string} name @param {() => Promise<void>} body */
    async step(name, body) {
      const started = Date.now();
      try {
        await body();
        counts.passed++;
        console.log(`  ok ${name} (${Date.now() - started} ms)`);
      } catch (error) {
        counts.failed++;
        console.log(`  not ok ${name}\n${error.stack}`);
        throw error;
      } finally {
        await workbench()?.screenshot(`${String(counts.passed + counts.failed).padStart(2, '0')}-${name.replaceAll(/\W+/g, '-')}`).catch(() => {});
      }
    },
  };
}
