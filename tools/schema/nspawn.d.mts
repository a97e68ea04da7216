import type { SchemaData } from '../../server/src/schema/types.js';

/** A record of tools/schema/facts; README.md there says what it may hold. */
export type Fact = Readonly<Record<string, unknown>> & { readonly name?: string };

export interface NspawnFacts {
  readonly oldest: number;
  readonly newest: number;
  readonly settings: readonly Fact[];
  readonly options: readonly Fact[];
}

/** server/src/schema/nspawn.json. Throws an Error that names the record when a fact cannot be right. */
export function nspawnSchema(facts: NspawnFacts): SchemaData;
