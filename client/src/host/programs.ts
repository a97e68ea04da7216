import { execFile } from 'node:child_process';
import { accessSync, constants, statSync } from 'node:fs';
import * as path from 'node:path';

/** A program that is not installed, with what to do about it. */
export class MissingProgram extends Error {
  override readonly name = 'MissingProgram';

  constructor(readonly program: string) {
    super(`${program} is not installed. ${remedy(program)}`);
  }
}

function remedy(program: string): string {
  if (program === 'run0') return 'It is part of systemd 256 and newer. Choose sudo or polkit with the setting "nspawn.elevation".';
  if (program === 'sudo') return 'Install sudo, or choose polkit or run0 with the setting "nspawn.elevation".';
  return `Install ${program === 'ssh' ? 'openssh-client' : 'systemd-container'} (Debian, Ubuntu, Fedora) or the package that contains ${program}.`;
}

/**
 * The absolute path of a program, from absolute folders of PATH only: never from the workspace.
 * @throws MissingProgram
 */
export function findProgram(program: string): string {
  const folders = (process.env['PATH'] ?? '').split(':').filter((folder) => path.isAbsolute(folder));
  for (const folder of [...folders, '/usr/bin', '/bin']) {
    const file = path.join(folder, program);
    try {
      accessSync(file, constants.X_OK);
      if (statSync(file).isFile()) return file;
    } catch {
      // Not in this folder.
    }
  }
  throw new MissingProgram(program);
}

export function hasProgram(program: string): boolean {
  try {
    findProgram(program);
    return true;
  } catch {
    return false;
  }
}

export interface Output {
  /** Undefined when it was killed, as it is after 20 s or when it says more than {@link mostOutput}; `stderr` tells why. */
  readonly status: number | undefined;
  readonly stdout: string;
  readonly stderr: string;
}

/** Bytes that a program may print. */
const mostOutput = 16 << 20;

/**
 * Runs a program that only reads and asks nothing, in the C locale.
 * @throws MissingProgram
 */
export async function capture(
  [program = '', ...args]: readonly string[],
  limits: { readonly output?: number; readonly time?: number } = {},
): Promise<Output> {
  const file = findProgram(program),
    { output: maxBuffer = mostOutput, time: timeout = 20_000 } = limits;
  return new Promise((resolve) => {
    const options = { cwd: '/', timeout, maxBuffer, killSignal: 'SIGKILL' as const, env: { ...process.env, LC_ALL: 'C.UTF-8' } };
    const child = execFile(file, args, options, (error, stdout, stderr) => {
      if (error === null || typeof error.code === 'number') {
        resolve({ status: error === null ? 0 : Number(error.code), stdout, stderr });
        return;
      }
      const why =
        error.code === 'ERR_CHILD_PROCESS_STDIO_MAXBUFFER'
          ? `${program} printed more than ${maxBuffer} bytes and was stopped.`
          : error.killed === true
            ? `${program} did not finish within ${timeout / 1000} s and was stopped.`
            : error.message;
      resolve({ status: undefined, stdout, stderr: [stderr, why].filter((words) => words !== '').join('\n') });
    });
    // It may have ended before.
    child.stdin?.on('error', () => undefined);
    child.stdin?.end();
  });
}

let asked: Promise<number | undefined> | undefined;

/** The major version of the systemd that is installed, asked for once; undefined where machinectl is not installed. */
export function systemdVersion(): Promise<number | undefined> {
  asked ??= (async () => {
    const { stdout } = await capture(['machinectl', '--version']);
    const major = /^systemd (\d+)/.exec(stdout)?.[1];
    return major === undefined ? undefined : Number(major);
  })().catch(() => {
    asked = undefined; // It may be installed later.
    return undefined;
  });
  return asked;
}
