import type { Machine, Snapshot } from '../../host';
import { setContext } from '../../ui/notifications';

const is =
  (...states: readonly Machine['state'][]) =>
  ({ state }: Machine): boolean =>
    states.includes(state);

/**
 * What the `when` clauses of the palette test. They say what there is none of, so that before the
 * host was queried, when no key is set, every command can be found.
 */
export class ContextKeys {
  private readonly said = new Map<string, boolean | number>();

  draw({ machines, images }: Snapshot): void {
    const all = [...machines.values()];
    this.say('nspawn.empty', all.length === 0 && images.size === 0);
    this.say('nspawn.noImages', images.size === 0);
    this.say('nspawn.noneRunning', !all.some(is('running', 'starting', 'stopping')));
    this.say('nspawn.noneFailed', !all.some(is('failed')));
    this.say('nspawn.noneStopped', !all.some(is('stopped', 'failed')));
  }

  /** Tells VS Code, which answers no sooner than it has to, only what is new. */
  say(key: string, value: boolean | number): void {
    if (this.said.get(key) === value) return;
    this.said.set(key, value);
    setContext(key, value);
  }
}
