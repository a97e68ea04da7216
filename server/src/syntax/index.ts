export { type Dialect, mkosiDialect, nspawnDialect } from './dialect';
export { type Change, parse, reparse } from './parse';
export { endsInBackslash, isLineEnd, isSpace, isSpaceOrNul, shortened, skip, skipBack, stripped, withoutEnd } from './scan';
export { type Span, Text } from './text';
export {
  type AssignmentLine, type HeaderLine, type LogicalLine, type Placed, type StrayLine, Tree, firstWhere, inDocument,
} from './tree';
