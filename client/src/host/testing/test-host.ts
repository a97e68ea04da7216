/** For tests: a host on a fake system, and what it says. */
import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { mock } from 'node:test';
import { MachineStore, type MachineStoreOptions } from '../model/machine-store';
import type { Change, HostState, MachineState } from '../model/types';
import { FakeSystem } from './system';

/** Waits for something to become true; mocha's timeout ends a wait that is in vain. */
export async function until(condition: () => boolean): Promise<void> {
  while (!condition()) await new Promise(setImmediate);
}

export class TestHost {
  system = new FakeSystem();
  host!: MachineStore;
  readonly changes: Change[] = [];
  readonly states: HostState[] = [];
  readonly log: string[] = [];
  /** Empty, and away after the test. */
  readonly folder = mkdtempSync(path.join(tmpdir(), 'nspawn-host-'));

  /** A host that has just been started. */
  begin(more: Partial<MachineStoreOptions> = {}): void {
    const { system } = this;
    this.host = new MachineStore({ connect: system.connect, platform: 'linux', log: (line) => this.log.push(line), ...more });
    this.host.onDidChange((change) => this.changes.push(change));
    this.host.onDidChangeState((state) => this.states.push(state));
    assert.deepEqual(this.host.state, { kind: 'connecting' });
    this.host.start();
  }

  /** A host that knows everything; what was said and asked until then is forgotten. */
  async ready(more: Partial<MachineStoreOptions> = {}): Promise<void> {
    this.begin(more);
    await until(() => this.host.state.kind === 'ready');
    await this.quiet();
    this.changes.length = this.states.length = this.system.calls.length = 0;
  }

  /** No questions are under way, and none follow. */
  async quiet(): Promise<void> {
    for (let before = -1; before !== this.system.calls.length; ) {
      before = this.system.calls.length;
      for (let i = 0; i < 20; i++) await new Promise(setImmediate);
    }
  }

  state(name: string): MachineState | undefined {
    return this.host.snapshot.machines.get(name)?.state;
  }

  reason(): string {
    return this.host.state.kind === 'unavailable' ? this.host.state.reason : this.host.state.kind;
  }

  end(): void {
    mock.timers.reset();
    this.host.dispose();
    rmSync(this.folder, { recursive: true, force: true });
    assert.equal(this.system.open, 0, 'a connection was left open');
  }
}
