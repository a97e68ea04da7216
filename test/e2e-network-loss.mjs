// End-to-end: the SSH connection to another computer is cut in the middle of every kind of operation: what the terminal and VS Code say then, what
// the views show when it is back, and that nothing is left running here or there. VS Code runs inside a real systemd as an ordinary
// user, the machines are those of a second one. Each step says how long the rows were wrong.
//   node test/e2e-network-loss.mjs [path of a .vsix] [--grep PATTERN]
import { setTimeout as pause } from 'node:timers/promises';
import { nodePath } from './rig/vscode/install.mjs';
import { checkout } from './support/checkout.mjs';
import { finish, isWanted, rig, scenario, step, workbench } from './support/e2e.mjs';
import { acceptConnections, bootRemoteHost, disconnect, remoteName } from './support/remote-host.mjs';

await scenario('network-loss', { permit: true, session: true }, async () => {
  const remote = await bootRemoteHost(rig, { binds: [checkout] });
  /** Runs a command over there as root, by a way that is not cut. @returns {Promise<string>} what it prints, however it ends */
  const there = async (...argv) => (await remote.run(argv, { timeout: 90_000 })).stdout.trim();
  const sh = (script) => there('sh', '-c', script);
  const is = async (...argv) => (await remote.run(argv, { timeout: 90_000 })).code === 0;

  /** What systemd says over there. */
  const systemdState = async () => {
    const named = (json, key) =>
      JSON.parse(json)
        .map((one) => one[key])
        .filter((name) => name !== '.host')
        .sort();
    return {
      machines: named(await there('machinectl', 'list', '-o', 'json'), 'machine'),
      images: named(await there('machinectl', 'list-images', '-o', 'json'), 'name'),
      transfers: [...(await there('machinectl', 'list-transfers')).matchAll(/^\s*\d+ .*?(?:pull|import|export)-\S+ +(\S+)/gm)]
        .map(([, name]) => name)
        .sort(),
    };
  };
  /** The rows of that computer, which is last. */
  const rowsOf = async (view) => {
    const rows = await workbench.rowsNow(view);
    return rows.slice(rows.findLastIndex(({ label }) => label === remoteName) + 1);
  };
  const shown = async () => ({
    machines: (await rowsOf('Machines'))
      .filter(({ ariaLabel }) => /^[^,]+, running/.test(ariaLabel))
      .map(({ label }) => label)
      .sort(),
    images: (await rowsOf('Images')).map(({ label }) => label).sort(),
    transfers: (await rowsOf('Transfers')).map(({ label }) => label).sort(),
  });
  const connection = async () => (await workbench.rowsNow('Machines')).find(({ label }) => label === remoteName)?.ariaLabel ?? '';
  const connected = () =>
    workbench.until('the connection', async () => /connected$/.test(await connection()) && !/not connected/.test(await connection()));
  /** Until the rows are right three times in a row: operations may go on. @returns {Promise<number>} how long it was wrong at most, in ms */
  const right = async () => {
    let wrongSince = 0,
      longest = 0;
    for (let looks = 0, end = Date.now() + 60_000; looks < 3; ) {
      const expected = await systemdState(),
        seen = await shown(),
        now = Date.now();
      const same = JSON.stringify(expected) === JSON.stringify(seen);
      if (!same) wrongSince ||= now;
      if (wrongSince > 0) longest = Math.max(longest, now - wrongSince);
      if (same) wrongSince = 0;
      looks = same ? looks + 1 : 0;
      if (now > end) throw new Error(`what is shown stays ${JSON.stringify(seen)} where it is ${JSON.stringify(expected)}`);
      await pause(20);
    }
    return longest;
  };

  const menu = async (view, name, item) => workbench.contextMenu(await workbench.treeRow(view, name), item);
  /** Fills in the input box with that prompt. */
  const fill = async (prompt, text) => {
    await workbench.page.locator('.quick-input-widget:visible', { hasText: prompt }).waitFor();
    await workbench.answerInput(text);
  };
  const runs = async (name) => {
    await there('machinectl', 'start', name);
    await workbench.until(`${name} to run`, async () => (await shown()).machines.includes(name));
  };
  const copied = async (image = 'afar') => {
    await there('machinectl', 'clone', image, 'copy');
    await workbench.clickViewAction('Images', 'Refresh');
    await workbench.until('the copy', async () => (await shown()).images.includes('copy'));
  };
  /** The next machinectl waits for machined until `letGo`. Not earlier, for logging in asks machined as well (nss-mymachines). */
  const hold = () => there('touch', '/run/hold-machined');
  const letGo = () => sh('rm /run/hold-machined; systemctl kill --signal=CONT --kill-whom=main systemd-machined.service');
  const holding =
    '#!/bin/sh\n[ ! -e /run/hold-machined ] || systemctl kill --signal=STOP --kill-whom=main systemd-machined.service\nexec /usr/bin/machinectl "$@"\n';
  const asked = () => is('pgrep', '-f', '^/usr/bin/machinectl');
  /** Stops the next process that machined starts for an image, until `goOn`. @param {string} child how machined calls it */
  const still = (child) => {
    const caught = is('timeout', '60', 'sh', '-c', `until pkill -STOP -x '\\(${child}\\)'; do :; done`);
    return async () => {
      if (!(await caught)) throw new Error(`${child} was never seen`);
    };
  };
  const goOn = (child) => there('pkill', '-CONT', '-x', `\\(${child}\\)`);
  const transferring = async () => (await systemdState()).transfers.length > 0;

  /**
   * How an operation is begun by hand, and when it is in its middle; what is made ready before, goes on after the cut, or when we are back.
   * @type {Record<string, { before?: Act, begin: Act, begun: () => Promise<boolean>, after?: Act, later?: Act }>} @typedef {() => Promise<unknown>} Act
   */
  const operations = {
    start: {
      before: () => there('touch', '/run/hold'),
      begin: () => menu('Machines', 'afar', 'Start'),
      begun: async () => (await there('systemctl', 'is-active', 'systemd-nspawn@afar.service')) === 'activating',
      after: () => there('rm', '/run/hold'),
    },
    'power off': {
      before: async () => {
        await runs('afar');
        await hold();
      },
      begin: () => menu('Machines', 'afar', 'Power Off'),
      begun: asked,
      after: letGo,
    },
    terminate: {
      before: async () => {
        await runs('afar');
        await hold();
      },
      begun: asked,
      after: letGo,
      begin: async () => {
        await menu('Machines', 'afar', 'Terminate');
        await workbench.answerDialog('Terminate');
      },
    },
    clone: {
      begin: async () => {
        const caught = still('sd-imgclone');
        await menu('Images', 'there', 'Clone…');
        await fill('Name of the new image', 'copy');
        await caught();
      },
      begun: asked,
      later: () => goOn('sd-imgclone'),
    },
    rename: {
      before: async () => {
        await copied();
        await hold();
      },
      begun: asked,
      after: letGo,
      begin: async () => {
        await menu('Images', 'copy', 'Rename…');
        await fill('Name of the new image', 'other');
      },
    },
    remove: {
      before: () => copied('there'),
      begun: asked,
      later: () => goOn('sd-imgrm'), // the bigger one, whose deletion takes its time
      begin: async () => {
        const caught = still('sd-imgrm');
        await menu('Images', 'copy', 'Delete Image…');
        await workbench.answerDialog('Delete');
        await caught();
      },
    },
    export: {
      begin: async () => {
        await menu('Images', 'there', 'Export as tar…');
        await fill('Absolute path on', '/tmp/there.tar.xz');
      },
      begun: transferring,
    },
    import: {
      // From a pipe that is held open and only delivers the beginning.
      before: () =>
        sh(
          'mkfifo /tmp/endless.tar && systemd-run --quiet --unit=feeder sh -c "exec 3<>/tmp/endless.tar; head -c 512 /dev/zero >&3; sleep infinity"',
        ),
      begin: async () => {
        await workbench.runCommand('Machines: Import tar Archive…');
        await workbench.acceptQuickPick(remoteName);
        await fill('Absolute path on', '/tmp/endless.tar');
        await fill('Name of the new image', 'copy');
      },
      begun: transferring,
    },
    pull: {
      before: () =>
        sh(`systemd-run --quiet --unit=server ${nodePath} -e 'require("http").createServer((q, a) => a.writeHead(200, { "Content-Length": 1e6 }).write("x")).listen(8099)'
        until curl -s -m 1 -o /dev/null http://127.0.0.1:8099/ || [ $? = 28 ]; do sleep 0.1; done`),
      begin: async () => {
        await workbench.runCommand('Machines: Download tar Archive…');
        await workbench.acceptQuickPick(remoteName);
        await fill('URL to download', 'http://127.0.0.1:8099/endless.tar');
        await fill('Name of the new image', 'copy');
        await workbench.acceptQuickPick('Do not verify');
      },
      begun: transferring,
    },
    'copy to': {
      before: async () => {
        await runs('afar');
        await hold();
      },
      begun: asked,
      after: letGo,
      begin: async () => {
        await menu('Machines', 'afar', 'Copy to Machine…');
        await fill('Absolute path on', '/etc/services');
        await fill('Destination path inside the machine', '/root/services');
      },
    },
    'copy from': {
      before: async () => {
        await runs('afar');
        await hold();
      },
      begun: asked,
      after: letGo,
      begin: async () => {
        await menu('Machines', 'afar', 'Copy from Machine…');
        await fill('Path of the file or folder inside the machine', '/etc/os-release');
        await fill('Absolute path on', '/tmp/os-release');
      },
    },
    shell: {
      before: async () => {
        await runs('there');
        await remote.machineUp('there');
      }, // it has a bus to log in by then
      begin: async () => {
        await menu('Machines', 'there', 'Open Shell');
        await workbench.until('a prompt', async () => /root@there/.test(await workbench.terminalText()));
        await workbench.typeInTerminal('sleep 4242\n');
      },
      begun: () => is('pgrep', '-f', '^sleep 4242'),
    },
  };

  try {
    await remote.addMachine('afar', 'tiny');
    await remote.addMachine('there', 'guest');
    await sh(`mkdir -p /run/systemd/system/systemd-nspawn@afar.service.d
      printf "[Service]\\nExecStartPre=/bin/sh -c 'while test -e /run/hold; do sleep 0.05; done'\\n" >/run/systemd/system/systemd-nspawn@afar.service.d/hold.conf
      systemctl daemon-reload
      printf '${holding}' >/usr/local/bin/machinectl; chmod 755 /usr/local/bin/machinectl`);
    await step('see another computer', async () => {
      await workbench.openView('Machines');
      await workbench.runCommand('Machines: Add Host…');
      await workbench.acceptQuickPick(remoteName);
      await connected();
      await right();
    });
    for (const [name, { before, begin, begun, after, later }] of Object.entries(operations)) {
      if (!isWanted(name)) continue;
      await step(`be cut off: ${name}`, async () => {
        await before?.();
        await begin();
        await workbench.until('its middle', begun);
        await disconnect(remote);
        await workbench.until('the end of its terminal', async () =>
          /Connection to \S+ closed.*ssh ended with exit status 255\. Press any key/s.test(await workbench.terminalText()),
        );
        await workbench.until('the reason', async () =>
          (await workbench.notifications()).some(({ message }) =>
            /\(remote\.example\).*connection to remote\.example was lost or could not be established.*may continue there/.test(message),
          ),
        );
        await workbench.screenshot(`cut-${name.replaceAll(' ', '-')}`);
        await workbench.until('the row to say so', async () => /cannot be reached|was ended/.test(await connection()));
        await after?.();
        await acceptConnections(remote);
        const opened = Date.now();
        await menu('Machines', remoteName, 'Reconnect');
        await connected();
        const back = Date.now() - opened;
        await later?.();
        const wrong = await right();
        console.log(`     connected after ${back} ms, then wrong for ${wrong} ms: ${JSON.stringify(await systemdState())}`);
        await workbench.typeInTerminal(' ');
        await workbench.until('nothing to be left here', async () => {
          const left = (await rig.run(['pgrep', '-a', '-x', 'ssh'])).stdout.trim().split('\n');
          return left.length === 1 && /systemd-stdio-bridge$/.test(left[0]);
        });
        await workbench.until(
          'nothing to be left there',
          async () =>
            !(await is('pgrep', '-x', 'machinectl|importctl|pkttyagent|sudo')) &&
            !(await is('pgrep', '-f', '^sleep 4242')) &&
            (await there('pgrep', '-c', '-x', 'systemd-stdio-b')) === '1',
        );
        // As it was before.
        await workbench.runCommand('Notifications: Clear All Notifications');
        await sh(`for id in $(machinectl list-transfers --no-legend | awk '{ print $1 }'); do for i in 1 2 3 4; do machinectl cancel-transfer $id; done; done
          machinectl terminate afar; machinectl terminate there; systemctl stop feeder server
          while machinectl list-transfers --no-legend | grep -q tar || machinectl list --no-legend | grep -q .; do sleep 0.1; done
          systemctl stop systemd-nspawn@afar systemd-nspawn@there; machinectl remove copy; machinectl remove other; rm -f /tmp/*.tar* /tmp/os-release`);
        await workbench.clickViewAction('Images', 'Refresh');
        await right();
      });
    }
  } finally {
    await remote.stop();
  }
});
finish();
