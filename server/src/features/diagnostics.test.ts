import assert from 'node:assert/strict';
import { DiagnosticSeverity } from 'vscode-languageserver-types';
import type { LintInput } from '../rules';
import { diagnostics, fixAll, fixes } from './index';
import { after, at, type How, open } from './testing/marked';

const caseOf = (text: string, how?: How): LintInput => ({ document: open(text, how), launch: 'unit', trusted: true });
const codes = (text: string, how?: How) => diagnostics(caseOf(text, how)).map((d) => d.code);

describe('diagnostics', () => {
  it('finds mistakes of every kind', () => {
    const found = codes('Boot=yes\n[Fies]\n[Exec]\nBoots=yes\nBoot=maybe\nBind=/x\njust text\n[Exec] # no\n');
    for (const code of [
      'outside-section',
      'unknown-section',
      'unknown-setting',
      'bad-value',
      'wrong-section',
      'stray-text',
      'broken-header',
    ]) {
      assert.ok(found.includes(code), code);
    }
  });

  it('tells mkosi users of the section that mkosi skips without a word', () => {
    assert.match(JSON.stringify(diagnostics(caseOf('[Packages]\nPackages=a\n', { kind: 'mkosi' }))), /no section \[Packages\]/);
  });

  it('leads to the page of the rule', () => {
    const [first] = diagnostics(caseOf('[Exec]\nBoots=yes\n'));
    assert.equal(first?.codeDescription?.href, 'https://github.com/nspawn-tools/vscode-nspawn/blob/main/docs/rules/unknown-setting.md');
  });

  it('takes the severity that the user chose', () => {
    const here = caseOf('[Exec]\nBoots=yes\n');
    assert.equal(diagnostics(here, { 'unknown-setting': 'hint' })[0]?.severity, DiagnosticSeverity.Hint);
    assert.deepEqual(diagnostics(here, { 'unknown-setting': 'off' }), []);
  });

  it('is silent on a line below nspawn-ignore', () => {
    assert.deepEqual(codes('[Exec]\n# nspawn-ignore: unknown-setting\nBoots=yes\n'), []);
    assert.deepEqual(codes('[Exec]\n; nspawn-ignore: a, unknown-setting\n# because\nBoots=yes\n'), []);
    assert.deepEqual(codes('[Exec]\n# nspawn-ignore: bad-value\nBoots=yes\n'), ['unknown-setting']);
    assert.deepEqual(codes('[Exec]\n# nspawn-ignore: unknown-setting\n\nBoots=yes\n'), ['unknown-setting']);
    assert.deepEqual(codes('[Content]\n# nspawn-ignore: unknown-setting\nPackag=a\n', { kind: 'mkosi' }), []);
  });
});

describe('fixes', () => {
  it('fixes what has one answer', () => {
    const { document, range } = at('[Exec]\nB|oots=yes');
    const [action] = fixes({ document, launch: 'unit', trusted: true }, range);
    assert.equal(action?.title, 'Change to Boot=');
    assert.equal(action.isPreferred, true);
    assert.equal(after(document, action.edit), '[Exec]\nBoot=yes');
  });

  it('silences a rule on its line', () => {
    const { document, range } = at('[Exec]\nB|oots=yes\n');
    const here: LintInput = { document, launch: 'unit', trusted: true };
    const silence = fixes(here, range).find((a) => a.title.startsWith('Silence'));
    const text = after(document, silence?.edit);
    assert.equal(text, '[Exec]\n# nspawn-ignore: unknown-setting\nBoots=yes\n');
    assert.deepEqual(codes(text), []);
  });

  it('silences with a comment where one is read: not indented for systemd 240, and with what all lines of an mkosi file begin with', () => {
    const silenced = (text: string, how: How): string => {
      const { document, range } = at(text, how),
        here: LintInput = { document, launch: 'unit', trusted: true };
      return after(document, fixes(here, range).find((a) => a.title.startsWith('Silence'))?.edit);
    };
    assert.equal(silenced('[Exec]\n  B|oots=yes\n', { systemd: 240 }), '[Exec]\n# nspawn-ignore: unknown-setting\n  Boots=yes\n');
    assert.equal(
      silenced('  [Content]\n  Pa|ckag=yes\n', { kind: 'mkosi' }),
      '  [Content]\n  # nspawn-ignore: unknown-setting\n  Packag=yes\n',
    );
  });

  it('fixes all at once', () => {
    const here = caseOf('[Exce]\nBoots=yes\nTimezone=coppy\n');
    assert.equal(after(here.document, fixAll(here)?.edit), '[Exec]\nBoots=yes\nTimezone=coppy\n');
    const second = caseOf('[Exec]\nBoots=yes\nTimezone=coppy\n');
    assert.equal(fixAll(second)?.kind, 'source.fixAll.nspawn');
    assert.equal(after(second.document, fixAll(second)?.edit), '[Exec]\nBoot=yes\nTimezone=copy\n');
    assert.equal(fixAll(caseOf('[Exec]\nBoot=yes\n')), undefined);
  });
});
