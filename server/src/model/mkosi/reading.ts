import type { Assigned, Document } from '../../schema';

/** One assignment or condition as mkosi reads it. */
export interface Read {
  readonly assigned: Assigned;
  /** Its value with specifiers replaced. */
  readonly text: string;
  /** Specifiers that nothing stands for, and settings of specifiers that are not set yet. */
  readonly unknown: readonly string[];
  readonly unset: readonly { readonly char: string; readonly setting: string }[];
  /** Why mkosi gives up at it: a condition that cannot be asked, an assertion that does not hold. */
  readonly stop?: string;
}

/** One reading of a file by mkosi. A file may be read for several images, and for each with another result. */
export interface FileReading {
  readonly document: Document;
  /** `main`, `tools`, `default-initrd`, or the name of an image. */
  readonly image: string;
  /** The folder that paths are relative to. */
  readonly folder: string;
  /** What the file is read as. */
  readonly role: 'configuration' | 'uki-profile';
  /** By the start of the line in the document. */
  readonly reads: Map<number, Read>;
  /** mkosi goes no further: what is after this offset is never looked at. */
  reached: number;
}

/** Whether a file was read alike at two times, for all images; then it has the same findings. */
export const sameReading = (before: readonly FileReading[], after: readonly FileReading[]): boolean =>
  before.length === after.length && before.every((passage, i) => samePassage(passage, after[i]));

const samePassage = (a: FileReading, b: FileReading | undefined): boolean =>
  b !== undefined &&
  a.document === b.document &&
  a.image === b.image &&
  a.folder === b.folder &&
  a.role === b.role &&
  a.reached === b.reached &&
  a.reads.size === b.reads.size &&
  [...a.reads].every(([start, read]) => sameRead(read, b.reads.get(start)));

const sameRead = (a: Read, b: Read | undefined): boolean =>
  b !== undefined &&
  a.assigned.line === b.assigned.line &&
  a.text === b.text &&
  a.stop === b.stop &&
  String(a.unknown) === String(b.unknown) &&
  a.unset.length === b.unset.length &&
  a.unset.every(({ char }, i) => char === b.unset[i]?.char);
