import { type FoldingRange, FoldingRangeKind } from 'vscode-languageserver-types';
import type { Document } from '../schema';
import { isSpaceOrNul, skipBack } from '../syntax';

/** What can be folded: sections, values over several lines, comments over several lines, and `# region` to `# endregion`. */
export function folding({ tree, text }: Document): FoldingRange[] {
  const ranges: FoldingRange[] = [],
    regions: number[] = [];
  const fold = (startLine: number, endLine: number, kind?: FoldingRangeKind): void => {
    if (endLine > startLine) ranges.push({ startLine, endLine, ...(kind === undefined ? {} : { kind }) });
  };
  /** The line that the text before an offset ends in, line ends left out. */
  const lastLine = (from: number, end: number): number => text.positionAt(skipBack(text.getText(), isSpaceOrNul, end, from)).line;

  let section: number | undefined,
    comment: number | undefined,
    last = 0;
  const close = (line: number | undefined, kind?: FoldingRangeKind): void => {
    if (line !== undefined) fold(line, last, kind);
  };
  let lastOfComment = 0;
  for (const { line, start } of tree) {
    const first = text.positionAt(start).line;
    if (line.kind === 'comment') {
      const said = text.getText().slice(start, start + line.length);
      if (/^\s*[#;]\s*region\b/.test(said)) regions.push(first);
      const opened = /^\s*[#;]\s*endregion\b/.test(said) ? regions.pop() : undefined;
      if (opened !== undefined) fold(opened, first, FoldingRangeKind.Region);
      comment ??= first;
      lastOfComment = first;
      continue;
    }
    if (comment !== undefined) fold(comment, lastOfComment, FoldingRangeKind.Comment);
    // A comment right above a header belongs to it, and one that ends a section does not.
    if (line.kind !== 'header' && line.kind !== 'blank' && comment !== undefined) last = Math.max(last, lastOfComment);
    comment = undefined;
    if (line.kind === 'blank') continue;
    if (line.kind === 'header') {
      close(section);
      section = first;
    }
    last = lastLine(start, start + line.length);
    if (line.kind === 'assignment') fold(first, last);
  }
  if (comment !== undefined) {
    fold(comment, lastOfComment, FoldingRangeKind.Comment);
    last = lastOfComment;
  }
  close(section);
  return ranges;
}
