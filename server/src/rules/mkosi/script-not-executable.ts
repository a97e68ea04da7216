import { valueSpan } from '../../model/assignments';
import { expandedPath, resolve } from '../../model/mkosi';
import { reads } from '../../model/mkosi/reads';
import type { Assigned } from '../../schema';
import { Text } from '../../syntax';
import { mostWords, split } from '../../values';
import { topOf } from '../edits';
import type { Finding, Rule, RuleContext } from '../rule';

/** A script without the executable bit: a summary does not report it, and the build ends there (mkosi 27.1 __init__.py check_inputs). */
export const scriptNotExecutable: Rule = {
  id: 'script-not-executable',
  summary: 'A script that is not executable',
  verdicts: ['silent'],
  *check(here) {
    const {
        project,
        fileSystem,
        path,
        document: { edition },
      } = here,
      seen = new Set<string>();
    if (fileSystem === undefined || !edition.modern || fileSystem.budget.spent() !== undefined) return;
    const dull = (script: string): boolean => {
      const mode = fileSystem.mode(script);
      return fileSystem.kind(script) === 'file' && mode !== undefined && (mode & 0o111) === 0;
    };
    const say = (script: string): Omit<Finding, 'rule' | 'start' | 'end'> => ({
      verdict: 'silent',
      makeExecutable: script,
      message: `${script.slice(script.lastIndexOf('/') + 1)} is not executable, and mkosi stops when the image is built`,
    });
    for (const script of new Set((project?.scripts ?? []).filter(({ owner }) => owner === path).map((s) => s.path))) {
      if (dull(script)) yield { ...say(script), ...topOf(here) };
    }
    if (!here.active) return;
    for (const {
      passage,
      read: { assigned, text },
    } of reads(here)) {
      for (const named of scripts(assigned, text, here)) {
        const script = resolve(passage.folder, expandedPath(named, fileSystem) ?? named),
          key = `${assigned.start} ${script}`;
        if (!dull(script) || seen.has(key)) continue;
        seen.add(key);
        const at = assigned.line.value.text.indexOf(named);
        yield { ...say(script), ...valueSpan(assigned, at < 0 ? undefined : { start: at, end: at + named.length }) };
      }
    }
  },
};

/** The scripts that a value names. */
function scripts({ setting, section }: Assigned, text: string, { document: { edition } }: RuleContext): string[] {
  const list = setting?.value.list;
  if (setting?.value.of?.params?.script !== true || list === undefined || section === undefined || edition.isCondition(section)) return [];
  return split(Text.plain(text, 0), list, edition.version, mostWords).items.map((item) => item.text);
}
