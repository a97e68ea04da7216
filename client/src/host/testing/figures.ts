/**
 * Measures the host library on a host with many images and machines, for `npm run bench:machines`. Prints one line of
 * JSON. Argument: the name of a machine that can be started.
 */
import { execFile } from 'node:child_process';
import { setTimeout as pause } from 'node:timers/promises';
import { promisify } from 'node:util';
import type { Bus } from '../dbus/bus';
import { busAtSocket, systemBusSocket } from '../dbus/connect';
import { MachineStore } from '../model/machine-store';
import type { Change } from '../model/types';

const run = promisify(execFile);
const counted = { calls: 0, signals: 0 };

/** The bus, with its questions and news counted. */
async function connect(): Promise<Bus> {
  const bus = await busAtSocket(systemBusSocket());
  return {
    call: (...args) => {
      counted.calls++;
      return bus.call(...args);
    },
    onSignal: (match, handler) =>
      bus.onSignal(match, (signal) => {
        counted.signals++;
        handler(signal);
      }),
    closed: bus.closed,
    close: (reason) => bus.close(reason),
  };
}

/** Until nothing has been asked or heard for a while. */
async function quiet(): Promise<void> {
  for (let before = ''; before !== JSON.stringify(counted); ) {
    before = JSON.stringify(counted);
    await pause(500);
  }
}

const timed = async (work: () => Promise<unknown>): Promise<number> => {
  const began = performance.now();
  await work();
  return performance.now() - began;
};

/** Bytes in use after everything that can be forgotten was. */
function memory(): number {
  globalThis.gc?.();
  globalThis.gc?.();
  return process.memoryUsage().heapUsed;
}

async function main(machine: string): Promise<void> {
  const host = new MachineStore({ connect });
  const changes: Change[] = [];
  const ready = new Promise<void>((resolve) => {
    host.onDidChangeState(({ kind }) => {
      if (kind === 'ready') resolve();
    });
  });
  const complete = async (): Promise<void> => {
    const known = () => [...host.snapshot.machines.values()].filter((m) => m.state === 'running').every((m) => m.leader !== undefined);
    while (!known()) await pause(2);
  };
  const rows = await timed(() => {
    host.start();
    return ready;
  });
  const rowsCalls = counted.calls;
  const details = rows + (await timed(complete));
  await quiet();
  const all = counted.calls;
  const list = await timed(() => run('machinectl', ['list', '-o', 'json'], { maxBuffer: 1 << 26 }));
  const listImages = await timed(() => run('machinectl', ['list-images', '-o', 'json'], { maxBuffer: 1 << 26 }));
  const { machines, images } = host.snapshot;
  const size = { machines: [...machines.values()].filter((m) => m.state === 'running').length, images: images.size };

  await quiet();
  counted.calls = 0;
  host.onDidChange((change) => changes.push(change));
  await run('machinectl', ['start', machine]);
  while (host.snapshot.machines.get(machine)?.os === undefined) await pause(2);
  await quiet();
  const touched = new Set(changes.flatMap(({ machines: m, images: i }) => [m, i].flatMap((d) => [...d.added, ...d.changed, ...d.removed])));
  const start = { calls: counted.calls, rows: touched.size };

  const cpu = process.cpuUsage();
  await pause(10_000);
  const { user, system } = process.cpuUsage(cpu);

  // A unit of a machine that there is not begins and fails: real signals, a dozen each.
  const storm = async (): Promise<void> => {
    const units = Array.from({ length: 50 }, (_, i) => `systemd-nspawn@none${i}.service`);
    await run('systemctl', ['start', ...units]).catch(() => undefined);
    await run('systemctl', ['reset-failed', ...units]).catch(() => undefined);
    await quiet();
  };
  await storm();
  const memories = [memory()];
  counted.signals = 0;
  while (counted.signals < 10_000) {
    await storm();
    memories.push(memory());
  }
  console.log(
    JSON.stringify({
      size,
      first: { rows, rowsCalls, details, all },
      machinectl: { list, listImages },
      start,
      idle: (user + system) / 1000,
      memory: { signals: counted.signals, before: memories[0], after: memories.at(-1) },
    }),
  );
  host.dispose();
}

main(process.argv[2] ?? '').catch((error: unknown) => {
  console.error(error);
  process.exitCode = 1;
});
