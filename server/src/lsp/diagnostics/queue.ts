import { requests } from './time-slice';

/** How long a text has to rest after an edit before it is checked, in milliseconds. */
const restTime = 60;

/** What a queue calls, and when. */
export interface QueueOptions {
  /** Nothing is checked before. */
  readonly ready: Promise<void>;
  /** @param uri a document that is not part of a project */
  readonly checkDocument: (uri: string) => Promise<void>;
  readonly checkProject: (root: string) => Promise<void>;
  /** Called at the end of a run if it was asked for. */
  readonly cleanUp: () => void;
  /** Observes work that may fail. */
  readonly report: (work: Promise<unknown>) => void;
  /** A check failed; the others go on. @param what completes "… failed" */
  readonly failed: (what: string, error: unknown) => void;
}

/** Documents and projects that wait to be checked. There is one run at a time, and each run checks what waits when it begins. */
export class CheckQueue {
  private readonly documents = new Set<string>();
  private readonly roots = new Set<string>();
  private cleaning = false;
  private timer: NodeJS.Timeout | undefined;
  private lastRun: Promise<void> = Promise.resolve();

  constructor(private readonly options: QueueOptions) {}

  /** Whether something in the queue waits to be checked or cleaned up. */
  get isWaiting(): boolean {
    return this.cleaning || this.size > 0;
  }

  /** How many checks wait. */
  get size(): number {
    return this.documents.size + this.roots.size;
  }

  hasProject(root: string): boolean {
    return this.roots.has(root);
  }

  /** Checks a document after the rest time. */
  addDocument(uri: string): void {
    this.documents.add(uri);
    this.schedule();
  }

  /** Checks a project after the rest time. */
  addProject(root: string): void {
    this.roots.add(root);
    this.schedule();
  }

  removeDocument(uri: string): void {
    this.documents.delete(uri);
  }

  /** Cleans up after the rest time, when everything that waits has been checked. */
  requestCleanUp(): void {
    this.cleaning = true;
    this.schedule();
  }

  /** Checks what waits without the rest time, but after a run that has begun. */
  runNow(): void {
    clearTimeout(this.timer);
    const run = this.lastRun.then(() => this.options.ready).then(() => this.run());
    this.options.report(run);
    this.lastRun = run.catch(() => undefined);
  }

  private schedule(): void {
    clearTimeout(this.timer);
    this.timer = setTimeout(() => {
      this.runNow();
    }, restTime);
  }

  private async run(): Promise<void> {
    const { checkDocument, checkProject, cleanUp } = this.options;
    const documents = [...this.documents],
      roots = [...this.roots];
    this.documents.clear();
    this.roots.clear();
    for (const uri of documents) await this.check(uri, checkDocument);
    for (const root of roots) await this.check(root, checkProject);
    if (!this.cleaning) return;
    this.cleaning = false;
    cleanUp();
  }

  /** A check that fails does not affect the others. */
  private async check(what: string, check: (what: string) => Promise<void>): Promise<void> {
    await requests();
    try {
      await check(what);
    } catch (error) {
      this.options.failed(`Checking ${what}`, error);
    }
  }
}
