import { readdirSync } from 'node:fs';
import * as path from 'node:path';
import Mocha from 'mocha';

/**
 * Runs the suite in the extension host that loaded this file; what VS Code calls for `extensionTestsPath`. Tests of
 * machines are for a host that has some: $SUITE names the files to run, all without it.
 */
export function run(): Promise<void> {
  const mocha = new Mocha({ ui: 'bdd', color: false, timeout: 120_000, failZero: true, forbidOnly: true, forbidPending: true });
  if (process.env.SUITE_GREP !== undefined) mocha.grep(new RegExp(process.env.SUITE_GREP));
  const wanted = process.env.SUITE?.split(',');
  for (const file of readdirSync(__dirname)) {
    const name = /^(.*)\.test\.js$/.exec(file)?.[1];
    if (name !== undefined && (wanted?.includes(name) ?? true)) mocha.addFile(path.join(__dirname, file));
  }
  return new Promise((resolve, reject) => {
    const runner = mocha.run((failed) => {
      console.log(`RESULT ${JSON.stringify({ passed: runner.stats?.passes ?? 0, failed, skipped: runner.stats?.pending ?? 0 })}`);
      if (failed > 0) reject(new Error(`${failed} tests failed`));
      else resolve();
    });
  });
}
