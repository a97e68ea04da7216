import { readSync } from 'node:fs';
import { UnreadableFile } from './small-file';

/**
 * All of standard input.
 * @param most bytes; more is not a configuration file
 * @throws UnreadableFile
 */
export function readStandardInput(most: number): Buffer {
  const pieces: Buffer[] = [];
  for (let total = 0; ; ) {
    const buffer = Buffer.allocUnsafe(64 << 10),
      length = readSync(0, buffer, 0, buffer.length, null);
    if (length === 0) return Buffer.concat(pieces);
    total += length;
    if (total > most)
      throw new UnreadableFile('standard input', 'large', `Standard input has more than ${most >> 20} MiB and is not read.`);
    pieces.push(buffer.subarray(0, length));
  }
}
