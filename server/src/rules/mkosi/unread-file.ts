import { topOf } from '../edits';
import type { Finding, Rule, RuleContext } from '../rule';

/** A file of configuration where mkosi reads none: a mkosi.default for 15 and newer, a drop-in beside the mkosi.conf of its folder. */
export const unreadFile: Rule = {
  id: 'unread-file',
  summary: 'A configuration file that mkosi does not read',
  verdicts: ['silent'],
  tags: ['about-file'],
  *check(here) {
    const { project, document, path } = here;
    if (project?.edition.modern !== true) return;
    if (document.format.until !== undefined) {
      yield {
        verdict: 'silent',
        ...topOf(here),
        message: `mkosi ${project.edition.version} does not read ${path.slice(path.lastIndexOf('/') + 1)}: mkosi 14 was the last version that did. Migrate it to mkosi.conf`,
      };
    } else if (!here.active) yield* besideMain(here);
  },
};

/** Of a folder in these, mkosi reads mkosi.conf and what lies in mkosi.conf.d/ (27.1 config.py parse_config_one). */
const inFolder = /^(.*\/mkosi\.(?:conf\.d|profiles|images|presets)\/([^/]+))\/([^/]+\.conf)$/;

function* besideMain(here: RuleContext): Generator<Omit<Finding, 'rule'>> {
  const [, folder, name = '', file = ''] = inFolder.exec(here.path) ?? [];
  if (folder === undefined || here.fileSystem === undefined || /^mkosi\.((local|tools|initrd)\.)?conf$/.test(file)) return;
  const target = `${folder}/mkosi.conf.d/${file}`;
  yield {
    verdict: 'silent',
    ...topOf(here),
    message: `mkosi does not read this file: in the folder ${name} it reads only mkosi.conf and the files in mkosi.conf.d`,
    ...(here.fileSystem.kind(target) === undefined ? { moveTo: target } : {}),
  };
}
