import assert from 'node:assert/strict';
import { fileReferencesIn, lastRun, mattering, readJournal } from './journal';

const line = (message: unknown, more: object = {}) =>
  JSON.stringify({
    __REALTIME_TIMESTAMP: '1795171387577680',
    PRIORITY: '6',
    SYSLOG_IDENTIFIER: 'systemd-nspawn',
    MESSAGE: message,
    ...more,
  });

describe('The journal', () => {
  it('is read whatever is in it', () => {
    const entries = readJournal(
      [
        line('plain'),
        'no json',
        '17',
        'null',
        line(null),
        line([27, 91, 49, 109, 104, 105, 27, 91, 48, 109]),
        line('x', { PRIORITY: 'high' }),
        '{}',
        '',
      ].join('\n'),
    );
    assert.deepEqual(
      entries.map((e) => e.message),
      ['plain', 'hi', 'x'],
    );
    assert.equal(entries[0]?.time, 1795171387577.68);
    assert.deepEqual(
      entries.map((e) => e.priority),
      [6, 6, 6],
    );
  });

  it('shows no line that could pass for another', () => {
    assert.deepEqual(
      readJournal(line('a\nb\u0007c\u001b]0;title\u0007d')).map((e) => e.message),
      ['a b cd'],
    );
  });

  it('gives the last run, and of it what matters first', () => {
    const systemd = { SYSLOG_IDENTIFIER: 'systemd' };
    const entries = readJournal(
      [
        line('old trouble failed', { PRIORITY: '3' }),
        line('Starting systemd-nspawn@web.service - Container web...', systemd),
        line('console says: FAILED to start foo'),
        line('all is well'),
        line("/etc/systemd/nspawn/web.nspawn:3: Unknown key 'Bogus' in section [Exec], ignoring.", { PRIORITY: '4' }),
        line('Failed to stat /does/not/exist: No such file or directory'),
        line("systemd-nspawn@web.service: Failed with result 'exit-code'.", { ...systemd, PRIORITY: '4' }),
      ].join('\n'),
    );
    assert.deepEqual(
      mattering(lastRun(entries)).map((e) => e.message),
      [
        "/etc/systemd/nspawn/web.nspawn:3: Unknown key 'Bogus' in section [Exec], ignoring.",
        'Failed to stat /does/not/exist: No such file or directory',
        "systemd-nspawn@web.service: Failed with result 'exit-code'.",
        'console says: FAILED to start foo',
      ],
    );
  });

  it('finds the lines of settings files that are named', () => {
    const text = 'x /etc/systemd/nspawn/web.nspawn:3: Unknown; /a/b.conf:4: no; /run/systemd/nspawn/ü.nspawn:17 ';
    assert.deepEqual(
      fileReferencesIn(text).map(({ file, line: at }) => [file, at]),
      [
        ['/etc/systemd/nspawn/web.nspawn', 3],
        ['/run/systemd/nspawn/ü.nspawn', 17],
      ],
    );
    const [place] = fileReferencesIn(text);
    assert.equal(text.slice(place?.at, (place?.at ?? 0) + (place?.length ?? 0)), '/etc/systemd/nspawn/web.nspawn:3');
  });
});
