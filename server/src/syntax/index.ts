export { type Dialect, mkosiDialect, nspawnDialect } from './dialect';
export { type Change, parse, reparse } from './parse';
export { endsInBackslash, isLineEnd, isSpace, isSpaceOrNul, shortened, skip, skipBack, stripped, withoutEnd } from './scan';
export { type Span, Text } from './text';
export {
  type AssignmentLine,
  firstWhere,
  type HeaderLine,
  inDocument,
  type LogicalLine,
  type Placed,
  type StrayLine,
  Tree,
} from './tree';
