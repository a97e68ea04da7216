// What the server knows about systemd-nspawn, from facts/nspawn.json and facts/nspawn-words.json.
import { fail, sectionsOf, settingOf, withoutComment, wordsOf } from './records.mjs';

/** server/src/schema/nspawn.json. */
export function nspawnSchema({ oldest, newest, booleans, sections, settings, options }) {
  checkOptions(settings, options);
  return {
    tool: 'systemd-nspawn',
    oldest,
    newest,
    versions: Array.from({ length: newest - oldest + 1 }, (_, index) => oldest + index),
    booleans,
    sections: sectionsOf(sections),
    settings: settings.map((setting) => settingOf(setting)),
  };
}

/** server/src/schema/nspawn-words.json: words that a grammar knows by the dozen. */
export const nspawnWords = (facts) => Object.fromEntries(Object.entries(facts).map(([list, words]) => [list, wordsOf(words)]));

/** server/src/convert/options.json: what can be said on a command line, and in which setting or unit it is said in files. */
export const nspawnOptions = ({ options }) => ({ options: options.map(optionOf) });

/** What an option may say about where it belongs; see `Option` in server/src/convert/options.ts. */
const destinations = ['settings', 'unit', 'image', 'machine', 'template', 'elsewhere'];

function optionOf(option) {
  const known = destinations.some((destination) => destination in option);
  return { ...withoutComment(option), ...(!known && { elsewhere: 'add it to ExecStart= in a drop-in of systemd-nspawn@NAME.service' }) };
}

/** Options and settings name each other, so that a command line can be converted to a file and back. */
function checkOptions(settings, options) {
  const names = new Set(options.flatMap((option) => option.names));
  for (const { name, cli = [] } of settings) {
    const stray = cli.map((option) => option.split('=')[0]).find((option) => option.startsWith('-') && !names.has(option));
    if (stray) fail(`${name}= names the option ${stray}, which is not in "options"`);
  }
  const known = new Set([...settings.map(({ name }) => name), limits]);
  for (const option of options) {
    const stray = option.settings?.find((setting) => !known.has(setting));
    if (stray) fail(`the option ${option.names.at(-1)} names ${stray}=, which is not in "settings"`);
  }
}

/** How options name all of LimitCPU=, LimitNOFILE= ... */
const limits = 'Limit<NAME>';
