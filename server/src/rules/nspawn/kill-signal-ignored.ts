import { assignmentSpan } from '../../model/assignments';
import { shortened } from '../../syntax';
import { type Rule, replacement } from '../rule';

/** The stub init waits for few signals; SIGKILL is the kernel's to deliver (v262 nspawn-stub-pid1.c). */
export const killSignalIgnored: Rule = {
  id: 'kill-signal-ignored',
  summary: 'A signal that the stub init of ProcessTwo= ignores',
  verdicts: ['silent'],
  about: ['KillSignal'],
  *check({ options }) {
    const entry = options.last('KillSignal'),
      signal = entry?.reading.labelled('signal')[0];
    if (entry === undefined || signal === undefined || options.startMode !== 'pid2' || heard(signal.text)) return;
    yield {
      ...assignmentSpan(entry),
      verdict: 'silent',
      message: `The stub init of ProcessTwo=yes ignores ${shortened(signal.text)}, so the machine would not stop; use SIGRTMIN+3`,
      fixes: [replacement('Change to KillSignal=SIGRTMIN+3', assignmentSpan(entry), 'KillSignal=SIGRTMIN+3')],
    };
  },
};

/** SIGRTMIN of glibc. */
const realTime = 34;
const heardOf: ReadonlySet<number> = new Set([3, 4, 5, 6, 13, 14, 15, 16].map((n) => realTime + n));

/** Whether the stub ends the program on a signal, or the kernel ends the stub. */
function heard(text: string): boolean {
  const name = text.replace(/^SIG/, '');
  if (['INT', 'KILL', '2', '9'].includes(name)) return true;
  const [, end, by] = /^(RTMIN|RTMAX)(?:[+-](.*))?$/.exec(name) ?? [];
  const number = end === undefined ? Number(name) : end === 'RTMIN' ? realTime + Number(by ?? 0) : 64 - Number(by ?? 0);
  return heardOf.has(number);
}
