// What is on the screen, read from the DOM of VS Code 1.139. These functions run in the page: they may use nothing of
// this module.

/**
 * @param {string} text  within one line
 * @returns {{ x: number, y: number, left: number, top: number } | undefined} its centre, and the middle of its first
 *   character's right edge
 */
export function placeOf(text) {
  for (const line of document.querySelectorAll('.editor-group-container.active .view-lines .view-line')) {
    const at = (line.textContent ?? '').replaceAll('\u00a0', ' ').indexOf(text);
    if (at < 0) continue;
    const walker = document.createTreeWalker(line, NodeFilter.SHOW_TEXT);
    const range = document.createRange();
    let offset = 0;
    let begun = false;
    for (let node = walker.nextNode(); node; node = walker.nextNode()) {
      const length = node.textContent?.length ?? 0;
      if (!begun && at < offset + length) {
        range.setStart(node, at - offset);
        begun = true;
      }
      if (begun && at + text.length <= offset + length) {
        range.setEnd(node, at + text.length - offset);
        break;
      }
      offset += length;
    }
    const box = range.getBoundingClientRect();
    const y = box.top + box.height / 2;
    return { x: box.left + box.width / 2, y, left: box.left + box.width / text.length, top: y };
  }
  return undefined;
}

/** @returns {{ severity: string, text: string }[]} the underlined text, from top to bottom */
export function squiggles() {
  const editor = '.editor-group-container.active .monaco-editor';
  const kinds = ['error', 'warning', 'info', 'hint'];
  const marks = document.querySelectorAll(kinds.map((kind) => `${editor} .squiggly-${kind}`).join());
  return [...marks]
    .map((mark) => ({ mark, box: mark.getBoundingClientRect() }))
    .sort((a, b) => a.box.top - b.box.top || a.box.left - b.box.left)
    .map(({ mark, box }) => {
      const line = [...document.querySelectorAll(`${editor} .view-line`)].find((candidate) => {
        const { top, bottom } = candidate.getBoundingClientRect();
        return top <= box.top + box.height / 2 && box.top + box.height / 2 <= bottom;
      });
      let text = '';
      if (line) {
        const walker = document.createTreeWalker(line, NodeFilter.SHOW_TEXT);
        const range = document.createRange();
        for (let node = walker.nextNode(); node; node = walker.nextNode()) {
          for (let i = 0; i < (node.textContent?.length ?? 0); i++) {
            range.setStart(node, i);
            range.setEnd(node, i + 1);
            const { left, width } = range.getBoundingClientRect();
            if (left + width / 2 > box.left && left + width / 2 < box.right) text += node.textContent?.[i];
          }
        }
      }
      return { severity: /squiggly-(\w+)/.exec(mark.className)?.[1] ?? '', text: text.replaceAll('\u00a0', ' ') };
    });
}

/**
 * @param {Element} lines  the view lines of an editor
 * @returns {string} their text, from top to bottom
 */
export function editorText(lines) {
  return [...lines.children]
    .map((line) => ({ top: line.getBoundingClientRect().top, text: line.textContent ?? '' }))
    .sort((a, b) => a.top - b.top)
    .map((line) => line.text.replaceAll('\u00a0', ' '))
    .join('\n');
}

/**
 * @param {Element[]} rows  of a quick pick
 * @returns {{ label: string, description: string, detail: string }[]}
 */
export function quickPickItems(rows) {
  return rows.map((row) => {
    const text = (/** @type {string} */ selector) => row.querySelector(selector)?.textContent ?? '';
    return {
      label: text('.quick-input-list-row .label-name'),
      description: text('.quick-input-list-row .label-description'),
      detail: text('.quick-input-list-label-meta'),
    };
  });
}

/**
 * @param {Element[]} rows  of the suggest widget
 * @returns {{ id: string, label: string, detail: string, focused: boolean }[]} `detail`: shown for the focused one only
 */
export function suggestions(rows) {
  return rows.map((row) => ({
    id: row.id,
    label: row.querySelector('.label-name')?.textContent ?? '',
    detail: row.querySelector('.details-label')?.textContent ?? '',
    focused: row.classList.contains('focused'),
  }));
}

/**
 * @param {Element[]} rows  of a tree view
 * @returns {{ label: string, description: string, ariaLabel: string, level: number, selected: boolean }[]} level 1: the
 *   root
 */
export function treeRows(rows) {
  return rows.map((row) => ({
    label: row.querySelector('.label-name')?.textContent ?? '',
    description: row.querySelector('.label-description')?.textContent ?? '',
    ariaLabel: row.getAttribute('aria-label') ?? '',
    level: Number(row.getAttribute('aria-level')),
    selected: row.classList.contains('selected'),
  }));
}

/**
 * @param {Element[]} rows  of the Problems view: files, each before its problems
 * @returns {{ file: string, severity: string, message: string, source: string, code: string, position: string }[]}
 */
export function problems(rows) {
  let file = '';
  return rows.flatMap((row) => {
    const text = (/** @type {string} */ selector) => row.querySelector(selector)?.textContent ?? '';
    const message = text('.marker-message');
    if (!message) {
      file = text('.label-name');
      return [];
    }
    const icon = row.querySelector('.marker-icon .codicon')?.className ?? '';
    return [
      {
        file,
        severity: /codicon-(error|warning|info)/.exec(icon)?.[1] ?? '',
        message,
        source: text('.marker-source'),
        code: text('.marker-code'),
        position: text('.marker-line'),
      },
    ];
  });
}

/**
 * @param {Element[]} toasts
 * @returns {{ severity: string, message: string, buttons: string[] }[]}
 */
export function notifications(toasts) {
  return toasts.map((toast) => {
    const icon = toast.querySelector('.notification-list-item-icon')?.className ?? '';
    const buttons = toast.querySelectorAll('.notification-list-item-buttons-container .monaco-button');
    return {
      severity: /codicon-(error|warning|info)/.exec(icon)?.[1] ?? '',
      message: toast.querySelector('.notification-list-item-message')?.textContent ?? '',
      buttons: [...buttons].map((button) => button.textContent ?? ''),
    };
  });
}

/**
 * @param {Element} box  the modal dialog
 * @returns {{ message: string, detail: string, buttons: string[] }}
 */
export function dialog(box) {
  return {
    message: box.querySelector('.dialog-message')?.textContent ?? '',
    detail: box.querySelector('.dialog-message-detail')?.textContent ?? '',
    buttons: [...box.querySelectorAll('.dialog-buttons .monaco-button')].map((button) => button.textContent ?? ''),
  };
}

/** @returns {string} the active terminal with its scrollback; '' when there is none */
export function terminalText() {
  // VS Code's own smoke tests read it the same way; the rows on the screen would lose what has scrolled away.
  // Several terminals may be marked as active; only one is on the screen.
  const wrapper = /** @type {any} */ ([...document.querySelectorAll('.terminal-wrapper')].find((w) => w.checkVisibility()));
  const buffer = wrapper?.xterm?.buffer.active;
  let text = '';
  for (let i = 0; i < (buffer?.length ?? 0); i++) {
    const line = buffer.getLine(i);
    text += (i > 0 && !line.isWrapped ? '\n' : '') + line.translateToString(true);
  }
  return text.trimEnd();
}
