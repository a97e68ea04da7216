/**
 * What the process of a terminal of ours is. It starts a program that has the terminal for itself, as an argv, tells the extension
 * how that ended ({@link ./attendance}), and keeps its last words on the screen until a key is pressed, unless all went well.
 * When the extension ends, so does this, and whatever has the terminal is hung up by the kernel (credentials(7), setsid(2)).
 *
 *     node terminal-wrapper.js SOCKET RUN close|keep PROGRAM [ARGUMENT]...
 */
import { spawn } from 'node:child_process';
import { connect } from 'node:net';
import { constants } from 'node:os';
import * as path from 'node:path';
import { visible } from '../../../../server/src/node/shared/visible';

const [socket = '', run = '', after = '', program = '', ...args] = process.argv.slice(2);
const extension = connect(socket);
extension.on('error', () => undefined); // it is closed then
extension.once('close', () => process.exit(0));
extension.once('connect', () => {
  extension.write(`${run}\n`);
  begin();
});

function begin(): void {
  // Keys that send signals are for the program; this one gets them too, being in front with it.
  for (const signal of ['SIGINT', 'SIGQUIT'] as const) process.on(signal, () => undefined);
  const env = { ...process.env };
  delete env['ELECTRON_RUN_AS_NODE'];
  const child = spawn(program, args, { stdio: 'inherit', env });
  child.once('error', (error) => {
    process.stdout.write(`${visible(error.message)}\r\n`);
    report(127);
  });
  child.once('exit', (code, signal) => report(code ?? 128 + (signal === null ? 0 : constants.signals[signal])));
}

/** Tells the exit status, as a shell counts it, and goes on when that was heard: a terminal that is closed says less. */
function report(status: number): void {
  extension.write(`${status}\n`);
  extension.once('data', () => {
    if (status === 0 && after !== 'keep') process.exit(0);
    const how = status === 0 ? 'has ended' : `ended with exit status ${status}`;
    process.stdout.write(`\r\n\x1b[1m${visible(path.basename(program))} ${how}.\x1b[0m Press any key to close this terminal.\r\n`);
    process.stdin.setRawMode(true).once('data', () => process.exit(0));
  });
}
