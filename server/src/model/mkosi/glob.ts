/** Whether a text is what a pattern stands for. */
export type Pattern = (text: string) => boolean;

/** One character of a pattern: any, one of a set, or just this one; `*` is between them. */
type Step = '*' | ((c: string) => boolean);

/** Longer than any name of a file or an image: such a text is none that a pattern stands for. */
const longest = 1024;

/**
 * Python's fnmatch for one text, or glob for one part of a path: `*`, `?`, `[seq]` and `[!seq]` with ranges. A pattern may be
 * untrusted, so nothing here goes back further than to the last `*`; the time is at most that of both lengths multiplied.
 */
export function pattern(glob: string): Pattern {
  const steps = stepsOf(Array.from(glob)),
    least = steps.filter((s) => s !== '*').length;
  return (text) => {
    if (text.length > longest) return false;
    const characters = Array.from(text);
    return characters.length >= least && matches(steps, characters);
  };
}

/** Each `*` takes as little as it can; when the rest does not fit, only the last one takes more. */
function matches(steps: readonly Step[], text: readonly string[]): boolean {
  let step = 0,
    at = 0,
    star = -1,
    from = 0;
  while (at < text.length) {
    const wanted = steps[step];
    if (wanted === '*') {
      star = step++;
      from = at;
    } else if (wanted?.(text[at] ?? '') === true) {
      step++;
      at++;
    } else if (star >= 0) {
      step = star + 1;
      at = ++from;
    } else return false;
  }
  return steps.slice(step).every((s) => s === '*');
}

function stepsOf(glob: readonly string[]): Step[] {
  const steps: Step[] = [];
  let unclosed = glob.lastIndexOf(']'); // after it no bracket opens a set
  for (let i = 0; i < glob.length; i++) {
    const c = glob[i] ?? '';
    if (c === '*') {
      if (steps.at(-1) !== '*') steps.push('*');
    } else if (c === '?') steps.push(() => true);
    else if (c === '[' && i < unclosed) {
      const first = i + (glob[i + 1] === '!' ? 2 : 1),
        end = glob.indexOf(']', glob[first] === ']' ? first + 1 : first);
      if (end < 0) {
        unclosed = -1;
        steps.push((other) => other === '[');
        continue;
      }
      steps.push(setOf(glob.slice(i + 1, end)));
      i = end;
    } else steps.push((other) => other === c);
  }
  return steps;
}

/** What is between brackets: characters and ranges. A range that runs backwards is empty, as in Python's fnmatch.translate(). */
function setOf(inside: readonly string[]): (c: string) => boolean {
  // Once an empty range is taken out, a ! that comes first turns the set round like any other.
  let first = 0;
  while (inside[first + 1] === '-' && (inside[first] ?? '') > (inside[first + 2] ?? '\u{10ffff}')) first += 3;
  const negated = inside[first] === '!',
    members = inside.slice(negated ? first + 1 : first);
  const single = new Set<string>(),
    ranges: (readonly [low: number, high: number])[] = [];
  for (let i = 0; i < members.length; i++) {
    const low = members[i] ?? '',
      high = members[i + 2];
    if (members[i + 1] !== '-' || high === undefined) single.add(low);
    else {
      ranges.push([low.codePointAt(0) ?? 0, high.codePointAt(0) ?? 0]);
      i += 2;
    }
  }
  return (c) => {
    const code = c.codePointAt(0) ?? 0;
    return (single.has(c) || ranges.some(([low, high]) => low <= code && code <= high)) !== negated;
  };
}
