import assert from 'node:assert/strict';
import fc from 'fast-check';
import { nspawn } from '../schema';
import { grammarOf, type Reading } from './index';

/** The reading of a value of a setting, by a release. */
function read(name: string, text: string, version = 262): Reading {
  const [setting] = nspawn.at(262).named(name);
  assert.ok(setting, name);
  const grammar = grammarOf(setting.value);
  assert.ok(grammar, setting.value.type);
  return grammar.read(text, { value: setting.value, edition: nspawn.at(version) });
}

/** What the tool complains about: the stretches of text, with their effect when it is another than losing the line. */
const faults = (name: string, text: string, version?: number): string[] =>
  read(name, text, version).problems.map(
    (p) => `${p.effect === undefined || p.effect === 'dropped' ? '' : `${p.effect} `}${text.slice(p.start, p.end)}`,
  );

const complaints = (name: string, text: string, version?: number): string[] =>
  faults(name, text, version).filter((f) => !/^(silent|advice) /.test(f));

/** What is offered at the bar in the text, and the text with the first offer in place. */
function offered(name: string, marked: string, version = 262): { words: string[]; first: string } {
  const offset = marked.indexOf('|'),
    text = marked.replace('|', '');
  const [setting] = nspawn.at(262).named(name);
  assert.ok(setting);
  const proposals = grammarOf(setting.value)?.propose(text, offset, { value: setting.value, edition: nspawn.at(version) }) ?? [];
  const [p] = proposals;
  return {
    words: proposals.map((x) => x.label),
    first: p === undefined ? text : text.slice(0, p.start) + p.label + text.slice(p.end),
  };
}

const takes = (name: string, version: number | undefined, ...texts: string[]): void => {
  for (const t of texts) assert.deepEqual(complaints(name, t, version), [], `${name}=${t} for ${version ?? 262}`);
};
const refuses = (name: string, version: number | undefined, ...texts: string[]): void => {
  for (const t of texts) assert.notDeepEqual(complaints(name, t, version), [], `${name}=${t} for ${version ?? 262}`);
};

describe('values', () => {
  it('has a grammar for every setting of nspawn', () => {
    for (const { name, value } of nspawn.data.settings) assert.ok(grammarOf(value), `${name}: ${value.type}`);
  });

  it('reads booleans without case and words exactly', () => {
    takes('Boot', 262, 'YES', 'off', '1');
    refuses('Boot', 262, '', '2', ' yes');
    takes('Volatile', 262, 'overlay', 'On');
    assert.match(read('Volatile', 'overlay', 241).problems[0]?.message ?? '', /since systemd-nspawn 242/);
    assert.equal(read('Volatile', 'TRUE').parts[0]?.word, 'yes');
    assert.equal(read('LinkJournal', '0').parts[0]?.word, 'no');
  });

  it('reads capabilities word by word, by name and by number', () => {
    assert.deepEqual(faults('Capability', 'CAP_CHOWN nope cap_kill net_raw'), ['skipped nope', 'skipped net_raw']);
    assert.equal(read('Capability', '12').parts[0]?.word, 'CAP_NET_ADMIN');
    takes('Capability', 252, '63');
    refuses('Capability', 254, '63');
    refuses('Capability', 243, 'all');
    assert.deepEqual(faults('Capability', 'CAP_CHOWN,CAP_KILL'), ['skipped CAP_CHOWN,CAP_KILL']);
    assert.equal(read('Capability', 'CAP_CHOWN,CAP_KILL').problems[0]?.instead, 'CAP_CHOWN CAP_KILL');
  });

  it('reads signals', () => {
    takes('KillSignal', 262, 'TERM', 'SIGTERM', '015', '0xf', '0b11', '+9', 'RTMIN', 'RTMIN+03', 'SIGRTMAX-30', '64');
    refuses('KillSignal', 262, 'term', '65', '0', 'RTMIN+31', 'RTMAX+1', 'IOT', '');
    refuses('KillSignal', 238, 'RTMAX');
  });

  it('reads limits by their unit', () => {
    takes('LimitAS', 262, '1G512M', '1 G', '0.1K', '5 : 10', '010', 'infinity', '1G 512M:infinity', '5:6:');
    refuses('LimitAS', 262, '512M 1G', '0x10', '1Ki', '5:', ':5', '-1', '18446744073709551615', 'infinity:1');
    takes('LimitNOFILE', 262, '0x10', '010', '+5', '5: 10');
    refuses('LimitNOFILE', 262, '1K', '5 : 10', '08', '1.5');
    takes('LimitCPU', 262, '1min 30s', '5 10', '.5s', '500ms', '1\u00b5s', '1\u03bcs');
    refuses('LimitCPU', 247, '1\u03bcs');
    refuses('LimitCPU', 262, '5.', '1fortnight', '-1');
    takes('LimitNICE', 262, '+5:-5', '++5', '+ 5', '0x10', '40');
    refuses('LimitNICE', 262, '-5:+5', '+-5', '41', '+20', 'infinity');
    assert.equal(read('LimitNOFILE', '20:10').problems[0]?.instead, '10:20');
  });

  it('reads bind mounts, and options as they fail later', () => {
    takes('Bind', 262, '/a', '/a:/b', '/a:/b:rbind,noidmap', ':/b', '+/a:/b', String.raw`/a\:b:/c`, '/a b:/c');
    assert.deepEqual(faults('Bind', '/a:b'), ['b']);
    assert.deepEqual(faults('Bind', '/a:/b:norbind,ro'), ['silent ro']);
    assert.deepEqual(faults('Bind', 'a:/b'), ['advice a']);
    assert.deepEqual(faults('Bind', 'a:/b', 251), ['a']);
    assert.deepEqual(faults('Bind', '/', 243), ['/']);
    takes('Bind', 245, '/');
    assert.deepEqual(
      read('Bind', '/a:/b:rbind')
        .parts.filter((p) => p.label !== undefined)
        .map((p) => `${p.label} ${p.text}`),
      ['source /a', 'destination /b', 'options rbind'],
    );
    assert.equal(read('Bind', String.raw`/a\:b:/c`).labelled('source')[0]?.text, '/a:b');
  });

  it('reads overlays', () => {
    takes('Overlay', 262, '/a:/b', '/a:/b:/c', '/a::/c', '+/a:/b:/c', 'a:b');
    refuses('Overlay', 262, '', '/a', '/a:', ':/b', '/a:/b:c');
    refuses('Overlay', 251, 'a:b');
  });

  it('reads paths by release', () => {
    takes('WorkingDirectory', 262, '/a//b/./c', '/..', `/${'x/'.repeat(2047)}`);
    refuses('WorkingDirectory', 254, '/..');
    refuses('WorkingDirectory', 262, '/a/..', 'a', '"/a"', `/${'x/'.repeat(2048)}`.replace(/\/$/, '/yy'));
    takes('PivotRoot', 254, '/a/../b:/./c');
    refuses('PivotRoot', 252, '/a/../b');
    takes('PivotRoot', 262, '/a:/b:/c');
  });

  it('reads names of interfaces by release', () => {
    assert.deepEqual(faults('Interface', 'eth0 bad/name'), ['fatal bad/name']);
    assert.deepEqual(faults('Interface', 'eth0 bad/name', 253), ['silent bad/name']);
    assert.deepEqual(faults('Interface', '"eth0', 253), ['"eth0']);
    takes('Interface', 262, '"eth0"', 'eth0:host0', 'eth0:', String.raw`a\:b`, '#', '');
    takes('Bridge', 247, 'default', 'a%d');
    refuses('Bridge', 248, 'default', 'a%d', '0x1');
    takes('Zone', 262, '.', 'all', '0', 'abcdefghijkl');
    refuses('Zone', 262, 'abcdefghijklm', 'a b');
    assert.deepEqual(faults('VirtualEthernetExtra', 'a:b/c'), ['silent b/c']);
    assert.deepEqual(faults('VirtualEthernetExtra', 'a:b:c'), ['c']);
  });

  it('reads ports', () => {
    takes('Port', 262, '80', 'tcp:80', 'udp:53:5353', '0x50', '+80', '0120');
    refuses('Port', 262, '0', '65536', 'http', '80-90', 'sctp:80', '80:80:80', '80: 80', '');
    takes('Port', 249, '80: 80');
    assert.deepEqual(faults('Port', 'udp:53:99999'), ['99999']);
  });

  it('reads user namespaces', () => {
    takes('PrivateUsers', 262, 'pick', 'identity', 'managed', 'Yes', '65536', '60000:5536', '0:4294967295');
    refuses('PrivateUsers', 262, '65535', '010', '0x10', '1:4294967295', '5:', ':5', 'Pick', '5:0');
    takes('PrivateUsers', 247, '1:4294967295');
    refuses('PrivateUsers', 251, 'identity');
    assert.deepEqual(faults('PrivateUsers', '0'), ['silent 0']);
  });

  it('reads CPU sets; a bad one is fatal before 258', () => {
    takes('CPUAffinity', 262, '0-3,8 "9"', ',', '0x1', '8191');
    assert.deepEqual(faults('CPUAffinity', '0 x 3-1 9000'), ['skipped x', 'skipped 3-1', 'skipped 9000']);
    assert.deepEqual(faults('CPUAffinity', '0 x', 257), ['fatal x']);
    assert.deepEqual(faults('CPUAffinity', '3-1', 257), ['skipped 3-1']);
    takes('CPUAffinity', 257, '4294967295');
  });

  it('reads the rest', () => {
    takes('Hostname', 262, 'a-b.c', 'A1');
    refuses('Hostname', 262, 'a_b', '-a', 'a-', 'a..b', 'a.', 'x'.repeat(65), 'x'.repeat(64));
    takes('Hostname', 250, 'x'.repeat(64));
    takes('MachineID', 262, 'A'.repeat(32), 'urn:uuid:01234567-89ab-cdef-0123-456789abcdef');
    refuses('MachineID', 261, 'urn:uuid:01234567-89ab-cdef-0123-456789abcdef');
    refuses('MachineID', 262, '0'.repeat(32), 'A'.repeat(31));
    takes('OOMScoreAdjust', 262, '-1000', '0x10', '+5');
    refuses('OOMScoreAdjust', 262, '1001', '08', '-0b1');
    takes('OOMScoreAdjust', 257, '-0b1');
    assert.deepEqual(faults('BindUser', 'alice 1000 bob'), ['skipped 1000']);
    assert.deepEqual(
      read('BindUser', 'alice 1000 bob')
        .labelled('user')
        .map((p) => p.text),
      ['alice'],
    );
    takes('BindUser', 262, String.raw`\alice`);
    takes('BindUserShell', 262, '/bin/sh/', '/', 'yes');
    refuses('BindUserShell', 262, '/bin//sh', '/bin/./sh', 'bash');
    takes('RestrictAddressFamilies', 262, 'none', '~AF_INET af_inet6', '"AF_UNIX"');
    refuses('RestrictAddressFamilies', 262, '1', 'INET', 'AF_INET none');
    takes('User', 250, '"a"');
    refuses('User', 251, '"a"');
    assert.deepEqual(faults('Parameters', 'a "b'), ['"b']);
    assert.deepEqual(faults('Environment', 'A=1 B 1X=y'), ['silent B', 'silent 1X=y']);
    assert.deepEqual(faults('SystemCallFilter', '@mount ~@swap x:EPERM'), ['silent ~@swap', 'silent x:EPERM']);
  });

  it('knows what can come next at any place of a value', () => {
    assert.deepEqual(offered('Bind', '/a:/b:|').words, ['rbind', 'norbind', 'idmap', 'noidmap', 'rootidmap', 'owneridmap']);
    assert.equal(offered('Bind', '/a:/b:rbind,n|').first, '/a:/b:rbind,rbind');
    assert.equal(offered('Bind', '/a:/b:|', 249).words.length, 2);
    assert.ok(offered('Capability', 'CAP_CHOWN |').words.includes('CAP_NET_ADMIN'));
    assert.equal(offered('Capability', 'CAP_CHOWN |').first.startsWith('CAP_CHOWN '), true);
    assert.equal(offered('DropCapability', 'x CAP_|OWN y').first, 'x all y');
    assert.ok(offered('Capability', 'CAP_CHOWN | CAP_KILL').words.length > 10);
    assert.ok(offered('SystemCallFilter', '~@m|').words.includes('@mount'));
    assert.equal(offered('SystemCallFilter', '~@m|').first.startsWith('~'), true);
    assert.deepEqual(offered('PrivateUsers', '|', 251).words, ['yes', 'no', 'pick', '524288:65536']);
    assert.ok(offered('LimitNOFILE', '1024:|').words.includes('infinity'));
    assert.ok(offered('KillSignal', '|').words.includes('SIGTERM'));
    assert.deepEqual(offered('RestrictAddressFamilies', '|').words.slice(0, 1), ['none']);
    assert.equal(read('Bind', '/a:').placeAt(3)?.wants, 'machine-path');
    assert.equal(read('Bind', '/a').placeAt(2)?.wants, 'host-path');
    assert.equal(read('Bridge', '').placeAt(0)?.wants, 'bridge');
    assert.equal(read('BindUser', 'alice ').placeAt(6)?.wants, 'host-user');
  });

  it('never throws, and all spans lie in the text', () => {
    const settings = nspawn.data.settings,
      pieces = [
        '/',
        ':',
        '\\',
        '"',
        "'",
        ' ',
        ',',
        '-',
        '~',
        '@',
        '+',
        '.',
        '0x',
        '0b',
        '1',
        '65535',
        'a',
        'CAP_',
        'all',
        'infinity',
        'RTMIN',
        'tcp:',
        '\u00e9',
        '\ud83d\ude00',
        '9'.repeat(30),
        '\t',
        '#',
      ];
    fc.assert(
      fc.property(
        fc.constantFrom(...settings),
        fc.constantFrom(226, 229, 239, 247, 252, 254, 257, 258, 262),
        fc.oneof(
          fc.array(fc.constantFrom(...pieces), { maxLength: 12 }).map((p) => p.join('')),
          fc.string({ maxLength: 40 }),
        ),
        ({ name, value }, version, text) => {
          const asked = { value, edition: nspawn.at(version) },
            grammar = grammarOf(value);
          assert.ok(grammar);
          const { parts, problems, places } = grammar.read(text, asked);
          for (const span of [...parts, ...problems, ...places]) {
            assert.ok(0 <= span.start && span.start <= span.end && span.end <= text.length, `${name}=${JSON.stringify(text)}`);
          }
          for (let i = 0; i <= text.length; i++) grammar.propose(text, i, asked);
        },
      ),
      { seed: 1, numRuns: 4000 },
    );
  });
});
