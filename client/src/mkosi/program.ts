import { execFile } from 'node:child_process';
import { statSync } from 'node:fs';
import { findProgram, hasProgram } from '../host';

/** Why mkosi does not run; the message says the next step. */
export class Refusal extends Error {
  constructor(
    readonly reason: 'untrusted' | 'missing',
    message: string,
  ) {
    super(message);
  }
}

/** What a finished run of mkosi left; `status`: its exit status. */
export interface Outcome {
  readonly status: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** What the world has to offer, so that a test can do without it. */
export interface MkosiEnvironment {
  /** Whether the files of the workspace may be executed; mkosi executes some while it only reads the configuration. */
  readonly trusted: () => boolean;
  readonly find: (program: string) => string | undefined;
  /** @throws Error when the program does not start, does not end in time or is aborted */
  readonly run: (program: string, args: readonly string[], cwd: string, signal?: AbortSignal) => Promise<Outcome>;
}

/** A minute: a configuration is read in less than a second, unless a script in it hangs. */
const timeout = 60_000;

/** Runs an argv to its end, with nothing on standard input. */
export function runToEnd(program: string, args: readonly string[], cwd: string, signal?: AbortSignal): Promise<Outcome> {
  return new Promise((resolve, reject) => {
    const env = { ...process.env, PYTHONIOENCODING: 'utf-8' };
    const options = { cwd, env, timeout, maxBuffer: 64 << 20, ...(signal === undefined ? {} : { signal }) };
    const child = execFile(program, [...args], options, (error, stdout, stderr) => {
      if (error === null) resolve({ status: 0, stdout, stderr });
      else if (typeof error.code === 'number') resolve({ status: error.code, stdout, stderr });
      else if (error.killed === true && signal?.aborted !== true)
        reject(new Error(`mkosi did not finish within ${timeout / 1000} seconds and was stopped.`));
      else reject(new Error(`mkosi did not run: ${error.message}`, { cause: error }));
    });
    child.stdin?.end();
  });
}

/** The installed mkosi. Everything that runs it asks here first, so that nothing of an untrusted workspace is executed. */
export class Mkosi {
  private known: { readonly key: string; readonly said: string } | undefined;

  constructor(private readonly doors: MkosiEnvironment) {}

  /** For `trusted`, see Doors. */
  static installed(trusted: () => boolean): Mkosi {
    return new Mkosi({ trusted, find: (program) => (hasProgram(program) ? findProgram(program) : undefined), run: runToEnd });
  }

  /**
   * The absolute path of mkosi.
   * @throws Refusal
   */
  program(): string {
    if (!this.doors.trusted()) {
      throw new Refusal(
        'untrusted',
        'mkosi executes files of the workspace, even to read a configuration. Trust this workspace to run it.',
      );
    }
    const program = this.doors.find('mkosi');
    if (program !== undefined) return program;
    throw new Refusal(
      'missing',
      'mkosi is not installed, or not in $PATH. Install the package mkosi, or add the folder of your checkout to $PATH and restart VS Code.',
    );
  }

  /**
   * The release that is installed, such as 14 or 25.3; asked once per program file. undefined: it does not say.
   * @throws Refusal
   */
  async release(): Promise<number | undefined> {
    return parseRelease(await this.version());
  }

  /**
   * Whether it runs from a clone of its repository, as developers of mkosi and systemd have it.
   * @throws Refusal
   */
  async isClone(): Promise<boolean> {
    return (await this.version()).includes('~devel');
  }

  /** What `mkosi --version` prints. @throws Refusal */
  private async version(): Promise<string> {
    const program = this.program();
    const key = `${program} ${changed(program)}`;
    if (this.known?.key !== key) {
      // Not in the project's folder: nothing of it may run only to learn a number.
      const said = await this.doors.run(program, ['--version'], '/').then(
        (o) => o.stdout,
        () => '',
      );
      this.known = { key, said };
    }
    return this.known.said;
  }

  /**
   * Reads the configuration of a project without building anything.
   * @returns what mkosi said; `json`: its standard output is JSON, which mkosi writes since release 19
   * @throws Refusal, or Error when mkosi did not come to an end
   */
  async summary(folder: string, signal?: AbortSignal): Promise<Outcome & { readonly json: boolean }> {
    const program = this.program(),
      json = ((await this.release()) ?? 19) >= 19;
    return { ...(await this.doors.run(program, [...(json ? ['--json'] : []), 'summary'], folder, signal)), json };
  }
}

const changed = (file: string): number => {
  try {
    return statSync(file).mtimeMs;
  } catch {
    return 0;
  }
};

/** 25.3 of `mkosi 25.3`; 27 of `mkosi 27~devel`. */
export function parseRelease(said: string): number | undefined {
  const number = /^mkosi\s+v?(\d+(?:\.\d+)?)/m.exec(said)?.[1];
  return number === undefined ? undefined : Number(number);
}
