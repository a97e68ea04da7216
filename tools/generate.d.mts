/** The files that are not what `npm run generate` would write: paths below the root. @param write what to do with each */
export function staleFiles(write?: (file: string, text: string) => void): Promise<string[]>;
