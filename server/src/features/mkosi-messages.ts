/** Something mkosi said about a configuration. */
export interface MkosiMessage {
  readonly text: string;
  readonly severity: 'error' | 'warning';
  /** Absolute; mkosi names it in some messages since release 25. */
  readonly file?: string;
  /** From 0. Only Python's own reader, up to mkosi 14, reports it. */
  readonly line?: number;
}

/** Messages that mkosi goes on after, unless one is the last of a run that failed. */
const warning = /should be configured in \[|is deprecated|specified by specifier|^Unknown specifier|^Warning:|no effect/;

/** Messages that are shown, the last ones, and characters of each. */
const most = { messages: 500, text: 4000 } as const;

/**
 * The messages in what `mkosi summary` wrote to standard error. Hints are added to the message before them, of a Python
 * traceback the last line counts.
 */
export function messagesIn(stderr: string, status: number): MkosiMessage[] {
  const texts: string[] = [];
  let traceback: string[] | undefined;
  const close = (): void => {
    // Lines of the exception: what follows the last frame.
    const frame = traceback?.findLastIndex((l) => /^\s/.test(l) && !/^\s+\[line/.test(l)) ?? -1;
    const said =
      traceback
        ?.slice(frame + 1)
        .join('\n')
        .trim() ?? '';
    if (said !== '') texts.push(said);
    traceback = undefined;
  };
  for (const line of stderr.replace(/\x1b\[[\d;]*m/g, '').split(/\r?\n/)) {
    const bullet = /^‣ ?(.*)$/.exec(line)?.[1]?.trim();
    const words = bullet ?? /^mkosi(?:\.\w+)?: error: (.*)$/.exec(line)?.[1] ?? /^(?:Error|Warning): .*$/.exec(line)?.[0];
    if (/^Traceback \(most recent call last\):/.test(bullet ?? line)) {
      close();
      traceback = [];
      continue;
    }
    if (words !== undefined && words !== '') {
      close();
      const before = /^\(.*\)$/.test(words) ? texts.pop() : undefined;
      texts.push(before === undefined ? words : `${before} ${words}`);
      continue;
    }
    traceback?.push(line);
  }
  close();
  return texts.slice(-most.messages).map((whole, at, { length }) => {
    const text = whole.slice(0, most.text);
    const [, file, rest] = /^(\/[^:\n]+): ([^]*)$/.exec(text) ?? [],
      line = /\[line\s+(\d+)\]|, line: (\d+)/.exec(text);
    const fatal = status !== 0 && (at === length - 1 || !warning.test(rest ?? text));
    const number = line?.[1] ?? line?.[2];
    return {
      text: rest ?? text,
      severity: fatal ? 'error' : 'warning',
      ...(file === undefined ? {} : { file }),
      ...(number === undefined ? {} : { line: Number(number) - 1 }),
    };
  });
}
