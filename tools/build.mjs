// Bundles the extension (client/dist/extension.js) with what its terminals run (client/dist/terminal-wrapper.js) and what saves settings as root
// (client/dist/install-settings.js), and the language server with its checker (server/dist/cli.js).
// --dev leaves the code readable and adds source maps; --watch does too, and builds again after every change.

import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { build, context } from 'esbuild';

const root = path.resolve(path.dirname(fileURLToPath(import.meta.url)), '..');

/** dbus-native reads introspection XML with xml2js; we write signatures by hand, so 100 kB stay out of the bundle. */
const withoutXml = {
  name: 'without-xml',
  setup(b) {
    b.onResolve({ filter: /^xml2js$/ }, () => ({ path: 'xml2js', namespace: 'absent' }));
    b.onLoad({ filter: /.*/, namespace: 'absent' }, () => ({ contents: 'module.exports = {};', loader: 'js' }));
  },
};

/** @param {{ dev?: boolean }} [how] @returns {import('esbuild').BuildOptions[]} */
export function bundles({ dev = false } = {}) {
  const common = {
    absWorkingDir: root,
    bundle: true,
    platform: 'node',
    target: 'node20',
    format: 'cjs',
    logLevel: 'warning',
    minify: !dev,
    sourcemap: dev ? 'linked' : false,
    legalComments: 'none',
    loader: { '.md': 'text' },
    // Some dependencies publish a UMD build as `main`, which esbuild cannot see through.
    mainFields: ['module', 'main'],
    plugins: [withoutXml],
  };
  return [
    {
      ...common,
      entryPoints: ['client/src/extension.ts'],
      outfile: 'client/dist/extension.js',
      external: ['vscode', './install-settings'],
    },
    { ...common, entryPoints: ['client/src/host/terminal/terminal-wrapper.ts'], outfile: 'client/dist/terminal-wrapper.js' },
    // The extension requires it too, and so knows where it is.
    { ...common, entryPoints: ['client/src/host/commands/install-settings.ts'], outfile: 'client/dist/install-settings.js' },
    { ...common, entryPoints: ['server/src/cli/main.ts'], outfile: 'server/dist/cli.js' },
  ];
}

/** Builds all of them. @returns {Promise<import('esbuild').Metafile[]>} what went into each */
export async function buildAll(how = {}) {
  const metafiles = [];
  for (const options of bundles(how)) metafiles.push((await build({ ...options, metafile: true })).metafile);
  return metafiles;
}

/** Builds all of them, and again after every change, until the process ends. .vscode/tasks.json reads what this prints. */
async function watchAll() {
  const all = bundles({ dev: true });
  let running = all.length;
  console.log('[watch] build started');
  /** One pair of lines for bundles that are built at the same time. @returns {import('esbuild').Plugin} */
  const report = () => {
    let first = true;
    return {
      name: 'report',
      setup({ onStart, onEnd }) {
        onStart(() => {
          if (!first && running++ === 0) console.log('[watch] build started');
          first = false;
        });
        onEnd(({ errors, warnings }) => {
          for (const [severity, messages] of Object.entries({ error: errors, warning: warnings }))
            for (const { text, location } of messages)
              console.log(
                `${location?.file ?? 'tools/build.mjs'}:${location?.line ?? 1}:${(location?.column ?? 0) + 1}: ${severity}: ${text}`,
              );
          if (--running === 0) console.log('[watch] build finished');
        });
      },
    };
  };
  for (const options of all)
    await (await context({ ...options, logLevel: 'silent', plugins: [...(options.plugins ?? []), report()] })).watch();
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  if (process.argv.includes('--watch')) await watchAll();
  else await buildAll({ dev: process.argv.includes('--dev') });
}
