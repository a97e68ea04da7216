import assert from 'node:assert/strict';
import { messageLocator } from './locate-message';
import { messagesIn } from './mkosi-messages';
import { type File, projectIn } from './testing/projects';

describe('messages of mkosi', () => {
  const main = {
    path: '/p/mkosi.conf',
    text: '[Output]\nFormat=Disk\nOutput=x\n\n[Content]\n# Boot=maybe\nPackages=\n    systemd\n    dbus # bus\nExtraTrees=tree:/usr\nBootable=maybe\nSeed\n',
  };
  const image = { path: '/p/mkosi.images/img.conf', text: '[Content]\nPackages=dbus\nOutputMode=0644\n' };
  /** File, line from 1, and the text there that a message of mkosi is shown at. */
  const shown = (stderr: string, status = 1, files: readonly File[] = [main, image]): (string | undefined)[] => {
    const locate = messageLocator(projectIn(files));
    return messagesIn(stderr, status).map((message) => {
      const at = locate(message),
        path = at?.uri.replace('file://', '');
      const text = files
        .find((f) => f.path === path)
        ?.text.split('\n')
        [at?.line ?? 0]?.slice(at?.character, at?.end);
      return at === undefined ? undefined : `${path?.slice(3) ?? ''}:${at.line + 1}: ${text ?? ''}`;
    });
  };

  describe('are located:', () => {
    it('are errors when mkosi gave up because of them, else warnings', () => {
      const severities = (stderr: string, status: number): string[] => messagesIn(stderr, status).map((m) => m.severity);
      assert.deepEqual(severities('‣ /p/mkosi.conf: Unknown setting Bogus\n', 0), ['warning']);
      assert.deepEqual(severities('‣ /p/mkosi.conf: Unknown setting Bogus\n', 1), ['error']);
      assert.deepEqual(severities("‣ /p/mkosi.conf: Setting A is deprecated, please use B instead.\n‣ Invalid boolean literal: 'x'\n", 1), [
        'warning',
        'error',
      ]);
    });

    it('keep their hints, lose colour and bullet, and of a traceback keep the last word', () => {
      assert.deepEqual(
        messagesIn("‣ \x1b[31mSsh= is enabled\x1b[0m\n‣ (Run 'mkosi genkey')\n", 1).map((m) => m.text),
        ["Ssh= is enabled (Run 'mkosi genkey')"],
      );
      const traceback =
        'Traceback (most recent call last):\n  File "/usr/x.py", line 3, in <module>\n    f()\nValueError: No closing quotation\n';
      assert.deepEqual(
        messagesIn(traceback, 1).map((m) => m.text),
        ['ValueError: No closing quotation'],
      );
      const usage = "usage: mkosi [options]\n             [-h]\nmkosi: error: argument -t/--format: unknown Format: 'GPT'\n";
      assert.deepEqual(
        messagesIn(usage, 2).map((m) => m.text),
        ["argument -t/--format: unknown Format: 'GPT'"],
      );
    });

    it('name a setting, and with it a line', () => {
      assert.deepEqual(shown('‣ /p/mkosi.conf: Setting ExtraTrees should be configured in [Output], not [Content].\n', 0), [
        'mkosi.conf:10: ExtraTrees',
      ]);
      assert.deepEqual(shown('‣ /p/mkosi.images/img.conf: Setting OutputMode cannot be configured in img image\n'), [
        'mkosi.images/img.conf:3: OutputMode',
      ]);
      assert.deepEqual(shown('‣ Unknown setting OutputMode\n'), ['mkosi.images/img.conf:3: OutputMode']);
      assert.deepEqual(shown("mkosi: error: argument -t/--format: unknown Format: 'Disk'\n", 2), ['mkosi.conf:2: Disk']);
      assert.deepEqual(shown('mkosi: error: unrecognized arguments: --extra-trees=tree\n', 2), ['mkosi.conf:10: ExtraTrees']);
    });

    it('quote a line or a value', () => {
      assert.deepEqual(shown("‣ Setting Seed must be followed by '='\n"), ['mkosi.conf:12: Seed']);
      assert.deepEqual(shown("‣ Invalid boolean literal: 'maybe'\n"), ['mkosi.conf:11: maybe']);
      assert.deepEqual(shown("‣ 'Disk' is not a valid OutputFormat\n"), ['mkosi.conf:2: Disk']);
      assert.deepEqual(shown('‣ /p/tree does not exist\n'), ['mkosi.conf:10: tree:/usr']);
      assert.deepEqual(shown("‣ 'dbus' is odd\n"), ['mkosi.conf:9: dbus']);
    });

    it('without a place have none, unless they name a file', () => {
      assert.deepEqual(shown('‣ Size out of range\n'), [undefined]);
      assert.deepEqual(shown('‣ /p/mkosi.images/img.conf: None of the [TriggerAssert] sections was satisfied\n'), [
        'mkosi.images/img.conf:1: [Content]',
      ]);
    });

    it('of configparser tell the line', () => {
      const said =
        "Traceback (most recent call last):\n  File \"x\", line 1, in y\n    z()\nconfigparser.ParsingError: Source contains parsing errors: 'mkosi.conf'\n\t[line  3]: 'Output\\n'\n";
      assert.deepEqual(shown(said), ['mkosi.conf:3: Output=x']);
    });

    it('read the files as mkosi does: no comments of older releases, values over several lines', () => {
      const disputed = { path: '/p/mkosi.conf', text: '[Content]\nPackages=vim#editor\n  less # pager\n;Hostname=web\n' };
      const at = (said: string): (string | undefined)[] => shown(said, 1, [disputed]);
      assert.deepEqual(at('\u2023 /p/mkosi.conf: Unknown setting ;Hostname\n'), ['mkosi.conf:4: ;Hostname']);
      assert.deepEqual(at("\u2023 'vim' is odd\n"), ['mkosi.conf:2: vim']);
      assert.deepEqual(at("\u2023 'less' is odd\n"), ['mkosi.conf:3: less']);
    });
  });
});
