import { valueSpan } from '../../model/assignments';
import { expandedPath, type FileReading, type FileSystem, globbed, hasGlob, resolve } from '../../model/mkosi';
import { reads } from '../../model/mkosi/reads';
import type { Assigned, ValueType } from '../../schema';
import { shortened, Text } from '../../syntax';
import { mostWords, split } from '../../values';
import type { Finding, Rule, RuleContext, Verdict } from '../rule';

/** A path that a value names, with the item of the value that it is in. */
interface Named {
  readonly path: string;
  readonly item: Text;
  readonly type: ValueType;
}

/** A file or folder that mkosi wants and that is not there, or is something else. */
export const missingFile: Rule = {
  id: 'missing-file',
  summary: 'A file that mkosi needs but that does not exist or does not fit',
  verdicts: ['refused', 'silent', 'advice'],
  *check(here) {
    const { fileSystem } = here,
      seen = new Set<string>();
    // What a path means in a file that nothing reads depends on what will read it.
    if (fileSystem === undefined || !here.active || fileSystem.budget.spent() !== undefined) return;
    for (const { passage, read } of reads(here)) {
      const { assigned, text } = read,
        { setting, section } = assigned;
      if (setting === undefined || section === undefined || here.document.edition.isCondition(section)) continue;
      const plain = text === assigned.line.value.text;
      for (const named of paths(plain ? assigned.line.value : Text.plain(text, 0), assigned, here)) {
        const wrong = fault(named, passage, fileSystem, here, setting.name);
        if (fileSystem.budget.spent() !== undefined) {
          yield {
            verdict: 'advice',
            ...valueSpan(assigned),
            message: `${setting.name}=: This project ${fileSystem.budget.spent()}; whether this exists is not checked`,
          };
          return;
        }
        if (wrong === undefined || seen.has(`${assigned.start} ${named.path}`)) continue;
        seen.add(`${assigned.start} ${named.path}`);
        yield { ...wrong, ...(plain ? spanOf(assigned, named.item) : valueSpan(assigned)), message: `${setting.name}=: ${wrong.message}` };
      }
    }
  },
};

function spanOf({ start }: Assigned, item: Text): { start: number; end: number } {
  const span = item.span();
  return { start: start + span.start, end: start + Math.max(span.end, span.start + 1) };
}

/** The paths of a value. */
function paths(text: Text, { setting }: Assigned, { document: { edition } }: RuleContext): Named[] {
  const value = setting?.value;
  if (value === undefined || text.length === 0) return [];
  if (value.type === 'credentials') {
    return text.text.includes('=') || edition.version < 21
      ? []
      : [{ path: text.text, item: text, type: { type: 'path', params: { mustExist: true, plain: true } } }];
  }
  const type = value.of ?? value;
  if (!['path', 'tree', 'drive'].includes(type.type)) return [];
  const list = value.list === undefined ? [text] : split(text, value.list, edition.version, mostWords).items;
  return list.flatMap((item): Named[] => {
    if (type.words?.some((w) => w.word === item.text && (w.since ?? 0) <= edition.version) === true) return [];
    if (type.type === 'path') return [{ path: item.text, item, type }];
    if (type.type === 'tree') return [{ path: item.text.split(':', 1)[0] ?? '', item, type }];
    const folder = item.text.split(':')[2] ?? '';
    return folder === '' ? [] : [{ path: folder, item, type: { type: 'path', params: { mustExist: true } } }];
  });
}

function fault(
  { path, type: { params } }: Named,
  { folder }: FileReading,
  disk: FileSystem,
  { document: { edition } }: RuleContext,
  name: string,
): Pick<Finding, 'verdict' | 'message'> | undefined {
  const refused = (message: string, verdict: Verdict = 'refused') => ({ verdict, message }),
    shown = shortened(path);
  if (params?.globs !== undefined && edition.version >= Number(params.globs)) {
    if (globbed(path, folder, disk).length > 0) return undefined;
    return hasGlob(path) ? undefined : refused(`${shown} does not exist, and mkosi continues without it`, 'silent');
  }
  const written = params?.plain === true ? path : expandedPath(path, disk);
  if (written === undefined) return refused(`There is no home folder for ${shown}`);
  const full = resolve(folder, written),
    kind = disk.kind(full);
  if (kind === undefined) return params?.mustExist === true ? refused(`${shown} does not exist`) : undefined;
  if (params?.directory === true && kind !== 'folder') return refused(`${shown} is not a folder`);
  if (params?.content !== undefined && kind === 'folder') return refused(`${shown} is a folder, not a file`);
  if (name === 'EnvironmentFiles' && kind === 'folder' && edition.version >= 25 && edition.version < 26)
    return refused(`${shown} is a folder, not a file`);
  if (name === 'ToolsTree' && kind === 'file' && edition.version >= 26) return refused(`${shown} is a file; a tools tree is a folder`);
  const mode = disk.mode(full);
  if (params?.secret === true && mode !== undefined && (mode & 0o7) !== 0) {
    return refused(`${shown} is readable by everyone (mode ${mode.toString(8)}); a secret needs chmod o-rwx`);
  }
  return undefined;
}
