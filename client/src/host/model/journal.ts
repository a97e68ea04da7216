/** Reading `journalctl -o json`, and telling which lines say why a machine failed. */

export interface JournalEntry {
  /** Milliseconds since 1970. */
  readonly time: number;
  /** 0 (emergency) to 7 (debug), as syslog counts. */
  readonly priority: number;
  /** Who said it: `systemd`, `systemd-nspawn` ... */
  readonly by: string;
  readonly message: string;
}

/** Characters of a message that are kept. */
const longestMessage = 10_000;

/** Entries in their order; a line that is none is left out. */
export function readJournal(output: string): JournalEntry[] {
  return output
    .split('\n')
    .filter((line) => line.startsWith('{'))
    .flatMap((line) => {
      let raw: unknown;
      try {
        raw = JSON.parse(line);
      } catch {
        return [];
      }
      if (typeof raw !== 'object' || raw === null) return [];
      const fields = new Map<string, unknown>(Object.entries(raw));
      const message = text(fields.get('MESSAGE'));
      const time = Number(fields.get('__REALTIME_TIMESTAMP'));
      if (message === undefined || !Number.isFinite(time)) return [];
      const priority = Number(fields.get('PRIORITY') ?? 6);
      return [
        {
          time: time / 1000,
          priority: Number.isInteger(priority) ? priority : 6,
          by: text(fields.get('SYSLOG_IDENTIFIER')) ?? '',
          message,
        },
      ];
    });
}

/** A field is a string, an array of bytes when it is not UTF-8 or holds control characters, or absent. */
function text(value: unknown): string | undefined {
  const raw = Array.isArray(value)
    ? Buffer.from(value.slice(0, longestMessage).filter((byte) => typeof byte === 'number')).toString('utf8')
    : value;
  if (typeof raw !== 'string') return undefined;
  return raw
    .slice(0, longestMessage)
    .replaceAll(/\x1b(?:\[[0-9;?]*[A-Za-z]|\][^\x07\x1b]*(?:\x07|\x1b\\)?|.)/g, '')
    .replaceAll(/\p{Cc}+/gu, ' ')
    .trimEnd();
}

/** What a line looks like that tells why something did not work. */
const telling =
  /fail|error|denied|refus|not found|no such|does not exist|cannot|can't|unable|invalid|unknown|ignoring|terminated by signal|timed? ?out|:\d+: |panic/i;

/** The entries since the unit was started last. */
export function lastRun(entries: readonly JournalEntry[]): readonly JournalEntry[] {
  const start = entries.findLastIndex(({ by, message }) => by === 'systemd' && /^Starting /.test(message));
  return start < 0 ? entries : entries.slice(start);
}

/**
 * The lines that matter: those of settings files that nspawn names, what it complained of last before it ended, what systemd
 * says, and then what the machine itself complains about, which speaks under the name of nspawn too.
 */
export function mattering(entries: readonly JournalEntry[]): readonly JournalEntry[] {
  const found = entries.filter((entry) => entry.priority <= 4 || telling.test(entry.message));
  const nspawn = found.filter(({ by }) => by === 'systemd-nspawn');
  const first = [
    ...nspawn.filter((entry) => entry.priority <= 4 || /\.nspawn:\d+: /.test(entry.message)),
    ...nspawn.slice(-1),
    ...found.filter(({ by, priority }) => /^(systemd|\(sd-executor\))$/.test(by) && priority <= 4),
    ...found,
  ];
  return [...new Set(first)].slice(0, 15);
}

/** A line of a settings file that nspawn named. @param line from 1 */
export interface FileReference {
  readonly file: string;
  readonly line: number;
  /** Where in the text it is named. */
  readonly at: number;
  readonly length: number;
}

/** Every `/path/NAME.nspawn:LINE` in a text, the path without blanks and colons. */
export function fileReferencesIn(text: string): FileReference[] {
  const found: FileReference[] = [];
  let from = 0;
  // From the end backwards: a search from every slash would look at the same text again and again.
  for (const match of text.matchAll(/\.nspawn:(\d{1,7})\b/g)) {
    const end = match.index + match[0].length;
    let word = match.index;
    while (word > from && !/[\s:]/.test(text.charAt(word - 1))) word--;
    from = end;
    const at = text.indexOf('/', word);
    if (at < 0 || at >= match.index) continue;
    found.push({ file: text.slice(at, match.index + ending.length), line: Number(match[1]), at, length: end - at });
  }
  return found;
}

const ending = '.nspawn';
