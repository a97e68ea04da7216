import type * as vscode from 'vscode';
import type { AskServer } from '../../../server/src/protocol';

/** The language server, which knows what a mkosi project is. */
export interface LanguageServer {
  /** Sends a request, and starts the server for it. Rejects with the next step where it does not run. */
  readonly ask: AskServer;
  /** Starts it where that has not happened yet. Rejects with the next step where it does not run. */
  readonly ready: () => Promise<void>;
  readonly isRunning: () => boolean;
  /** It runs, for the first time or again. */
  readonly onDidStart: vscode.Event<void>;
}

/** How long a task waits for the server before it goes by the names of files, in milliseconds. */
const patience = 5000;

/** The same answer, or a rejection when it takes too long: a server may hang. */
export async function inTime<T>(answer: Promise<T>): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Error(`The language server did not answer within ${patience / 1000} seconds.`)), patience);
  });
  return Promise.race([answer, late]).finally(() => clearTimeout(timer));
}
