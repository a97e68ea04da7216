// The suite of test/suite in a desktop VS Code, which @vscode/test-electron downloads: for people with internet.
//   npm run test:electron

import path from 'node:path';
import { runTests } from '@vscode/test-electron';
import { installPackages, must, root } from '../tools/setup.mjs';

await installPackages();
must(['node', 'tools/build.mjs']);
const { bundleSuite } = await import('./mocha.mjs');
await bundleSuite('suite');
await runTests({
  extensionDevelopmentPath: root,
  extensionTestsPath: path.join(root, 'out/suite/test/suite/index.js'),
  extensionTestsEnv: { SUITE: 'language,fixes,mkosi,mkosi-projects' },
  launchArgs: [path.join(root, 'examples'), '--disable-extensions'],
});
