import { valueSpan } from '../../model/assignments';
import { shortened } from '../../syntax';
import { type Rule } from '../rule';

/**
 * nspawn's own mode=0755 holds only where no option is given at all (v262 nspawn-mount.c tmpfs_mount_parse); after that
 * the kernel's default does, 1777.
 */
export const tmpfsWithoutMode: Rule = {
  id: 'tmpfs-without-mode',
  summary: 'A world-writable temporary file system',
  verdicts: ['advice'],
  about: ['TemporaryFileSystem'],
  *check({ options }) {
    for (const entry of options.live('TemporaryFileSystem')) {
      const { reading } = entry,
        [path] = reading.parts.filter((p) => p.role === 'path'),
        options = reading.labelled('options');
      if (path === undefined || options.length === 0 || forAll.test(path.text) || options.some((o) => o.text.startsWith('mode='))) continue;
      const { end } = valueSpan(entry);
      yield {
        ...valueSpan(entry, path),
        verdict: 'advice',
        message: `${shortened(path.text)} is world-writable: with options but no mode= it gets mode 1777`,
        fixes: [{ title: 'Add mode=0755', edits: [{ start: end, end, text: ',mode=0755' }] }],
      };
    }
  },
};

/** Directories that are world-writable anyway. */
const forAll = /^\/+(tmp|var\/+tmp|dev\/+shm)\/*$/;
