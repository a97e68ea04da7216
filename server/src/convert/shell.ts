/** A command as people write and paste it: POSIX shell words, as far as they say without a shell what they mean. */
export interface Pasted {
  readonly words: readonly string[];
  /** Things that only a shell can fill in, such as `$NAME` and `$(pwd)`; they are left unchanged in the words. */
  readonly open: readonly string[];
}

const ends = new Set([';', '|', '&', '<', '>', ')', '\n', '#']);

/**
 * The words of the first command in a text that runs a program, from that program on; what precedes it (`sudo`,
 * `ExecStart=`, a prompt) and after it (`| tee log`, `&&`) is left out. Undefined when the program is not in the text.
 */
export function pasted(text: string, program: string): Pasted | undefined {
  const command = new RegExp(`(^|[\\s=(/\`"'-])(${program})(?=$|[\\s"'\`)])`).exec(text);
  return command === null ? undefined : words(text, command.index + (command[1] ?? '').length);
}

function words(text: string, start: number): Pasted {
  const out: string[] = [],
    open: string[] = [];
  let word: string | undefined,
    i = start;
  const take = (to: number): void => {
    word = (word ?? '') + text.slice(i, to);
    i = to;
  };
  for (; i < text.length; ) {
    const c = text.charAt(i);
    if (c === '\\') {
      if (text.startsWith('\\\r\n', i)) {
        i += 3;
        continue;
      }
      if (text.charAt(i + 1) !== '\n') word = (word ?? '') + text.charAt(i + 1);
      i += 2;
    } else if (c === '$' || c === '`') {
      const end = expansion(text, i);
      if (end > i + 1) open.push(text.slice(i, end));
      take(end);
    } else if (c === "'") {
      const close = text.indexOf("'", i + 1),
        end = close < 0 ? text.length : close;
      word = (word ?? '') + text.slice(i + 1, end);
      i = end + 1;
    } else if (c === '"') {
      word ??= '';
      for (i++; i < text.length && text.charAt(i) !== '"'; ) {
        const q = text.charAt(i);
        if (q === '\\' && '$`"\\\n'.includes(text.charAt(i + 1)) && i + 1 < text.length) {
          if (text.charAt(i + 1) !== '\n') word += text.charAt(i + 1);
          i += 2;
        } else if (q === '$' || q === '`') {
          const end = expansion(text, i);
          if (end > i + 1) open.push(text.slice(i, end));
          take(end);
        } else take(i + 1);
      }
      i++;
    } else if (ends.has(c) && (c !== '#' || word === undefined)) {
      // A file descriptor in front of a redirection belongs to it.
      if ((c === '<' || c === '>') && word !== undefined && /^\d$/.test(word)) word = undefined;
      break;
    } else if (/\s/.test(c)) {
      if (word !== undefined) out.push(word);
      word = undefined;
      i++;
    } else take(i + 1);
  }
  if (word !== undefined) out.push(word);
  return { words: out, open };
}

/** Where the expansion ends that begins here. */
function expansion(text: string, at: number): number {
  if (text.charAt(at) === '`') {
    const end = text.indexOf('`', at + 1);
    return end < 0 ? text.length : end + 1;
  }
  const next = text.charAt(at + 1),
    close = { '(': ')', '{': '}' }[next];
  if (close === undefined) return at + (/^\$([A-Za-z_]\w*|[@*#?$!0-9-])/.exec(text.slice(at))?.[0].length ?? 1);
  let depth = 0;
  for (let i = at + 1; i < text.length; i++) {
    if (text.charAt(i) === next) depth++;
    else if (text.charAt(i) === close && --depth === 0) return i + 1;
  }
  return text.length;
}

/** A command line for a POSIX shell. Only to be read and copied: the product itself runs argument lists. */
export const shellQuoted = (argv: readonly string[]): string =>
  argv.map((word) => (/^[\w@%+=:,./-]+$/.test(word) ? word : `'${word.replace(/'/g, "'\\''")}'`)).join(' ');

/** A word for ExecStart= of a unit: a backslash escapes, percent and dollar signs are doubled. */
export const unitQuoted = (word: string): string =>
  (/^[^\s"'\\]+$/.test(word) ? word : `"${word.replace(/["\\]/g, '\\$&')}"`).replace(/[%$]/g, '$&$&');

/** A word of Parameters= or Environment=: nothing escapes there, so each kind of quote holds the other. */
export const fileQuoted = (word: string): string =>
  /^[^\s"']*[^\s"'\\]$/.test(word)
    ? word
    : word === ''
      ? '""'
      : word.replace(/[^"]+|"+/g, (run) => (run.startsWith('"') ? `'${run}'` : `"${run}"`));
