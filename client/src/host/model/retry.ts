/**
 * When to try again. Attempts follow each other ever more slowly, and only while a view is visible; a nudge (a signal, a
 * file that appeared, a click) makes the next one happen at once.
 */
export class Retry {
  private active = true;
  private tries = 0;
  private overdue = false;
  private nudged = false;
  private resume: (() => void) | undefined;

  /**
   * Resolves when it is time. The first waits are short, whatever the limit: 25 ms, 50 ms ... 0.8 s.
   * @param slowest the longest wait in milliseconds; infinite to wait for a nudge after the first few tries
   */
  async wait(slowest: number): Promise<void> {
    const quick = 25 * 2 ** this.tries;
    await this.pause(quick < 1_000 ? Math.min(quick, slowest) : slowest);
  }

  /** Resolves when it is time, each wait being twice as long as the one before: 0.5 s, 1 s ... `slowest` milliseconds. */
  async waitLonger(slowest: number): Promise<void> {
    await this.pause(Math.min(500 * 2 ** this.tries, slowest));
  }

  private async pause(delay: number): Promise<void> {
    this.tries += 1;
    this.overdue = false;
    const ring = () => {
      this.overdue = true;
      if (this.active) this.go();
    };
    const timer = Number.isFinite(delay) ? setTimeout(ring, delay) : undefined;
    await this.untilNudged();
    clearTimeout(timer);
  }

  /** Resolves at the next nudge, or at once when there was one since the last try began. */
  async untilNudged(): Promise<void> {
    if (!this.nudged) await new Promise<void>((resolve) => (this.resume = resolve));
    this.nudged = false;
  }

  /** A try begins: what nudged for it needs no other one. */
  begin(): void {
    this.nudged = false;
  }

  /** It worked for a while: the next trouble begins with short waits again. */
  reset(): void {
    this.tries = 0;
  }

  /** Something happened that makes a try worth while now. */
  nudge(): void {
    this.reset();
    this.interrupt();
  }

  /** Ends the present wait, or the next one, without hope that things are better. */
  interrupt(): void {
    this.nudged = true;
    this.go();
  }

  /** No view is visible: no more attempts, except for nudges, until one is. */
  setActive(active: boolean): void {
    this.active = active;
    if (active && this.overdue) this.go();
  }

  private go(): void {
    this.resume?.();
    this.resume = undefined;
  }
}
