import type { CommandSpec } from '../../host/commands';
import type { RowMenu } from '../../host/commands/presentation';

const up = '(running|starting|stopping);',
  down = '(stopped|failed);';
const isImage = '(?=.*;image;)';

/** What a machine's row has to say, by what a command needs. A row says `machine;STATE;CLASS;FLAG;…` (machine-row.ts). */
const machines: Readonly<Record<CommandSpec['needs'], string>> = {
  running: up,
  vm: `${up}vm;`,
  startable: `${isImage}${down}`,
  image: isImage,
  idle: `${isImage}${down}`,
  failed: 'failed;',
  known: '',
  any: '',
  nothing: '(?!)',
};

/**
 * The regular expression for `viewItem` that matches the rows a command is for, like `applies` matches machines.
 * @param view the rows of which view @param button for the button on the row, which has no place while a machine starts or stops
 * @returns its text without slashes
 */
export function rowPattern(
  view: 'machines' | 'images',
  { needs, notFor = [] }: Pick<CommandSpec, 'needs' | 'notFor'>,
  flag?: RowMenu['flag'],
  button = false,
): string {
  const flagged = flag === undefined ? '' : flag.startsWith('!') ? `(?!.*;${flag.slice(1)};)` : `(?=.*;${flag};)`;
  const types = notFor.map((type) => `${type};`).join('|');
  // An image's row says `image;TYPE;STATE;FLAG;…` (image-row.ts).
  if (view === 'images') return `^image;${types && `(?!${types})`}${flagged}${needs === 'idle' ? '(?=.*;stopped;)' : ''}`;
  const state = button && needs === 'running' ? 'running;' : machines[needs];
  return `^machine;${types && `(?!.*;image;(${types}))`}${flagged}${state}`;
}
