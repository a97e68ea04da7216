/** The files of a new rule: paths below the root, and their texts. @param folder of the rules */
export function filesOf(id: string, folder: string): [string, string][];
/** Why there cannot be such a rule; undefined if there can. */
export function refusal(id: string | undefined, folder: string): string | undefined;
