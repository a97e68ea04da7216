import type { BaseLanguageClient, MessageActionItem, ShowMessageParams, ShowMessageRequestParams } from 'vscode-languageclient/node';
import { log, notify } from '../ui/notifications';

/** As the protocol numbers them; others are information. */
const kinds: Readonly<Record<number, 'error' | 'warning'>> = { 1: 'error', 2: 'warning' };

/** Says what the server wants to be said, in place of the library, which shows it as it is: it may quote files. Before the client starts. */
export function sayForServer(client: Pick<BaseLanguageClient, 'onNotification' | 'onRequest'>): void {
  client.onNotification('window/showMessage', ({ type, message }: ShowMessageParams) => {
    notify(kinds[type] ?? 'information', message).catch(log);
  });
  client.onRequest(
    'window/showMessageRequest',
    async ({ type, message, actions = [] }: ShowMessageRequestParams): Promise<MessageActionItem | null> => {
      const title = await notify(kinds[type] ?? 'information', message, ...actions.map((action) => action.title));
      return actions.find((action) => action.title === title) ?? null;
    },
  );
}
