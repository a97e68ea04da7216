import type { ParsedAssignment } from '../../model/assignments';
import { assignmentSpan } from '../../model/assignments';
import { type Rule, removal } from '../rule';

/** A port of the host that is forwarded twice; the first line wins. */
export const duplicatePort: Rule = {
  id: 'duplicate-port',
  summary: 'A host port that is forwarded twice',
  verdicts: ['warned'],
  about: ['Port'],
  *check({ document, assignments }) {
    const seen = new Map<string, ParsedAssignment>();
    for (const entry of assignments.named('Port')) {
      if (entry.dropped) continue;
      const port = entry.reading.labelled('host port')[0]?.number ?? 0;
      const protocol = entry.reading.labelled('protocol')[0]?.word ?? 'tcp';
      const first = seen.get(`${protocol} ${port}`);
      if (first === undefined) {
        seen.set(`${protocol} ${port}`, entry);
        continue;
      }
      yield {
        ...assignmentSpan(entry),
        verdict: 'warned',
        fixes: [removal('Remove the line', entry)],
        message:
          `Port ${port} of ${protocol} is forwarded in line ${document.text.positionAt(first.start).line + 1} ` +
          'already; this line is ignored',
      };
    }
  },
};
