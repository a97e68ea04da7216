/** What became of an old setting: `Name` or `Name=value`, and its successor in the same form. */
export interface MigrationFact {
  readonly from: string;
  readonly to?: string;
  readonly lost?: string;
}

/** server/src/convert/migrations.json. Throws an Error when two facts are about the same lines. */
export function mkosiMigrations(facts: {
  readonly legacy: readonly MigrationFact[];
  readonly modern: readonly MigrationFact[];
  readonly files: readonly [];
}): { readonly legacy: readonly unknown[] };
