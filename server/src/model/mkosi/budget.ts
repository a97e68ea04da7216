/**
 * How much is looked at for one project. Links that lead round, a link to `/`, or a folder with 100,000 files have no
 * end within acceptable time; ordinary projects stay far below.
 */
export interface Limits {
  /** Files and folders that are asked for; to read one counts as four. */
  readonly looks: number;
  /** Of text that is read. */
  readonly bytes: number;
  /** Folders of configuration in one another. */
  readonly depth: number;
  /** Times that files are read for one image. */
  readonly passages: number;
  /** How long reading may keep everything else waiting. */
  readonly milliseconds: number;
}

export const projectLimits: Limits = { looks: 20_000, bytes: 1 << 20, depth: 64, passages: 2000, milliseconds: 1000 };

/** For callers that know that there is little. */
export const noLimits: Limits = { looks: Infinity, bytes: Infinity, depth: Infinity, passages: Infinity, milliseconds: Infinity };

/** What is left of the limits while a project is read. */
export class Budget {
  private looks: number;
  private bytes: number;
  private deadline = Infinity;
  private reason: string | undefined;

  constructor(readonly limits: Limits) {
    ({ looks: this.looks, bytes: this.bytes } = limits);
  }

  /** Which limit is exceeded; then nothing more is looked at. undefined as long as something is left. */
  spent(): string | undefined {
    if (this.reason === undefined && this.deadline !== Infinity && performance.now() > this.deadline) {
      this.stop(`takes longer than ${this.limits.milliseconds} ms to read`);
    }
    return this.reason;
  }

  /** @param reason completes "This project …" */
  stop(reason: string): void {
    this.reason ??= reason;
  }

  /** Whether a file may still be asked for. */
  look(count = 1): boolean {
    if (this.looks < count) this.stop(`leads to more than ${this.limits.looks.toLocaleString('en')} files and folders`);
    if (this.spent() !== undefined) return false;
    this.looks -= count;
    return true;
  }

  /** Whether a text that was read may be held. */
  hold(length: number): boolean {
    this.bytes -= length;
    if (this.bytes < 0) this.stop(`has more than ${this.limits.bytes >> 20} MiB of configuration`);
    return this.bytes >= 0;
  }

  /** Does something that blocks everything else, within the time that there is for it. */
  timed<T>(work: () => T): T {
    this.deadline = performance.now() + this.limits.milliseconds;
    try {
      return work();
    } finally {
      this.deadline = Infinity;
    }
  }

  /** Does something with a budget of its own: exceeding it does not end anything else. */
  apart<T>(work: () => T): T {
    const { looks, bytes, reason } = this;
    ({ looks: this.looks, bytes: this.bytes } = this.limits);
    this.reason = undefined;
    try {
      return this.timed(work);
    } finally {
      this.looks = looks;
      this.bytes = bytes;
      this.reason = reason;
    }
  }
}
