/** The questions that commands ask; each answer is undefined when the user gave up. */
import * as os from 'node:os';
import * as vscode from 'vscode';
import { asNewImage, isMachineName, isUserName } from '../../host';
import { messageOf } from '../../ui/notifications';
import { askText, type Choice, chooseSource, chooseTarget, pickOne } from '../../ui/prompts';
import type { CommandContext } from '../commands/machine-command';

/**
 * A name for an image that is to come into being.
 * @param mayReplace an existing name is allowed @param check throws if a name is not allowed
 */
export async function askNewName(
  title: string,
  value: string,
  context: CommandContext,
  { mayReplace = false, check = asNewImage }: { mayReplace?: boolean; check?: (name: string) => unknown } = {},
): Promise<string | undefined> {
  return askText({
    title,
    prompt: 'Name of the new image',
    value,
    check: (text) => {
      if (text === '') return 'Enter a name.';
      try {
        check(text);
      } catch (error) {
        return messageOf(error);
      }
      if (context.hasImage(text)) {
        const message = `An image called ${text} exists already.`;
        return mayReplace ? { warning: `${message} You will be asked whether to replace it.` } : message;
      }
      if (isMachineName(text)) return undefined;
      return {
        warning:
          'A machine cannot run under this name. Machine names consist of letters, digits, and hyphens and dots between them, 64 at most.',
      };
    },
  });
}

export async function askUser(title: string, value: string): Promise<string | undefined> {
  return askText({
    title,
    prompt: 'User to log in as',
    value,
    check: (text) => (isUserName(text) ? undefined : 'This is not a valid user name.'),
  });
}

/** A path inside a machine. */
export async function askInside(title: string, prompt: string, value: string): Promise<string | undefined> {
  return askText({
    title,
    prompt,
    value,
    check: (text) => (text.startsWith('/') && !text.includes('\0') ? undefined : 'A path inside a machine begins with "/".'),
  });
}

export async function askLimit(title: string): Promise<string | undefined> {
  return askText({
    title,
    prompt: 'Maximum size, such as 500M or 2G, or - for no limit',
    check: (text) =>
      text === '-' || /^[0-9]{1,18}(\.[0-9]{1,9})?[KMGTPE]?$/.test(text)
        ? undefined
        : 'Enter a size such as 500M or 2G, or - for no limit.',
  });
}

export async function askUrl(title: string, example: string): Promise<string | undefined> {
  return askText({
    title,
    prompt: `URL to download, such as ${example}`,
    check: (text) =>
      /^https?:\/\/[^\s\p{C}]+$/u.test(text) && URL.canParse(text) ? undefined : 'Enter a URL that begins with https:// or http://.',
  });
}

/** One of a few things, with the words that explain it. */
export const pick = <T extends string | boolean>(title: string, choices: readonly Choice<T>[]): Promise<T | undefined> =>
  pickOne(choices, { title });

/** A path where the machines are, when that is not here. */
async function askThere(title: string, { spec: { label } }: CommandContext, value: string): Promise<string | undefined> {
  return askText({
    title,
    prompt: `Absolute path on ${label}`,
    value,
    check: (text) => (text.startsWith('/') && !/\p{Cc}/u.test(text) ? undefined : `A path on ${label} begins with "/".`),
  });
}

/** Something that exists on the host of the machines. */
export async function askSource(
  title: string,
  kind: 'file' | 'folder' | 'any',
  context: CommandContext,
  filters?: Record<string, string[]>,
): Promise<string | undefined> {
  if (!context.spec.local) return askThere(title, context, '/');
  return pathOf(
    await chooseSource({
      title,
      openLabel: 'Choose',
      canSelectFiles: kind !== 'folder',
      canSelectFolders: kind !== 'file',
      defaultUri: vscode.Uri.file(os.homedir()),
      ...(filters ? { filters } : {}),
    }),
  );
}

/** A file on the host of the machines that is to be written. */
export async function askTarget(title: string, name: string, context: CommandContext): Promise<string | undefined> {
  if (!context.spec.local) return askThere(title, context, `/tmp/${name}`);
  return pathOf(await chooseTarget({ title, saveLabel: 'Choose', defaultUri: vscode.Uri.joinPath(vscode.Uri.file(os.homedir()), name) }));
}

/** The path of a file that systemd can see; others are of a workspace that lies elsewhere. */
export function pathOf(uri: vscode.Uri | undefined): string | undefined {
  if (uri === undefined) return undefined;
  return uri.scheme === 'file' || uri.scheme === 'vscode-remote' ? uri.path : undefined;
}

/** What an image could be called that comes from this file or address. */
export function nameFrom(path: string): string {
  const last =
    path
      .replace(/[?#].*$/, '')
      .replace(/\/+$/, '')
      .split('/')
      .at(-1) ?? '';
  return last
    .replace(/(\.(tar|raw|img|qcow2|tgz|txz))?(\.(gz|xz|bz2|zst))?$/i, '')
    .replaceAll(/[^A-Za-z0-9.-]+/g, '-')
    .replaceAll(/^[.-]+|[.-]+$/g, '')
    .slice(0, 64);
}
