import { mkosi, mkosiLegacy, type Setting, type Version } from '../schema';
import { applied, type Block, type Edit } from './blocks';
import type { RepartPlan } from './disk';
import type { Move } from './migrations';
import type { Source } from './project';
import { type Carried, itemsOf, legacyList, percents, rewritings, whole } from './values';

/** Where a value comes from and goes to. */
interface Way {
  readonly source: Source;
  readonly disk: RepartPlan;
  readonly target: Version;
}

/**
 * What a value becomes.
 * @param as what takes its place, if that is fixed; @param name the setting's name in the target release
 */
export function carry(block: Block, move: Move, as: string | undefined, name: string, way: Way): Carried {
  const value = block.setting?.line.value.text ?? '',
    { source, target } = way;
  if (as !== undefined) return { edits: whole(value, as) };
  if (name === 'MinimumVersion' && Number(value) > target) return { edits: whole(value, String(target)) };
  if (source.legacy) return fromLegacy(value, move, way);
  const record = mkosi.at(target).named(name)[0] ?? mkosi.at(target).renamed(name);
  return listItems(value, record, source.from, target);
}

/** mkosi 27 takes lists apart at white space, 26 and older at commas and line ends only. */
function listItems(value: string, record: Setting | undefined, from: Version | undefined, target: Version): Carried {
  const commas = record?.value.list?.separators.some((s) => s.chars === ',\n') === true;
  const form = { separators: [{ chars: ',\n' }], quoting: 'none' } as const;
  const apart = commas ? itemsOf(value, form, 26).find((i) => /\s/.test(i.text)) : undefined;
  if (apart === undefined) return { edits: [] };
  if (target >= 27 && (from === undefined || from < 27)) {
    return { edits: [], check: `mkosi 26 and older read "${apart.text}" as one item, mkosi ${target} splits it` };
  }
  if (target >= 27 || from === undefined || from < 27) return { edits: [] };
  const gaps = [...value.matchAll(/[^\s,]([ \t]+)(?=[^\s,])/g)];
  return { edits: gaps.map((m) => ({ start: m.index + 1, end: m.index + m[0].length, text: ',' })) };
}

function fromLegacy(value: string, move: Move, { disk, target }: Way): Carried {
  const record = mkosiLegacy.data.settings.find((s) => s.name === move.name);
  const list = record?.value.list && move.how !== 'commas' ? legacyList(value, record) : undefined;
  if (list?.lost !== undefined) return list;
  const how = move.how === undefined ? undefined : rewritings[move.how];
  const own = how?.(value, { hashed: disk.hashed, format: disk.format, target });
  if (own?.lost !== undefined) return own;
  const check = own?.check ?? list?.check;
  const escaped = (text: string): string => applied(text, percents(text, target));
  // The rewritten text is the whole value, or lies between parts that are kept.
  const edits =
    own?.edits.some((e) => value !== '' && e.end - e.start === value.length) === true
      ? own.edits.map((e) => ({ ...e, text: escaped(e.text) }))
      : apart([...(own?.edits ?? []), ...(list?.edits ?? []), ...percents(value, target)]);
  const add = own?.add?.map((a) => ({ ...a, value: escaped(a.value) }));
  return { edits, ...(add ? { add } : {}), ...(check === undefined ? {} : { check }) };
}

/** Edits that do not overlap: the first of two wins. */
function apart(edits: readonly Edit[]): Edit[] {
  const kept: Edit[] = [];
  for (const e of edits) if (!kept.some((k) => e.start < k.end && k.start < e.end)) kept.push(e);
  return kept;
}
