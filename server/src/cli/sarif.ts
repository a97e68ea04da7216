import type { Range } from 'vscode-languageserver-types';

/** A finding as the checker prints it. */
export interface Reported {
  readonly range: Range;
  readonly severity: string;
  readonly code: string;
  readonly verdict: string;
  readonly message: string;
}

const levels: Readonly<Partial<Record<string, string>>> = { error: 'error', warning: 'warning' };

/**
 * Findings as SARIF 2.1.0, the form that code-scanning services read. Lines and columns count from 1, columns in
 * UTF-16 units; the verdict of the real tool is a property of each result.
 */
export function sarif(files: readonly { readonly uri: string; readonly diagnostics: readonly Reported[] }[]): string {
  const ids = [...new Set(files.flatMap((f) => f.diagnostics.map((d) => d.code)))].sort();
  const pages = 'https://github.com/nspawn-tools/vscode-nspawn/blob/main/docs/rules';
  const log = {
    $schema: 'https://json.schemastore.org/sarif-2.1.0.json',
    version: '2.1.0',
    runs: [
      {
        tool: { driver: { name: 'nspawn', rules: ids.map((id) => ({ id, helpUri: `${pages}/${id}.md` })) } },
        columnKind: 'utf16CodeUnits',
        results: files.flatMap(({ uri, diagnostics }) =>
          diagnostics.map(({ range: { start, end }, severity, code, verdict, message }) => ({
            ruleId: code,
            ruleIndex: ids.indexOf(code),
            level: levels[severity] ?? 'note',
            message: { text: message },
            locations: [
              {
                physicalLocation: {
                  artifactLocation: { uri },
                  region: {
                    startLine: start.line + 1,
                    startColumn: start.character + 1,
                    endLine: end.line + 1,
                    endColumn: end.character + 1,
                  },
                },
              },
            ],
            properties: { verdict },
          })),
        ),
      },
    ],
  };
  return `${JSON.stringify(log, null, 1)}\n`;
}
