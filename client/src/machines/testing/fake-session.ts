/** For tests: a host session without a host, and a command to run on it. */
import type { Ended, Machine } from '../../host';
import type { MachineCommand } from '../commands/machine-command';
import type { HostSession } from '../host-session';

export const machine = (name: string, state: Machine['state'], more: Partial<Machine> = {}): Machine => ({
  name,
  class: 'container',
  state,
  addresses: [],
  ...more,
});

export interface FakeSession extends HostSession {
  /** What was done to it. */
  readonly calls: string[];
  /** A transfer ends. */
  end(ended: Partial<Ended['transfer']>, result: Ended['result']): void;
}

/** @param machines on it @param spec what differs from another computer called `far` */
export function fakeSession(machines: readonly Machine[], spec: object = {}): FakeSession {
  const calls: string[] = [],
    listeners = new Set<(ended: Ended) => void>();
  const session = {
    calls,
    id: 'ssh:far',
    spec: {
      id: 'ssh:far',
      kind: 'ssh',
      label: 'far',
      local: false,
      asks: () => true,
      argv: (_: unknown, argv: readonly string[]) => ['ssh', 'far', '--', ...argv],
      systemd: () => Promise.resolve(257),
      userName: () => 'me',
      ...spec,
    },
    titled: (text: string) => `${text} (far)`,
    row: (name: string) => ({ name, hostId: 'ssh:far' }),
    candidates: () => Promise.resolve(machines),
    machine: (name: string) => machines.find((one) => one.name === name),
    hasImage: (name: string) => machines.some((one) => one.name === name && one.image !== undefined),
    capture: (argv: readonly string[]) => {
      calls.push(argv.join(' '));
      return Promise.resolve({ status: 1, stdout: '', stderr: '' });
    },
    settle: (names: readonly string[]) => {
      calls.push(`settle ${names.join()}`);
      return Promise.resolve();
    },
    loseSight: () => calls.push('loseSight'),
    transfers: {
      start: () => calls.push('transfers.start'),
      onDidEnd: (listener: (ended: Ended) => void) => {
        listeners.add(listener);
        return { dispose: () => listeners.delete(listener) };
      },
    },
    end: (transfer: object, result: Ended['result']) => {
      for (const listener of listeners)
        listener({ transfer: { type: '', local: '', ...transfer }, result, messages: [] } as unknown as Ended);
    },
  };
  return session as unknown as FakeSession;
}

/** A command whose program is `true`, unless told otherwise. */
export function fakeCommand(spec: object = {}, more: Partial<MachineCommand> = {}): MachineCommand {
  return {
    id: 'nspawn.try',
    title: 'Try',
    icon: 'beaker',
    ask: 'Machines to try',
    none: 'None to try.',
    spec: {
      id: 'try',
      needs: 'running',
      names: 'machine',
      many: false,
      destroys: false,
      interactive: false,
      rights: 'anyone',
      actions: [],
      ...spec,
    },
    prepare: (names, _, args) =>
      Promise.resolve({ argv: () => ['true', ...names], rights: () => 'anyone', newName: undefined, paths: {}, args }),
    ...more,
  };
}
