import type { Hover, Position } from 'vscode-languageserver-types';
import type { Document } from '../schema';
import { type Span, shortened } from '../syntax';
import { type FeatureContext, nowhere, uriOf } from './context';
import { isKnown, rangeOf, type Thing, thingAt } from './lookup';
import { callMarkdown, partMarkdown, sectionMarkdown, settingMarkdown, specifierMarkdown, wordMarkdown } from './markdown';
import { isOfProject, nameAt } from './names';
import { homeOf, pathsOf } from './project-names';

/** What the thing at a position is: a section, a setting, a specifier or a part of a value. */
export function hover(document: Document, position: Position, world: FeatureContext = nowhere): Hover | undefined {
  const found =
    specifier(document, position, world) ?? ofProject(document, position, world) ?? explained(document, thingAt(document, position));
  if (found?.text === undefined) return undefined;
  return { contents: { kind: 'markdown', value: found.text }, range: rangeOf(document, found.span) };
}

function explained(document: Document, thing: Thing | undefined): { span: Span; text: string | undefined } | undefined {
  const { edition } = document;
  if (thing === undefined) return undefined;
  if (thing.kind === 'section') return { span: thing.span, text: sectionMarkdown(thing.name, edition) };
  const { setting } = thing.assigned;
  if (setting === undefined) return undefined;
  if (thing.kind === 'setting') return { span: thing.span, text: settingMarkdown(setting, edition) };
  const { part, span, reading } = thing;
  return {
    span,
    text:
      wordMarkdown(setting, part.word ?? part.text, edition) ??
      (setting.value.type === 'syscall-filter' ? callMarkdown(part.text, edition) : undefined) ??
      partMarkdown(setting, part, reading, edition),
  };
}

/** An image or a profile of the project: where it is described. */
function ofProject(document: Document, position: Position, world: FeatureContext): { span: Span; text: string } | undefined {
  const name = nameAt(document, document.text.offsetAt(position));
  const project = name !== undefined && isOfProject(name.kind) ? world.project(document) : undefined;
  if (name === undefined || project === undefined) return undefined;
  const path = pathsOf(project, name.kind).get(name.name);
  const where =
    path === undefined
      ? `There is no ${name.kind} of this name in the project.`
      : `[\`${path.slice(project.root.length + 1)}\`](${uriOf(homeOf(project, name) ?? path)})`;
  return {
    span: name.span,
    text: `**${shortened(name.name)}**, ${name.kind === 'image' ? 'an image' : 'a profile'} of this project\n\n${where}`,
  };
}

/** `%d` in a value of a tool that has specifiers. */
function specifier(document: Document, position: Position, world: FeatureContext): { span: Span; text: string | undefined } | undefined {
  const { tree, text, edition } = document;
  if (edition.schema.data.specifiers === undefined) return undefined;
  const offset = text.offsetAt(position),
    assigned = document.assignedAt(tree.indexAt(offset));
  const here = assigned?.line.value.offsetOf(offset - assigned.start);
  if (!isKnown(assigned) || here === undefined) return undefined;
  for (const match of assigned.line.value.text.matchAll(/%(.)/g)) {
    if (here < match.index || here > match.index + 1) continue;
    const { start, end } = assigned.line.value.span(match.index, match.index + 2);
    const [passage] =
      world
        .project(document)
        ?.readings(document)
        .filter((p) => p.reads.has(assigned.start)) ?? [];
    const whole = passage?.reads.get(assigned.start)?.text,
      page = specifierMarkdown(match[1] ?? '', edition);
    return {
      span: { start: assigned.start + start, end: assigned.start + end },
      text:
        page === undefined || whole === undefined
          ? page
          : `${page}\n\nHere the value is \`${shortened(whole).replaceAll('`', "'").replaceAll('\n', ' ')}\``,
    };
  }
  return undefined;
}
