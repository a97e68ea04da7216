export { type Dialect, mkosiDialect, nspawnDialect } from './dialect';
export { type Change, parse, reparse } from './parse';
export { type Span, Text } from './text';
export {
  type AssignmentLine, type HeaderLine, type LogicalLine, type Placed, type StrayLine, Tree, inDocument,
} from './tree';
