/** The commands of the language server, as package.json has them. */
import type { Contribution } from '../ui/contribution';

export const languageContributions = {
  chooseTarget: {
    id: 'nspawn.chooseTarget',
    title: 'Select systemd/mkosi Version',
    category: 'nspawn',
    palette: 'editorLangId == nspawn || editorLangId == mkosi',
  },
  restartLanguageServer: { id: 'nspawn.restartLanguageServer', title: 'Restart Language Server', category: 'nspawn' },
} as const satisfies Readonly<Record<string, Contribution>>;

export const contributions: readonly Contribution[] = Object.values(languageContributions);
