import type { Position, SignatureHelp } from 'vscode-languageserver-types';
import type { Document } from '../schema';
import { formOf } from '../values';
import { isKnown, readingOf } from './lookup';

/** The form of the value that a position is in (`source:destination:options`), with the field at the cursor marked. */
export function signature(document: Document, position: Position): SignatureHelp | undefined {
  const offset = document.text.offsetAt(position);
  const assigned = document.assignedAt(document.tree.indexAt(offset));
  if (!isKnown(assigned)) return undefined;
  const { setting, line, start, section } = assigned,
    { edition } = document;
  if (section !== undefined && edition.isCondition(section)) return undefined;
  if (offset <= start + line.equals || line.comments.some((c) => start + c.start < offset && offset <= start + c.end)) return undefined;
  const form = formOf(setting.value, edition);
  const fields = (form ?? '')
    .split(/[:=,-]| \.\.\.|^~/)
    .map((f) => f.trim())
    .filter((f) => f !== '' && f !== '...');
  // A form of one word, such as `zone`, adds nothing to the name of the setting.
  if (form === undefined || (fields.length < 2 && !form.startsWith('~'))) return undefined;
  const here = line.value.length === 0 ? 0 : (line.value.offsetOf(offset - start) ?? line.value.length);
  const label = fieldAt(document, assigned, here, fields);
  const head = `${setting.name}=`,
    at = label === undefined ? -1 : form.indexOf(label);
  const parameters = fields.map((f) => ({
    label: [head.length + form.indexOf(f), head.length + form.indexOf(f) + f.length] as [number, number],
  }));
  return {
    signatures: [
      {
        label: head + form,
        parameters,
        documentation: { kind: 'markdown', value: edition.schema.documentation.setting(setting.section, setting.name)?.summary ?? '' },
      },
    ],
    activeSignature: 0,
    activeParameter: at < 0 ? null : fields.indexOf(label ?? ''),
  };
}

/** The label of the field that an offset of the value lies in: what the grammar says, else the colons in front of it. */
function fieldAt(
  document: Document,
  assigned: NonNullable<ReturnType<Document['assignedAt']>>,
  here: number,
  fields: readonly string[],
): string | undefined {
  const reading = readingOf(document, assigned);
  const part = reading?.parts.findLast((p) => p.label !== undefined && p.start <= here && here <= p.end);
  const label = reading?.placeAt(here)?.label ?? part?.label;
  if (label !== undefined && fields.includes(label)) return label;
  const before = assigned.line.value.text.slice(0, here).replaceAll('\\:', '');
  // Items of mkosi have no blanks in them, and each has its own fields.
  const colons = (document.edition.schema.reader.fieldsPerWord ? before.replace(/^.*\s/s, '') : before).split(/[:=]/).length - 1;
  return fields[Math.min(colons, fields.length - 1)];
}
