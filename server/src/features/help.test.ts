import assert from 'node:assert/strict';
import { hover, inlayHints, links, signature } from './index';
import { at, covered, fakeWorld, type How, open } from './testing/marked';

const mkosi: How = { kind: 'mkosi' };

const page = (marked: string, how?: How): string => {
  const { document, position } = at(marked, how);
  const contents = hover(document, position)?.contents;
  return contents !== undefined && typeof contents === 'object' && 'value' in contents ? contents.value : '';
};

describe('hover', () => {
  it('explains sections, settings and values', () => {
    assert.match(page('[Ex|ec]'), /\[Exec\]/);
    assert.match(page('[Exec]\nPriv|ateUsers=pick'), /PrivateUsers=.*Default.*--private-users=.*Trust/s);
    assert.match(page('[Exec]\nResolvConf=copy-|host'), /\*\*copy-host\*\* of ResolvConf=/);
    assert.match(page('[Content]\nPack|ages=a', mkosi), /Packages=/);
    assert.match(page('[Output]\nForm|at=gpt_ext4', { kind: 'mkosi-legacy' }), /Format=/);
  });

  it('ends the page of a setting with the official manual', () => {
    assert.match(page('[Exec]\nBo|ot=yes'), /man\/latest\/systemd\.nspawn\.html#Boot=\)$/);
    assert.match(page('[Content]\nPack|ages=a', mkosi), /mkosi\.1\.md#content-section\)$/);
  });

  it('explains the words of long lists', () => {
    assert.match(page('[Exec]\nCapability=CAP_NET_ADMIN cap_|chown'), /owner of any file.*Number:\*\* 0/s);
    assert.match(page('[Exec]\nSystemCallFilter=~@a|io'), /io_uring.*Members.*io_setup/s);
    assert.match(page('[Exec]\nSystemCallFilter=mou|nt'), /a system call.*@mount.*mount\.2\.html/s);
    assert.match(page('[Exec]\nKillSignal=SIGT|ERM'), /Number:\*\* 15/);
    assert.match(page('[Exec]\nRestrictAddressFamilies=AF_IN|ET6'), /AF_INET6/);
    assert.match(page('[Files]\nBind=/a:/b:id|map'), /idmap/);
    assert.match(page('[Files]\nTemporaryFileSystem=/tmp:si|ze=10%'), /Largest size/);
  });

  it('names the fields of structured values, and works sizes out', () => {
    assert.match(page('[Network]\nPort=tcp:80|80:80'), /\*\*host port\*\* of Port=/);
    assert.match(page('[Exec]\nLimitAS=1G:2|G'), /\*\*hard\*\* of LimitAS=.*2 147 483 648 bytes/s);
  });

  it('explains specifiers of mkosi', () => assert.match(page('[Output]\nOutput=x-%|v', mkosi), /ImageVersion=/));

  it('has a page for every setting of every schema', () => {
    for (const kind of ['nspawn', 'mkosi', 'mkosi-legacy'] as const) {
      const { edition } = open('', { kind });
      for (const section of edition.sections) {
        for (const setting of edition.settings(section))
          assert.ok(page(`[${section}]\n|${setting.name}=`, { kind }).length > 60, setting.name);
      }
    }
  });

  it('is silent where there is nothing to explain', () => assert.equal(page('[Exec]\nNoth|ing=1'), ''));
});

describe('signature help', () => {
  const field = (marked: string): string | undefined => {
    const { document, position } = at(marked);
    const help = signature(document, position),
      first = help?.signatures[0];
    const label = first?.parameters?.[help?.activeParameter ?? -1]?.label;
    return Array.isArray(label) ? `${first!.label}: ${first!.label.slice(...label)}` : first?.label;
  };

  it('shows the form of a value with the field at the cursor', () => {
    assert.equal(field('[Files]\nBind=|'), 'Bind=source:destination:options: source');
    assert.equal(field('[Files]\nBind=/a:|'), 'Bind=source:destination:options: destination');
    assert.equal(field('[Files]\nBind=/a:/b:|'), 'Bind=source:destination:options: options');
    assert.equal(field('[Network]\nPort=tcp:80|80:80'), 'Port=protocol:host port:container port: host port');
    assert.equal(field('[Exec]\nLimitAS=1G:|'), 'LimitAS=soft:hard: hard');
    assert.equal(field('[Network]\nInterface=a b:|c'), 'Interface=host interface:container interface ...: container interface');
  });

  it('is silent elsewhere', () => {
    assert.equal(field('[Exec]\nBoot=|'), undefined);
    assert.equal(field('[Files]\nBi|nd=/a'), undefined);
    assert.equal(field('|'), undefined);
  });
});

describe('inlay hints', () => {
  const hints = (text: string, how?: How): string[] => {
    const { document, range } = at(`|${text}|`, how);
    return inlayHints(document, range).map((h) => `${h.position.line}: ${JSON.stringify(h.label).slice(1, -1)}`);
  };

  it('says what a network setting brings along, once and only when the file does not say it', () => {
    assert.deepEqual(hints('[Network]\nBridge=br0\nMACVLAN=eth0\n'), ['1: implies Private=yes VirtualEthernet=yes']);
    assert.deepEqual(hints('[Network]\nPrivate=yes\nMACVLAN=eth0\n'), []);
    assert.deepEqual(hints('[Network]\nVirtualEthernet=no\n'), []);
    assert.deepEqual(hints('[Exec]\nPrivateUsers=pick\n', { systemd: 257 }), ['1: implies PrivateUsersOwnership=chown']);
  });

  it('says since when a setting or a word is known, when that is not everywhere', () => {
    assert.deepEqual(hints('[Network]\nNamespacePath=/run/netns/a\n'), ['1: since 259']);
    assert.deepEqual(hints('[Exec]\nPrivateUsers=managed\nBoot=yes\nKillSignal=SIGRTMIN+3\n'), ['1: since 261']);
    assert.deepEqual(hints('[Files]\nBind=/a:/b:rbind,owneridmap\nBind=/c\n'), ['1: since 256']);
    assert.deepEqual(hints('[Network]\nVirtualEthernet=yes\n[Files]\nBindUserShell=\n'), [
      '1: implies Private=yes',
      '3: default: no, since 258',
    ]);
    assert.deepEqual(hints('[Exec]\nSystemCallFilter=@sandbox\nRestrictAddressFamilies=\n'), ['1: since 254', '2: starts over, since 261']);
  });

  it('says what booleans and empty values stand for', () => {
    assert.deepEqual(hints('[Exec]\nResolvConf=no\n'), ['1: = off']);
    assert.deepEqual(hints('[Exec]\nHostname=\nParameters=\n'), ['1: default: machine name', '2: starts over']);
  });
});

describe('document links', () => {
  const linked = (text: string, paths: readonly string[], how?: How): string[] => {
    const document = open(text, how);
    return links(document, fakeWorld({ paths })).map((l) => `${covered(document, l.range)} -> ${l.target ?? ''}`);
  };

  it('leads to paths of the host that exist, not to those of the machine', () => {
    assert.deepEqual(linked('[Files]\nBind=/srv/a b:/data\nBind=/nope\n', ['/srv/a b/', '/data/']), ['/srv/a b -> file:///srv/a%20b']);
  });

  it('leads to files of a mkosi project', () => {
    assert.deepEqual(
      linked('[Content]\nExtraTrees=extra:/usr,/abs\n', ['/work/extra/'], { kind: 'mkosi', uri: 'file:///work/mkosi.conf.d/a.conf' }),
      ['extra -> file:///work/extra'],
    );
  });

  it('leads from comments to manual pages', () => {
    assert.deepEqual(linked('# see systemd.nspawn(5) and mount(8)\n', []), [
      'systemd.nspawn(5) -> https://www.freedesktop.org/software/systemd/man/latest/systemd.nspawn.html',
      'mount(8) -> https://man7.org/linux/man-pages/man8/mount.8.html',
    ]);
  });
});
