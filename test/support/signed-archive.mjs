// An archive as a careful server has it: with checksums, a signature of these, and the key to it.
import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { root } from '../../tools/setup.mjs';
import { packages } from '../rig/systemd/rig.mjs';

/** @returns {Promise<string>} the folder with signed.tar, SHA256SUMS, SHA256SUMS.gpg and pubring.gpg */
export async function signedArchive() {
  await packages(['gpg', 'gpg-agent']);
  const folder = path.join(root, 'out/signed'),
    home = mkdtempSync(path.join(tmpdir(), 'gpg-')); // short: a socket will be in there
  const gpg = (...args) => execFileSync('gpg', ['--homedir', home, '--batch', '--yes', '--quiet', '--passphrase', '', ...args]);
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(path.join(folder, 'tree/usr/lib'), { recursive: true });
  writeFileSync(path.join(folder, 'tree/usr/lib/os-release'), 'ID=signed\n');
  try {
    execFileSync('tar', ['-C', path.join(folder, 'tree'), '-cf', path.join(folder, 'signed.tar'), '.']);
    const sum = createHash('sha256')
      .update(readFileSync(path.join(folder, 'signed.tar')))
      .digest('hex');
    writeFileSync(path.join(folder, 'SHA256SUMS'), `${sum} *signed.tar\n`);
    gpg('--quick-generate-key', 'test@rig.invalid', 'rsa2048', 'sign', 'never');
    gpg('--output', path.join(folder, 'pubring.gpg'), '--export');
    gpg('--output', path.join(folder, 'SHA256SUMS.gpg'), '--detach-sign', path.join(folder, 'SHA256SUMS'));
  } finally {
    execFileSync('gpgconf', ['--homedir', home, '--kill', 'all']);
    rmSync(home, { recursive: true, force: true });
  }
  return folder;
}
