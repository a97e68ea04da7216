// A fake mkosi that records how it is run and prints what the test has put next to it.
import { chmodSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';

/** Waits in a summary as long as there is a file `wait`. @param {string} home @returns {string} */
const program = (home) => `#!/bin/sh
here='${home}'
printf '%s|' "$PWD" "$@" >> "$here/runs"
echo >> "$here/runs"
case "$*" in
--version) echo "mkosi $(cat "$here/release")"; exit 0;;
*summary*) echo $$ > "$here/pid"; [ -e "$here/wait" ] && exec sleep 600; cat "$here/stdout";;
esac
cat "$here/stderr" >&2
exit "$(cat "$here/status")"
`;

/** A folder for the PATH with the program in it, and space for projects. */
export class FakeMkosi {
  constructor() {
    this.home = mkdtempSync(path.join(tmpdir(), 'mkosi-fake-'));
    this.written = 0;
    this.release('25.3');
    this.answer('', 0);
  }

  /** Installs another release: the program is another file from now on. @param {string} number */
  release(number) {
    this.put('release', number);
    chmodSync(this.put('mkosi', `${program(this.home)}# ${++this.written}\n`), 0o755);
  }

  /** What it prints from now on, for any arguments. @param {string} stderr @param {number} status @param {string} [stdout] */
  answer(stderr, status, stdout = '') {
    this.put('stderr', stderr);
    this.put('status', String(status));
    this.put('stdout', stdout);
  }

  /** Writes a file below its folder. @param {string} name @param {string} text @returns {string} its path */
  put(name, text) {
    const file = path.join(this.home, name);
    mkdirSync(path.dirname(file), { recursive: true });
    writeFileSync(file, text);
    return file;
  }

  /** @returns {string[]} how it was run so far: the folder and the arguments, each followed by a bar */
  runs() {
    const file = path.join(this.home, 'runs');
    return existsSync(file) ? readFileSync(file, 'utf8').trim().split('\n') : [];
  }

  remove() {
    rmSync(this.home, { recursive: true, force: true });
  }
}
