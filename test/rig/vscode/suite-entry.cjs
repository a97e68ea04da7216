// What run-suite.mjs makes VS Code load as its tests: runs the real suite, $RIG_SUITE, and tags what the extension host
// prints from then on, because VS Code reports it in one stream with the log of the workbench.
'use strict';
const { format } = require('node:util');

exports.tag = '[suite] ';

/** @returns {Promise<void>} */
exports.run = async () => {
  for (const level of /** @type {const} */ (['log', 'info', 'warn', 'error'])) {
    const print = console[level].bind(console);
    // VS Code ignores an assignment to its console.
    Object.defineProperty(console, level, {
      value: (/** @type {unknown[]} */ ...args) => {
        print('%s', exports.tag + format(...args));
      },
    });
  }
  await require(String(process.env.RIG_SUITE)).run();
};
