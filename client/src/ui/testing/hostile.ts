import assert from 'node:assert/strict';
import { visible } from '../text';

/** What a name, a path or an error may be, each with what has to be seen of it all the same. */
export const hostile: readonly (readonly [text: string, seen: RegExp])[] = [
  ['[Click](command:workbench.action.quit)', /Click.*command:workbench\.action\.quit/s],
  ['[a](https://example.org "t")', /example\.org/],
  ['[a](file:///etc/passwd)', /passwd/],
  ['[[x]](COMMAND:y)', /COMMAND:y/],
  ['[a]\n(command:x)', /command:x/],
  ['[a]\u200b(command:x)', /command:x/],
  ['[a\nb](command:x)', /command:x/],
  ['$(trash)', /trash/],
  ['$(sync~spin)', /sync~spin/],
  ['$$(trash)', /trash/],
  ['\\$(trash)', /trash/],
  ['web\u202enwapsn.', /web\\u\{202E\}/],
  ['web\u200b', /web\\u\{200B\}/],
  ['web\u2028x', /web\\u\{2028\}/],
  ['web\ufeff', /web\\u\{FEFF\}/],
  ['web\u{e0041}', /E0041/],
  ['\x1b]0;title\x07', /\\x1B\]0;title\\x07/],
  ['a\rb', /a\\x0Db/],
  ['\x9b31m', /\\x9B31m/],
  ['a\0b', /a\\x00b/],
  ['# heading', /heading/],
  ['<img src=x onerror=alert(1)>', /onerror/],
  ['![i](https://example.org/p.png)', /p\.png/],
  ['`code` **bold** _it_ | a |', /code.*bold/],
  ['&lt;b&gt; &#64;', /lt/],
  ['someone@example.org', /someone/],
  ['systemd-nspawn@web.service', /web/],
  ['www.example.org', /example/],
  ['https://example.org/x', /example/],
  [`ssh: ${'x'.repeat(1 << 20)} the end`, /^ssh: x+ … x+ the end$/],
  ['[a](command:x)'.repeat(1 << 16), /command/],
];

/** Letters of many scripts, which stay what they are. */
export const harmless = ['web', 'Größe 5 %', 'файл', '设置', 'إعداد', 'הגדרה', 'नमस्ते', '한글', 'a (b) [c] $d', '💾 disk'];

/** What VS Code looks for (vs/base/common/linkedText.ts, iconLabels.ts), and what becomes of it otherwise. */
const link = /\[([^\]]+)\]\(((?:https?:\/\/|command:|file:)[^)\s]+)(?: (["'])(.+?)(\3))?\)/i,
  icon = /(\\)?\$\([A-Za-z0-9-]+(?:~[A-Za-z]+)?\)/;

/** That a text, wherever VS Code shows it, is nothing but text. @param icons of ours, at its beginning */
export function assertInert(text: string, icons = /^\$\((check|vm-running|error|sync~spin)\) /): void {
  const ours = text.replace(icons, '');
  assertUnlinked(ours);
  assert.doesNotMatch(ours, icon, text.slice(0, 200));
}

/** The same where VS Code makes no icons, as in notifications, dialogs and trees. */
export function assertUnlinked(text: string): void {
  assert.doesNotMatch(text.replace(/[\r\n]+/g, ' '), link, text.slice(0, 200));
  assert.equal(text.split('\n').map(visible).join('\n'), text, 'something in it is not seen');
}
