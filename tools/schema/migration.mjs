// server/src/convert/migrations.json: what became of old settings of mkosi, from facts/mkosi-migration.json.
import { fail, withoutComment } from './records.mjs';

/** Read by the verb `migrate` of the checker and by the editor; the shape is in server/src/convert/migrations.ts. */
export const mkosiMigrations = ({ legacy, modern, files }) => ({
  legacy: ordered(legacy.map(moveOf)),
  modern: ordered(modern.map(moveOf)),
  files: files.map(withoutComment),
});

/** `Name` or `Name=value`. */
function split(assignment) {
  const equals = assignment.indexOf('=');
  return equals < 0 ? { name: assignment } : { name: assignment.slice(0, equals), value: assignment.slice(equals + 1) };
}

/** `{ to, as }`: the successor, and what to write in place of the value. */
function successor(assignment) {
  if (assignment === undefined) return {};
  const { name, value } = split(assignment);
  return { to: name, ...(value !== undefined && { as: value }) };
}

function moveOf(fact) {
  const { from, since, to, how, add, partition, before, lost, gone, check } = withoutComment(fact);
  const move = {
    ...split(from),
    since,
    ...successor(to),
    how,
    add: add?.map(split),
    partition,
    before: before && { until: before.until, ...successor(before.to), ...(before.lost && { lost: before.lost }) },
    lost,
    gone,
    check,
  };
  return Object.fromEntries(Object.entries(move).filter(([, value]) => value !== undefined));
}

/** By name, and single values before all others: the first one that fits a line is taken. */
function ordered(moves) {
  const seen = new Set();
  for (const { name, value } of moves) {
    const from = value === undefined ? name : `${name}=${value}`;
    if (seen.has(from)) fail(`two migrations are from ${from}`);
    seen.add(from);
  }
  const rank = ({ value }) => (value === undefined ? 1 : 0);
  return moves.toSorted((a, b) => (a.name < b.name ? -1 : a.name > b.name ? 1 : rank(a) - rank(b)));
}
