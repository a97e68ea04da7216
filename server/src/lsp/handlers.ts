import {
  CodeActionKind,
  type Connection,
  LSPErrorCodes,
  type Position,
  type Range,
  ResponseError,
  type ServerCapabilities,
  uinteger,
} from 'vscode-languageserver/node';
import {
  completionList,
  definition,
  documentSymbols,
  enter,
  fixAll,
  fixAllKind,
  fixes,
  folding,
  formatting,
  highlights,
  hover,
  inlayHints,
  legend,
  links,
  makeExecutableCommand,
  movesFile,
  prepareRename,
  refactorings,
  references,
  rename,
  resolved,
  selection,
  signature,
  tokenEdits,
  tokens,
  workspaceSymbols,
} from '../features';
import { makeExecutable } from '../node/shared/replace-file';
import type { LintInput } from '../rules';
import type { Document } from '../schema';
import type { Client } from './client';
import type { ServerConfiguration } from './configuration';
import type { Workspace } from './workspace';

/** What the server can be asked. */
export const capabilities: ServerCapabilities = {
  completionProvider: { triggerCharacters: ['[', '=', ':', ',', '/', ' ', '@', '~', '%', '+'], resolveProvider: true },
  hoverProvider: true,
  signatureHelpProvider: { triggerCharacters: ['=', ':', ','] },
  codeActionProvider: { codeActionKinds: [CodeActionKind.QuickFix, CodeActionKind.RefactorRewrite, fixAllKind] },
  documentFormattingProvider: true,
  documentRangeFormattingProvider: true,
  documentOnTypeFormattingProvider: { firstTriggerCharacter: '\n' },
  documentSymbolProvider: true,
  workspaceSymbolProvider: true,
  documentHighlightProvider: true,
  documentLinkProvider: {},
  definitionProvider: true,
  referencesProvider: true,
  renameProvider: { prepareProvider: true },
  foldingRangeProvider: true,
  selectionRangeProvider: true,
  executeCommandProvider: { commands: [makeExecutableCommand] },
  semanticTokensProvider: { legend, full: { delta: true }, range: true },
  inlayHintProvider: true,
};

/** What handlers need besides the document. */
export interface HandlerContext {
  readonly workspace: Workspace;
  readonly settings: ServerConfiguration;
  readonly client: Client;
  inputOf(document: Document): LintInput;
  /** A file on disk is different now. */
  changed(file: string): void;
}

/** Answers every request about an open document with the feature of that name. Wiring only. */
export function registerHandlers(connection: Connection, here: HandlerContext): void {
  const { workspace } = here;
  /** A handler that answers about an open document, and nothing about any other, or about one that is too large to be read. */
  const about =
    <P extends { readonly textDocument: { readonly uri: string } }, R>(feature: (document: Document, params: P) => R) =>
    (params: P): R | null => {
      const document = workspace.get(params.textDocument.uri);
      return document === undefined || document.tooLarge ? null : feature(document, inside(params));
    };

  connection.onCompletion(about((d, { position }) => completionList(d, position, workspace)));
  connection.onCompletionResolve((item) => resolved(item));
  connection.onHover(about((d, { position }) => hover(d, position, workspace)));
  connection.onSignatureHelp(about((d, { position }) => signature(d, position)));
  connection.onDocumentFormatting(about((d) => formatting(d)));
  connection.onDocumentRangeFormatting(about((d, { range }) => formatting(d, range)));
  connection.onDocumentOnTypeFormatting(about((d, { position }) => enter(d, position)));
  connection.onDocumentSymbol(about((d) => documentSymbols(d)));
  connection.onWorkspaceSymbol(({ query }) => workspaceSymbols(workspace, query));
  connection.onDocumentHighlight(about((d, { position }) => highlights(d, position)));
  connection.onDocumentLinks(about((d) => links(d, workspace)));
  connection.onDefinition(about((d, { position }) => definition(d, position, workspace)));
  connection.onReferences(about((d, { position }) => references(d, position, workspace)));
  connection.onPrepareRename(about((d, { position }) => prepareRename(d, position, workspace)));
  connection.onRenameRequest(
    about((d, { position, newName }) => {
      const edit = rename(d, position, newName, workspace);
      if (typeof edit !== 'string' && edit.documentChanges !== undefined && !here.client.renamesFiles) {
        throw new ResponseError(LSPErrorCodes.RequestFailed, 'This editor cannot rename files, which belongs to it here');
      }
      if (typeof edit === 'string') throw new ResponseError(LSPErrorCodes.RequestFailed, edit);
      return edit;
    }),
  );
  connection.onFoldingRanges(about((d) => folding(d)));
  connection.onSelectionRanges(about((d, { positions }) => selection(d, positions)));
  connection.languages.inlayHint.on(about((d, { range }) => inlayHints(d, range)));
  connection.onCodeAction(
    about((d, { range, context: { only } }) => {
      // Fix-all is for those who ask for it by name: on save, or from its menu.
      const wanted = (kind: string, unasked: boolean): boolean =>
        only === undefined ? unasked : only.some((o) => kind === o || kind.startsWith(`${o}.`));
      const all = wanted(fixAllKind, false) ? fixAll(here.inputOf(d), here.settings.rules) : undefined;
      return [
        ...(wanted(CodeActionKind.QuickFix, true)
          ? fixes(here.inputOf(d), range, here.settings.rules, here.client.moveCommand).filter(
              (f) => here.client.renamesFiles || !movesFile(f),
            )
          : []),
        ...(wanted(CodeActionKind.RefactorRewrite, true) ? refactorings(d, range) : []),
        ...(all === undefined ? [] : [all]),
      ];
    }),
  );
  connection.onExecuteCommand(({ command, arguments: [file] = [] }) => {
    if (command !== makeExecutableCommand || typeof file !== 'string')
      throw new ResponseError(LSPErrorCodes.RequestFailed, 'There is no such command');
    try {
      makeExecutable(file);
    } catch (error) {
      throw new ResponseError(
        LSPErrorCodes.RequestFailed,
        `${file} was not made executable: ${error instanceof Error ? error.message : String(error)}`,
      );
    }
    here.changed(file);
    return null;
  });
  answerTokens(connection, workspace);
}

/** What may be asked about: some of these have each kind of parameters. */
interface Places {
  readonly position?: Position;
  readonly positions?: readonly Position[];
  readonly range?: Range;
}

/** Parameters with places that are numbers of lines and characters; what is none becomes the nearest that is one. */
function inside<P extends object>(params: P): P {
  const { position, positions, range } = params as Places;
  return {
    ...params,
    ...(position === undefined ? {} : { position: placeOf(position) }),
    ...(positions === undefined ? {} : { positions: positions.map(placeOf) }),
    ...(range === undefined ? {} : { range: { start: placeOf(range.start), end: placeOf(range.end) } }),
  };
}

function placeOf({ line, character }: Position): Position {
  const whole = (n: unknown): number => (typeof n === 'number' && n > 0 ? Math.floor(Math.min(n, uinteger.MAX_VALUE)) : 0);
  return { line: whole(line), character: whole(character) };
}

/** Semantic tokens: all of them, those of a range, or what is different from the last time. */
function answerTokens(connection: Connection, workspace: Workspace): void {
  const last = new Map<string, { readonly resultId: string; readonly data: number[] }>();
  let ids = 0;
  const full = (uri: string): { resultId: string; data: number[] } => {
    const document = workspace.get(uri);
    const result = { resultId: String(++ids), data: document === undefined ? [] : tokens(document) };
    // Closed documents are asked about no more.
    for (const known of last.keys()) if (workspace.get(known) === undefined) last.delete(known);
    last.set(uri, result);
    return result;
  };
  connection.languages.semanticTokens.on(({ textDocument: { uri } }) => full(uri));
  connection.languages.semanticTokens.onRange(({ textDocument: { uri }, range }) => {
    const document = workspace.get(uri);
    return { data: document === undefined ? [] : tokens(document, inside({ range }).range) };
  });
  connection.languages.semanticTokens.onDelta(({ textDocument: { uri }, previousResultId }) => {
    const before = last.get(uri),
      result = full(uri);
    return before?.resultId === previousResultId ? { resultId: result.resultId, edits: tokenEdits(before.data, result.data) } : result;
  });
}
