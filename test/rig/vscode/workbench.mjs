// A VS Code window as a user operates it: keyboard, mouse and what is on the screen. Every function waits for its
// result.
//
//   const workbench = new Workbench(page, { shots: 'artifacts/e2e-machines' });
//   await workbench.open(vscode.url);
//   await workbench.openFile('web.nspawn');
//   await workbench.acceptSuggestion('Boot');
//
// For a VS Code that was started without `driver`, which would keep notifications off the screen.
import { mkdirSync } from 'node:fs';
import path from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import * as screen from './screen.mjs';

/** @typedef {import('playwright-core').Locator} Locator */
/** @typedef {ReturnType<typeof screen.quickPickItems>[number]} PickItem */

const quickInput = '.quick-input-widget:visible';
const quickRows = `${quickInput} .quick-input-list .monaco-list-row`;
const editor = '.editor-group-container.active';

/** @param {string} text @returns {RegExp} that text and nothing else */
const exactly = (text) => new RegExp(`^\\s*${text.replace(/[\\^$.*+?()[\]{}|/]/g, '\\$&')}\\s*$`);

export class Workbench {
  /**
   * @param {import('playwright-core').Page} page
   * @param {{ shots?: string, timeoutMs?: number }} [options] `shots`: folder for screenshots; `timeoutMs`: how long
   *   anything may take
   */
  constructor(page, { shots = 'artifacts', timeoutMs = 20_000 } = {}) {
    this.page = page;
    this.shots = shots;
    this.timeoutMs = timeoutMs;
    page.setDefaultTimeout(timeoutMs);
  }

  /** Opens the window and waits until its editors and views are back. @param {string} url */
  async open(url) {
    await this.page.goto(url);
    const started = () => performance.getEntriesByName('code/didStartWorkbench').length > 0; // a mark of VS Code's own
    await this.until('the workbench', () => this.page.evaluate(started));
  }

  /**
   * Asks again and again until the answer is neither false nor empty.
   * @template T
   * @param {string} what  named in the error
   * @param {() => T | Promise<T>} probe  may throw: the last error is part of the message
   * @returns {Promise<NonNullable<T>>} the answer
   */
  async until(what, probe, timeoutMs = this.timeoutMs) {
    for (const end = Date.now() + timeoutMs; ; ) {
      let seen;
      try {
        seen = await probe();
        if (seen && !(Array.isArray(seen) && seen.length === 0)) return /** @type {NonNullable<T>} */ (seen);
      } catch (error) {
        seen = error;
      }
      if (Date.now() > end) throw new Error(`timed out waiting for ${what}; last seen: ${seen}`);
      await delay(50);
    }
  }

  /** @param {string} name  without .png @returns {Promise<string>} the file */
  async screenshot(name) {
    mkdirSync(this.shots, { recursive: true });
    const file = path.join(this.shots, `${name}.png`);
    await this.page.screenshot({ path: file });
    return file;
  }

  /** @param {string} keys  as Playwright names them: `Control+Shift+M` */
  async press(keys) {
    await this.page.keyboard.press(keys);
  }

  /** Types into whatever has the focus, key by key. @param {string} text */
  async typeText(text) {
    await this.page.keyboard.type(text, { delay: 15 });
  }

  // Commands and quick picks

  /** Runs a command by the palette. @param {string} title  with its category: `Nspawn: Start` */
  async runCommand(title) {
    // Whatever takes the focus at that moment closes the palette: it is opened again. No Escape, which means more to some pages.
    await this.until(`"${title}" in the command palette`, async () => {
      await this.press('F1');
      await this.#quickInput().fill(`>${title}`, { timeout: 5_000 });
      await (await this.#quickRow(title, 5_000)).click({ timeout: 5_000 });
      return true;
    });
    await this.until('the command palette to close', async () => {
      const texts = await this.page
        .locator(`${quickInput} input`)
        .evaluateAll((inputs) => inputs.map((box) => /** @type {HTMLInputElement} */ (box).value));
      return texts.every((text) => !text.startsWith('>'));
    });
  }

  /** Opens a file. @param {string} name  its path in the workspace */
  async openFile(name) {
    const { base, dir } = path.posix.parse(name),
      tab = this.page.locator(`${editor} .tab.active [aria-label*="/${name}"]`).first();
    // The list is searched again while it is looked at, and rows move: the one that is meant goes by its label, not by its place.
    const said = dir === '' ? base : `${base} ${dir}`,
      rows = [`="${said}"`, `^="${said}, "`].map((is) => `${quickRows}[aria-label${is}]`);
    let again = false;
    await this.until(`${name} in the editor`, async () => {
      if (again) await this.press('Escape');
      again = true;
      await this.press('Control+P');
      await this.#quickInput().fill(name);
      await this.page.locator(rows.join(', ')).first().click({ timeout: 5_000 });
      const label = (await tab.getAttribute('aria-label', { timeout: 2_000 })) ?? '';
      return !/^[\w./-]/.test(label.slice(label.indexOf(`/${name}`) + name.length + 1));
    });
    await this.page.locator(`${editor} .view-line`).first().waitFor();
  }

  /** @returns {Promise<PickItem[]>} what a quick pick offers, as far as it is on the screen */
  async quickPickItems() {
    return this.until('a quick pick', () => this.page.locator(quickRows).evaluateAll(screen.quickPickItems));
  }

  /** Chooses from the open quick pick. @param {string} label */
  async acceptQuickPick(label) {
    const row = await this.#quickRow(label);
    await row.click();
    await row.waitFor({ state: 'hidden' });
  }

  /** Fills in the open input box. @param {string} text */
  async answerInput(text) {
    await this.#quickInput().fill(text);
    await this.press('Enter');
  }

  #quickInput() {
    return this.page.locator(`${quickInput} input`).first();
  }

  /** @param {string} label @param {number} [ms] @returns {Promise<Locator>} */
  async #quickRow(label, ms = this.timeoutMs) {
    const { index } = await this.until(
      `"${label}" in the quick pick`,
      async () => {
        const items = await this.page.locator(quickRows).evaluateAll(screen.quickPickItems);
        const found = items.findIndex((item) => item.label === label);
        if (found < 0) throw new Error(JSON.stringify(items.map((item) => item.label)));
        return { index: found };
      },
      ms,
    );
    return this.page.locator(quickRows).nth(index);
  }

  // The editor

  /** @returns {Promise<string>} the lines of the active editor that are on the screen */
  async editorText() {
    return this.page.locator(`${editor} .view-lines`).first().evaluate(screen.editorText);
  }

  /** Puts the cursor after the first character of the text. @param {string} text */
  async clickText(text) {
    const { left, top } = await this.#place(text);
    await this.page.mouse.click(left, top);
  }

  /** @param {string} text @returns {Promise<string>} what the hover says */
  async hover(text) {
    const { x, y } = await this.#place(text);
    await this.page.mouse.move(x, y);
    return this.until(`a hover over "${text}"`, async () => {
      const said = (await this.#hovers().allInnerTexts()).join('\n').trim();
      return said === 'Loading...' ? '' : said;
    });
  }

  /** Where the active editor shows the text first, once no hover can be in the way. @param {string} text */
  async #place(text) {
    await this.page.mouse.move(0, 0);
    await this.until('the previous hover to go', async () => (await this.#hovers().count()) === 0);
    return this.until(`"${text}" in the editor`, () => this.page.evaluate(screen.placeOf, text));
  }

  #hovers() {
    return this.page.locator('.monaco-hover:visible');
  }

  /** @returns {Promise<{ severity: string, text: string }[]>} what the active editor underlines; waits for the first */
  async squiggles() {
    return this.until('a squiggle', () => this.page.evaluate(screen.squiggles));
  }

  /** Asks for suggestions if none are shown; returns those on the screen. */
  async suggestions() {
    const rows = this.page.locator('.suggest-widget.visible .monaco-list-row');
    if ((await rows.count()) === 0) await this.press('Control+Space');
    return this.until('suggestions', () => rows.evaluateAll(screen.suggestions));
  }

  /** Goes down to a suggestion and takes it. @param {string} label */
  async acceptSuggestion(label) {
    const shown = await this.suggestions();
    const missing = new Error(`no suggestion "${label}" but ${shown.map((item) => item.label).join(', ')}`);
    const focused = async (/** @type {string} */ before) => (await this.suggestions()).filter((item) => item.focused && item.id !== before);
    const [first] = await this.until('a focused suggestion', () => focused(''));
    for (let at = first; at && at.label !== label; ) {
      if (shown.length === 1) throw missing;
      const before = at.id;
      await this.press('ArrowDown');
      [at] = await this.until('the next suggestion', () => focused(before));
      if (at?.id === first?.id) throw missing;
    }
    await this.press('Enter');
    await this.page.locator('.suggest-widget.visible').waitFor({ state: 'hidden' });
  }

  /** Opens the Problems view; returns its rows, waits for the first. */
  async problems() {
    await this.runCommand('Problems: Focus on Problems View');
    return this.until('a problem', () => this.page.locator('.markers-panel .monaco-list-row').evaluateAll(screen.problems));
  }

  // Views

  /** Opens a view container of the activity bar. @param {string} container  its title */
  async openView(container) {
    const item = this.page.locator(`.activitybar .action-item:has(.action-label[aria-label^="${container}"])`).first();
    await item.waitFor();
    if (!/\bchecked\b/.test((await item.getAttribute('class')) ?? '')) await item.click();
    await this.page.locator('.part.sidebar .composite.title', { hasText: container }).waitFor();
  }

  /** The rows of a view in the side bar; waits for the first. @param {string} view  its title */
  async treeRows(view) {
    return this.until(`rows in ${view}`, () => this.#treeRows(view));
  }

  /** The rows of a view as they are now; none where there is no such view. @param {string} view  its title */
  async rowsNow(view) {
    return this.#treeRows(view);
  }

  /** @param {string} view @returns {Promise<string>} what an empty view says instead of rows */
  async welcome(view) {
    return this.until(`a welcome text in ${view}`, () => this.#view(view).locator('.welcome-view-content').innerText());
  }

  /** @param {string} view @param {string} label @returns {Promise<Locator>} the first row with the label */
  async treeRow(view, label) {
    await this.until(`"${label}" in ${view}`, async () => {
      const labels = (await this.#treeRows(view)).map((row) => row.label);
      if (!labels.includes(label)) throw new Error(JSON.stringify(labels));
      return true;
    });
    const name = this.page.locator('.label-name', { hasText: exactly(label) });
    return this.#view(view).locator('.monaco-list-row').filter({ has: name }).first();
  }

  /** Clicks the button that a row shows under the mouse; a row that is drawn anew at that moment loses the mouse. @param {Locator} row @param {string} title */
  async clickInlineAction(row, title) {
    await this.until(`the button "${title}"`, async () => {
      await row.hover({ timeout: 5_000 });
      await row.locator(`.action-label[aria-label^="${title}"]`).click({ timeout: 5_000 });
      return true;
    });
  }

  /**
   * Selects a row and presses keys, again until they have done what they are for: a row that is drawn anew loses the focus.
   * @param {Locator} row @param {string} keys @param {() => Promise<boolean>} done
   */
  async pressOn(row, keys, done) {
    await this.until(`${keys} to do something`, async () => {
      await row.click({ timeout: 5_000 });
      await this.press(keys);
      return this.until('it', done, 5_000);
    });
  }

  /** Whether a quick input is open. */
  async asked() {
    return this.page.locator(quickInput).isVisible();
  }

  /** Whether a modal dialog is. */
  async warned() {
    return this.page.locator('.monaco-dialog-box').isVisible();
  }

  /**
   * Clicks a button in the title of a view, or of the side bar when it is the only view.
   * @param {string} view @param {string} title
   */
  async clickViewAction(view, title) {
    await this.until(`"${title}" in the title of ${view}`, async () => {
      await this.#view(view).hover({ timeout: 5_000 });
      await this.page
        .locator(`.part.sidebar .actions-container .action-label[aria-label^="${title}"]:visible`)
        .first()
        .click({ timeout: 5_000 });
      return true;
    });
  }

  /** Right-clicks a row. @param {Locator} row @returns {Promise<string[]>} what the menu offers */
  async openContextMenu(row) {
    const items = async () => (await this.#menuItems().allInnerTexts()).map((item) => item.trim()).filter(Boolean); // separators have no text
    // A row that is drawn anew, or a window that takes the focus at that moment, loses the menu.
    return this.until('a context menu', async () => {
      await row.click({ button: 'right', timeout: 5_000 });
      return this.until('its items', items, 5_000);
    });
  }

  /**
   * Right-clicks a row and chooses from the menu.
   * @param {Locator} row @param {string[]} items  the item, after the submenus that lead to it
   */
  async contextMenu(row, ...items) {
    await this.openContextMenu(row);
    for (const [i, text] of items.entries()) {
      const item = this.#menuItems().filter({ hasText: exactly(text) });
      const next = items[i + 1];
      if (i > 0) await item.waitFor();
      let clicked = false;
      await this.until(`"${text}" of the menu to act`, async () => {
        if (await item.isVisible()) {
          await item.click({ timeout: 1000 }); // lost if the menu has only just opened
          clicked = true;
        } else if (!clicked && i === 0) {
          await this.openContextMenu(row); // a row that is drawn anew closes the menu
          return false;
        }
        if (next)
          return this.#menuItems()
            .filter({ hasText: exactly(next) })
            .isVisible();
        return !(await item.isVisible());
      });
    }
  }

  #menuItems() {
    return this.page.locator('.context-view .monaco-menu .action-label:visible');
  }

  /** @param {string} view */
  #treeRows(view) {
    return this.#view(view).locator('.monaco-list-row').evaluateAll(screen.treeRows);
  }

  /** @param {string} title */
  #view(title) {
    return this.page
      .locator('.part.sidebar .pane')
      .filter({ has: this.page.locator(`.pane-header[aria-label^="${title}"]`) })
      .first();
  }

  // Messages, terminals, output

  /** The notifications on the screen; waits for the first. */
  async notifications() {
    return this.until('a notification', () => this.page.locator('.notification-toast').evaluateAll(screen.notifications));
  }

  /** Answers a notification. @param {string} message  part of it @param {string} button */
  async answerNotification(message, button) {
    const toast = this.page.locator('.notification-toast', { hasText: message });
    await toast.getByRole('button', { name: button, exact: true }).click();
    await toast.waitFor({ state: 'hidden' });
  }

  /** The modal dialog; waits for it. */
  async dialog() {
    return this.page.locator('.monaco-dialog-box').evaluate(screen.dialog);
  }

  /** Answers the modal dialog. @param {string} button */
  async answerDialog(button) {
    const box = this.page.locator('.monaco-dialog-box');
    await box.getByRole('button', { name: button, exact: true }).click();
    await box.waitFor({ state: 'hidden' });
  }

  /** @returns {Promise<string>} the active terminal with its scrollback; '' when there is none */
  async terminalText() {
    return this.page.evaluate(screen.terminalText);
  }

  /** Types into the active terminal. @param {string} text  \n is Enter */
  async typeInTerminal(text) {
    await this.page.locator('.terminal-wrapper:visible').first().click(); // of several, the active one is not always marked
    await this.page.keyboard.type(text);
  }

  /** Shows an output channel; returns its lines on the screen, waits for the first. @param {string} channel */
  async output(channel) {
    await this.runCommand('Output: Show Output Channels...');
    await this.acceptQuickPick(channel);
    return this.until(`output in ${channel}`, async () =>
      (await this.page.locator('.output-view .view-lines').first().evaluate(screen.editorText)).trim(),
    );
  }

  /** @returns {Promise<string[]>} the items of the status bar */
  async statusBar() {
    return this.page
      .locator('.part.statusbar .statusbar-item:visible')
      .evaluateAll((items) => items.map((item) => item.querySelector('a')?.getAttribute('aria-label') ?? item.textContent ?? ''));
  }
}
