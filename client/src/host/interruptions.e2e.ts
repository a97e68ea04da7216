/**
 * What people see when a service is killed in the middle of what they do. Needs what host.e2e.ts needs, and root, who
 * reaches systemd without the bus. Each case says how long the services took to answer again, and how long our rows
 * were wrong after that.
 */
import assert from 'node:assert/strict';
import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { createWriteStream, existsSync, mkdtempSync, readdirSync, rmSync, type WriteStream } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { commands } from './commands';
import { busAtSocket, systemBusSocket } from './dbus/connect';
import { localMachineStore, type MachineStore } from './model/machine-store';
import { type Ended, Transfers } from './model/transfers';
import { systemdVersion } from './programs';
import { run, until } from './testing/real';

const folder = '/var/lib/machines';

interface Operation {
  readonly argv: () => readonly string[];
  /** What has to be there before. */
  readonly before?: () => Promise<unknown>;
  /** It is in its middle. */
  readonly begun: () => boolean;
}

type Victim = 'systemd-machined' | 'systemd-importd' | 'dbus';

describe('A service that is killed in the middle of', function () {
  this.timeout(240_000);
  let host: MachineStore,
    transfers: Transfers,
    scratch: string,
    server: Server,
    address: string,
    systemd: number | undefined,
    fed: WriteStream | undefined;
  const ended: Ended[] = [];

  const state = (name: string) => host.snapshot.machines.get(name)?.state;
  const runs = async () => {
    // A machine that was killed leaves its cable behind for a moment, and cannot be started meanwhile.
    await until(
      async () =>
        await run(commands.start.argv(['db'], undefined)).then(
          () => true,
          () => false,
        ),
    );
    await until(() => state('db') === 'running');
  };
  const copied = async () => {
    await run(commands.clone.argv(['web'], { newName: 'copy' }));
    await host.refreshImages();
  };
  const transferring = () => transfers.all.size > 0;
  /** A pipe to import from, into which only the beginning is written: the import waits for the rest as long as it is let. */
  const pipe = (): string => path.join(scratch, 'endless.tar');
  const operations: Readonly<Record<string, Operation>> = {
    start: { argv: () => commands.start.argv(['db'], undefined), begun: () => state('db') !== 'stopped' },
    poweroff: { argv: () => commands.poweroff.argv(['db'], undefined), begun: () => true, before: runs },
    reboot: { argv: () => commands.reboot.argv(['db'], undefined), begun: () => true, before: runs },
    terminate: { argv: () => commands.terminate.argv(['db'], undefined), begun: () => true, before: runs },
    clone: {
      argv: () => commands.clone.argv(['web'], { newName: 'copy' }),
      begun: () => readdirSync(folder).some((name) => name.includes('copy')),
    },
    rename: { argv: () => commands.rename.argv(['copy'], { newName: 'other' }), begun: () => true, before: copied },
    remove: {
      argv: () => commands.remove.argv(['copy'], undefined),
      begun: () => !existsSync(path.join(folder, 'copy/usr/lib/os-release')),
      before: copied,
    },
    pull: {
      argv: () => commands.pullTar.argv([], { url: `${address}/endless.tar`, name: 'copy', verify: 'no' }, systemd),
      begun: transferring,
    },
    import: {
      argv: () => commands.importTar.argv([], { source: pipe(), name: 'copy' }, systemd),
      begun: transferring,
      before: () => {
        spawnSync('mkfifo', [pipe()]);
        fed = createWriteStream(pipe(), { flags: 'r+' });
        fed.write(Buffer.alloc(512));
        return Promise.resolve();
      },
    },
    export: { argv: () => commands.exportTar.argv(['web'], { target: path.join(scratch, 'web.tar.xz') }, systemd), begun: transferring },
  };
  const victims: Readonly<Record<Victim, readonly string[]>> = {
    'systemd-machined': ['start', 'poweroff', 'reboot', 'terminate', 'clone', 'rename', 'remove'],
    'systemd-importd': ['pull', 'import', 'export'],
    dbus: ['start', 'poweroff', 'clone', 'remove', 'pull', 'import', 'export'],
  };

  const owned = async (service: string) =>
    (await run([
      'busctl',
      'call',
      'org.freedesktop.DBus',
      '/',
      'org.freedesktop.DBus',
      'NameHasOwner',
      's',
      `org.freedesktop.${service}`,
    ])) === 'b true';
  /**
   * What systemd says. A service that runs and has lost the bus is not asked: the bus would keep everybody waiting for it
   * for 25 s. machined ends soon then; an importd of 262 goes on without a bus for as long as its transfers last.
   */
  const systemdState = async () => {
    const state = await run(['systemctl', 'show', '--value', '--property=ActiveState', 'systemd-machined']);
    if (!(await owned('machine1')) && /^(active|deactivating)$/.test(state)) throw new Error('machined is adrift');
    const machines = JSON.parse(await run(['machinectl', 'list', '-o', 'json'])) as { machine: string }[];
    const images = JSON.parse(await run(['machinectl', 'list-images', '--all', '-o', 'json'])) as { name: string }[];
    const listed = (await owned('import1')) ? await run(['machinectl', 'list-transfers']) : '';
    return {
      machines: machines
        .map(({ machine }) => machine)
        .filter((name) => name !== '.host')
        .sort(),
      images: images
        .map(({ name }) => name)
        .filter((name) => name !== '.host')
        .sort(),
      transfers: listed.split('\n').filter((line) => /^\s*\d+ .*-/.test(line)).length,
    };
  };
  const shown = () => ({
    machines: [...host.snapshot.machines.values()]
      .filter((m) => m.leader !== undefined)
      .map(({ name }) => name)
      .sort(),
    images: [...host.snapshot.images.keys()].sort(),
    transfers: transfers.all.size,
  });

  before(async () => {
    assert.equal(process.env['RIG'], '1', 'this kills services: only where RIG=1 says that it may');
    scratch = mkdtempSync(path.join(tmpdir(), 'nspawn-'));
    systemd = await systemdVersion();
    server = createServer((_request, response) => {
      response.writeHead(200, { 'Content-Length': '1000000' }).write(Buffer.alloc(1000));
    });
    await new Promise<void>((resolve) => {
      server.listen(0, '127.0.0.1', resolve);
    });
    address = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
    host = localMachineStore(() => undefined);
    host.start();
    transfers = new Transfers(() => busAtSocket(systemBusSocket()));
    transfers.onDidEnd((one) => ended.push(one));
    host.onDidChangeState(({ kind }) => {
      if (kind === 'ready') transfers.start();
    });
    await until(() => host.state.kind === 'ready');
    transfers.start();
  });

  after(() => {
    host.dispose();
    transfers.dispose();
    server.close();
    server.closeAllConnections();
    rmSync(scratch, { recursive: true, force: true });
  });

  afterEach(async () => {
    fed?.destroy();
    fed = undefined;
    ended.length = 0;
    // By a way that needs no bus, whatever the case has done to it; an init that has just been started does not hear a request to stop.
    await run(['systemctl', 'kill', '--signal=KILL', 'systemd-nspawn@db.service']).catch(() => undefined);
    await run(['systemctl', 'stop', 'systemd-importd.service', 'systemd-nspawn@db.service']).catch(() => undefined);
    // Also what counts the starts: a service that is started too often is not started for 10 s, and the bus waits 25 s for it.
    for (const unit of [...Object.keys(victims), 'systemd-machined.socket', 'systemd-nspawn@db'])
      await run(['systemctl', 'reset-failed', unit.includes('.') ? unit : `${unit}.service`]).catch(() => undefined);
    for (const name of readdirSync(folder))
      if (/copy|other|^\.#/.test(name)) rmSync(path.join(folder, name), { recursive: true, force: true });
    rmSync(path.join(scratch, 'web.tar.xz'), { force: true });
    rmSync(pipe(), { force: true });
    await until(() => host.state.kind === 'ready');
    await host.refreshImages();
    await until(
      () => state('db') === 'stopped' && !host.snapshot.images.has('copy') && !host.snapshot.images.has('other') && !transferring(),
    );
  });

  for (const [victim, names] of Object.entries(victims)) {
    for (const name of names) {
      it(`${name}: ${victim}`, async () => {
        const { argv, before: prepare, begun } = operations[name] ?? assert.fail(name);
        await prepare?.();
        const [program = '', ...args] = argv();
        const child = spawn(program, args, { stdio: 'ignore' });
        const closed = once(child, 'close');
        await until(() => begun() || child.exitCode !== null);
        const wasTransferring = transferring();
        await run(['systemctl', 'kill', '--signal=KILL', '--kill-whom=main', `${victim}.service`]);
        const killed = Date.now();
        let answered = 0,
          wrongSince = 0,
          longest = 0;
        // Right for a few looks: what had begun may still be going on.
        for (let looks = 0; looks < 3; ) {
          const expected = await systemdState().catch(() => undefined);
          const now = Date.now(),
            same = expected !== undefined && host.state.kind === 'ready' && JSON.stringify(expected) === JSON.stringify(shown());
          looks = same ? looks + 1 : 0;
          if (expected === undefined) continue;
          answered ||= now;
          if (!same) wrongSince ||= now;
          if (wrongSince > 0) longest = Math.max(longest, now - wrongSince);
          if (same) wrongSince = 0;
          await pause(20);
        }
        const own = child.exitCode === null ? `${program} still waits` : `${program} ended with ${child.exitCode}`;
        console.log(`        answers after ${answered - killed} ms, then wrong for ${longest} ms; ${own}`);
        if (wasTransferring && victim === 'systemd-importd') assert.equal(ended[0]?.result, 'lost', 'who waits for it is told');
        child.kill();
        await closed;
      });
    }
  }
});
