// Takes the pictures of README.md again, from the packed extension on a real systemd, into media/readme.
//   node tools/package.mjs && node tools/screenshots.mjs
import { mkdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { answerPolkit, finish, machines, rig, rowOf, scenario, step, workbench } from '../test/support/e2e.mjs';
import { root } from './setup.mjs';

const settings = `# A web server with a network of its own.
[Exec]
Boot=yes
PrivateUsers=pick
ResolvConf=copy-hosts
Timezone=

[Files]
BindReadOnly=/srv/www:/var/www

[Network]
VirtualEthernet=yes
`;

/** A mkosi project with a drop-in, profiles, a second image and scripts; one of them is not executable. */
const project = {
  'mkosi.conf':
    '[Distribution]\nDistribution=debian\nRelease=trixie\n\n[Output]\nFormat=disk\nImageId=shop\n\n[Content]\nPackages=\n    systemd\n    nginx-light\nHostname=shop\n',
  'mkosi.conf.d/10-network.conf': '[Content]\nPackages=iproute2\n',
  'mkosi.conf.d/20-tools.conf': '[Content]\nPackages=less\n',
  'mkosi.profiles/debug/mkosi.conf': '[Content]\nPackages=gdb\n',
  'mkosi.profiles/release/mkosi.conf': '[Output]\nCompressOutput=zstd\n',
  'mkosi.images/base/mkosi.conf': '[Output]\nFormat=directory\n',
  'mkosi.build': '#!/bin/sh\nmake install\n',
  'mkosi.postinst': '#!/bin/sh\n',
  'mkosi.nspawn': '[Exec]\nBoot=yes\n',
  'mkosi.extra/etc/motd': 'Welcome\n',
};

/** Writes files of the workspace. @param {string} folder @param {Record<string, string>} files  text by path */
function put(folder, files) {
  for (const [name, text] of Object.entries(files)) {
    const file = path.join(folder, name);
    mkdirSync(path.dirname(file), { recursive: true });
    writeFileSync(file, text, { mode: /\.postinst$/.test(name) ? 0o755 : 0o644 });
  }
}

/** Saves the window below its title bar. @param {string} name  of the picture @param {number} height  in pixels, at most 764 */
async function picture(name, height = 764) {
  const file = path.join(root, 'media/readme', `${name}.png`);
  mkdirSync(path.dirname(file), { recursive: true });
  await workbench.page.screenshot({ path: file, clip: { x: 0, y: 36, width: 1280, height } });
}

/** Takes a picture; one that fails does not keep the others from being taken. @param {string} name @param {() => Promise<void>} body */
const take = (name, body) => step(name, body).catch(() => {});

await scenario('pictures', { permit: false, session: true }, async (workspace) => {
  put(workspace, { 'shop.nspawn': settings });
  put(path.join(workspace, 'shop'), project);
  await take('completion: the values of a setting', async () => {
    await workbench.openFile('shop.nspawn');
    await workbench.press('Control+B'); // hides the side bar
    await workbench.clickText('Timezone=');
    await workbench.press('End');
    await workbench.suggestions();
    await workbench.press('Control+Space'); // shows the documentation beside the list
    await workbench.page.locator('.suggest-details:visible').first().waitFor();
    await picture('completion', 300);
    await workbench.press('Escape');
  });
  await take('diagnostics: what is wrong with a line', async () => {
    await workbench.openFile('shop.nspawn');
    await workbench.squiggles();
    await workbench.hover('copy-hosts');
    await picture('diagnostics', 300);
  });
  await take('mkosi: what a project consists of', async () => {
    await workbench.openFile('shop/mkosi.conf');
    await workbench.openView('Explorer');
    for (const [view, open] of [
      ['mkosi', true],
      ['Explorer', false],
    ]) {
      const header = workbench.page.locator(`.part.sidebar .pane-header[aria-label^="${view}"]`).first();
      await header.waitFor();
      if ((await header.getAttribute('aria-expanded')) !== String(open)) await header.click();
    }
    const row = await workbench.treeRow('mkosi', 'shop');
    if ((await row.getAttribute('aria-expanded')) !== 'true') await row.click();
    for (const folder of ['mkosi.conf.d', 'mkosi.profiles', 'mkosi.images']) {
      await (await workbench.treeRow('mkosi', folder)).click();
      await workbench.press('ArrowRight');
    }
    await workbench.treeRow('mkosi', 'debug');
    await picture('mkosi', 520);
  });
  await take('machines: a running machine and its shell', async () => {
    await workbench.openFile('web.nspawn');
    await workbench.openView('Machines');
    await workbench.clickInlineAction(await workbench.treeRow('Machines', 'web'), 'Start');
    await answerPolkit();
    await workbench.until('systemd to run it', async () => (await machines()).includes('web'));
    await workbench.until('its row', async () => /web, running/.test((await rowOf('web'))?.ariaLabel ?? ''));
    await workbench.until('its bus', async () =>
      /running|degraded/.test((await rig.run(['systemctl', '-M', 'web', 'is-system-running'])).stdout),
    );
    await workbench.clickInlineAction(await workbench.treeRow('Machines', 'web'), 'Open Shell');
    await answerPolkit();
    await workbench.until('a prompt', async () => /root@web/.test(await workbench.terminalText()));
    await workbench.typeInTerminal('hostname; systemctl is-system-running\n');
    await workbench.until('an answer from inside', async () => /web\s+(running|degraded)/.test(await workbench.terminalText()));
    await picture('machines');
  });
});
finish();
