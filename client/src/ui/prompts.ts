/** Everything that people are asked, besides modal questions. Each answer is undefined when they gave up. */
import * as vscode from 'vscode';
import { inertLine, inertPrompt } from './text';

/** What is wrong with what was typed; a message that only warns says so. */
export type Problem = string | { readonly warning: string } | undefined;

export interface TextQuestion {
  readonly title: string;
  readonly prompt: string;
  readonly value?: string;
  readonly check?: (text: string) => Problem;
  /** Whether a click elsewhere ends it; it stays unless told. */
  readonly closes?: boolean;
}

export async function askText({ title, prompt, value, check, closes = false }: TextQuestion): Promise<string | undefined> {
  return vscode.window.showInputBox({
    title: inertLine(title),
    prompt: inertPrompt(prompt),
    ignoreFocusOut: !closes,
    ...(value === undefined ? {} : { value }),
    ...(check === undefined ? {} : { validateInput: (text: string) => validation(check(text)) }),
  });
}

const validation = (problem: Problem): string | vscode.InputBoxValidationMessage | undefined =>
  typeof problem !== 'object'
    ? problem && inertPrompt(problem)
    : { message: inertPrompt(problem.warning), severity: vscode.InputBoxValidationSeverity.Warning };

/** One of the things to pick from. */
export interface Choice<T> {
  readonly label: string;
  readonly description?: string;
  /** What is picked with it: the label may be written otherwise on the screen. */
  readonly value: T;
  readonly picked?: boolean;
  readonly alwaysShow?: boolean;
}

/** Title, and the placeholder of the empty box; by default the same. */
export interface PickQuestion {
  readonly title: string;
  readonly placeHolder?: string;
}

export async function pickOne<T>(choices: readonly Choice<T>[], question: PickQuestion): Promise<T | undefined> {
  return (await vscode.window.showQuickPick(choices.map(shown), options(question)))?.value;
}

export async function pickMany<T>(choices: readonly Choice<T>[], question: PickQuestion): Promise<readonly T[] | undefined> {
  return (await vscode.window.showQuickPick(choices.map(shown), { ...options(question), canPickMany: true }))?.map(({ value }) => value);
}

const shown = <T>(choice: Choice<T>): Choice<T> => ({
  ...choice,
  label: inertLine(choice.label),
  ...(choice.description === undefined ? {} : { description: inertLine(choice.description) }),
});

const options = ({ title, placeHolder = title }: PickQuestion): vscode.QuickPickOptions => ({
  title: inertLine(title),
  placeHolder: inertLine(placeHolder),
  matchOnDescription: true,
});

/** Something that exists. */
export async function chooseSource(question: vscode.OpenDialogOptions & { readonly title: string }): Promise<vscode.Uri | undefined> {
  return (await vscode.window.showOpenDialog({ ...question, title: inertLine(question.title), canSelectMany: false }))?.[0];
}

/** A file that is to be written. */
export async function chooseTarget(question: vscode.SaveDialogOptions & { readonly title: string }): Promise<vscode.Uri | undefined> {
  return vscode.window.showSaveDialog({ ...question, title: inertLine(question.title) });
}
