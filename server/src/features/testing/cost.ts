import { readFileSync } from 'node:fs';
import { type Profiler, Session } from 'node:inspector';
import { setFlagsFromString } from 'node:v8';

/**
 * Counts what a piece of work costs: how often blocks of code are run, whatever the computer is busy with. Only code that
 * runs for the first time after `start` is counted block by block; a bundle of its own has all of its code to itself.
 */
export class Cost {
  private readonly session = new Session();
  private readonly source = readFileSync(__filename, 'utf8');

  start(): void {
    // What has been optimized is no longer counted call by call.
    setFlagsFromString('--no-opt');
    this.session.connect();
    this.session.post('Profiler.enable');
    this.session.post('Profiler.startPreciseCoverage', { callCount: true, detailed: true });
  }

  /** Blocks run by some work, by the functions that they are of. */
  of(work: () => unknown): ReadonlyMap<string, number> {
    this.take();
    work();
    return this.take();
  }

  stop(): void {
    this.session.post('Profiler.stopPreciseCoverage');
    this.session.disconnect();
    setFlagsFromString('--opt');
  }

  private take(): Map<string, number> {
    let taken: readonly Profiler.ScriptCoverage[] = [];
    this.session.post('Profiler.takePreciseCoverage', (error, { result }) => {
      if (error !== null) throw error;
      taken = result;
    });
    const own = taken.filter(({ url }) => url.includes(__filename)).flatMap(({ functions }) => functions);
    const counts = new Map<string, number>();
    for (const { functionName, ranges } of own) {
      const name = `${functionName} ${this.source.slice(ranges[0]?.startOffset, ranges[0]?.endOffset).slice(0, 120)}`;
      counts.set(
        name,
        ranges.reduce((sum, { count }) => sum + count, counts.get(name) ?? 0),
      );
    }
    return counts;
  }
}
