import { mayQuote } from '../model/mkosi';
import { readsSection, unread } from '../model/mkosi/reads';
import { type Resumable, runToEnd } from '../model/resumable';
import { badValue } from './common/bad-value';
import { brokenHeader } from './common/broken-header';
import { deprecated } from './common/deprecated';
import { invalidUtf8 } from './common/invalid-utf8';
import { notJudged } from './common/not-judged';
import { outsideSection } from './common/outside-section';
import { strayText } from './common/stray-text';
import { unknownSection } from './common/unknown-section';
import { unknownSetting } from './common/unknown-setting';
import { wrongSection } from './common/wrong-section';
import { RuleContextOfDocument } from './context';
import { badCondition } from './mkosi/bad-condition';
import { commentSign } from './mkosi/comment-sign';
import { duplicate } from './mkosi/duplicate';
import { missingFile } from './mkosi/missing-file';
import { notACondition } from './mkosi/not-a-condition';
import { projectFault } from './mkosi/project-fault';
import { scriptNotExecutable } from './mkosi/script-not-executable';
import { specifier } from './mkosi/specifier';
import { swallowedLine } from './mkosi/swallowed-line';
import { unknownProfile } from './mkosi/unknown-profile';
import { unreadFile } from './mkosi/unread-file';
import { wrongImage } from './mkosi/wrong-image';
import { ambientCapability } from './nspawn/ambient-capability';
import { bindUserShell } from './nspawn/bind-user-shell-without-bind-user';
import { bindUser } from './nspawn/bind-user-without-private-users';
import { bridgeAndZone } from './nspawn/bridge-and-zone';
import { capabilityDropped } from './nspawn/capability-dropped';
import { delegateWithoutManaged } from './nspawn/delegate-without-managed';
import { duplicatePort } from './nspawn/duplicate-port';
import { ephemeralLinkJournal } from './nspawn/ephemeral-link-journal';
import { filterWithoutEffect } from './nspawn/filter-without-effect';
import { hiddenMount } from './nspawn/hidden-mount';
import { hostNetwork } from './nspawn/host-network';
import { idmapWithoutPrivateUsers } from './nspawn/idmap-without-private-users';
import { inlineComment } from './nspawn/inline-comment';
import { killSignalIgnored } from './nspawn/kill-signal-ignored';
import { longLine } from './nspawn/long-line';
import { lostNetAdmin } from './nspawn/lost-net-admin';
import { machineIdKept } from './nspawn/machine-id-kept';
import { machineName } from './nspawn/machine-name';
import { managedOnHostNetwork } from './nspawn/managed-on-host-network';
import { maskedFile } from './nspawn/masked-file';
import { namespacePathWithManaged } from './nspawn/namespace-path-with-managed';
import { namespacePathWithNetwork } from './nspawn/namespace-path-with-network';
import { overridden } from './nspawn/overridden';
import { ownershipWithoutPrivateUsers } from './nspawn/ownership-without-private-users';
import { parametersWithoutStartMode } from './nspawn/parameters-without-start-mode';
import { portOnHostNetwork } from './nspawn/port-on-host-network';
import { privateOverridden } from './nspawn/private-overridden';
import { quotedValue } from './nspawn/quoted-value';
import { readOnlyChown } from './nspawn/read-only-chown';
import { rootMount } from './nspawn/root-mount-with-private-users';
import { startModeConflict } from './nspawn/start-mode-conflict';
import { tmpfsWithoutMode } from './nspawn/tmpfs-without-mode';
import { unitSetting } from './nspawn/unit-setting';
import { unknownImage } from './nspawn/unknown-image';
import { unreadFolder } from './nspawn/unread-folder';
import { untrusted } from './nspawn/untrusted';
import { userScopeWithoutManaged } from './nspawn/user-scope-without-managed';
import { usersOnHostNetwork } from './nspawn/users-on-host-network';
import { volatileReadOnly } from './nspawn/volatile-read-only';
import type { Finding, LintInput, Rule, RuleContext } from './rule';

/** Every rule; the order is the order of the documentation. */
export const rules: readonly Rule[] = [
  invalidUtf8,
  longLine,
  brokenHeader,
  unknownSection,
  outsideSection,
  strayText,
  unknownSetting,
  unitSetting,
  wrongSection,
  deprecated,
  badValue,
  inlineComment,
  quotedValue,
  overridden,
  startModeConflict,
  duplicatePort,
  untrusted,
  maskedFile,
  unreadFolder,
  machineName,
  unknownImage,
  userScopeWithoutManaged,
  managedOnHostNetwork,
  delegateWithoutManaged,
  ephemeralLinkJournal,
  volatileReadOnly,
  readOnlyChown,
  namespacePathWithNetwork,
  bridgeAndZone,
  usersOnHostNetwork,
  portOnHostNetwork,
  ambientCapability,
  bindUser,
  bindUserShell,
  rootMount,
  parametersWithoutStartMode,
  ownershipWithoutPrivateUsers,
  privateOverridden,
  namespacePathWithManaged,
  hostNetwork,
  lostNetAdmin,
  idmapWithoutPrivateUsers,
  capabilityDropped,
  filterWithoutEffect,
  killSignalIgnored,
  hiddenMount,
  machineIdKept,
  tmpfsWithoutMode,
  notACondition,
  duplicate,
  badCondition,
  specifier,
  wrongImage,
  missingFile,
  scriptNotExecutable,
  unreadFile,
  projectFault,
  unknownProfile,
  commentSign,
  swallowedLine,
  notJudged,
];

const rulesOf = {
  nspawn: rules.filter(({ tool }) => tool !== 'mkosi'),
  mkosi: rules.filter(({ tool }) => tool !== 'nspawn'),
};

/** Rules about what is wrong in any section, known or not. */
const wholeFile: ReadonlySet<string> = new Set(['unknown-section', 'broken-header', 'outside-section', 'invalid-utf8', 'project-fault']);

/** Lines of a section that mkosi passes over have nothing wrong; that it does so is said of the header. */
function inUnreadSection(start: number, here: RuleContext): boolean {
  if (!here.document.edition.modern) return false;
  const section = here.document.sectionAt(here.document.tree.indexAt(start));
  return section !== undefined && !readsSection(section, here);
}

/** What mkosi does not read, it does not complain about; but it says something else than it seems to. */
function asRead(finding: Finding, here: RuleContext): Finding {
  if (finding.rule === 'project-fault' || finding.rule === 'unread-file') return finding;
  if (here.document.kind === 'mkosi-legacy' && here.project?.edition.modern === true) {
    const { version } = here.project.edition;
    return finding.verdict === 'advice'
      ? finding
      : { ...finding, verdict: 'silent', message: `mkosi ${version} does not read this file; for mkosi 14: ${finding.message}` };
  }
  if (here.readings.length === 0 || !['refused', 'warned'].includes(finding.verdict) || !unread(here, finding.start)) return finding;
  return { ...finding, verdict: 'silent', message: `Not read here; where it is: ${finding.message}` };
}

/** What mkosi does at a line of a file that may not be quoted; nothing else is told of it. */
const withheld = ({ rule, verdict, start }: Finding): Finding => ({
  rule,
  verdict,
  start,
  end: start,
  message: `${happens[verdict]} (${rule}). What it says is not shown here, because this file lies outside of the project and does not look like configuration.`,
});

const happens: Readonly<Record<Finding['verdict'], string>> = {
  refused: 'mkosi fails at this line',
  warned: 'mkosi warns of this line',
  silent: 'mkosi takes this line for something else',
  advice: 'There is advice about this line',
};

/** The most findings of one rule in one file; it is not asked for more. */
export const mostOfOne = 20_000;

/** What all rules find, in the order of the text. */
export const findings = (here: LintInput): Finding[] => runToEnd(judging(here));

/** The same, rule by rule. */
export function* judging(here: LintInput): Resumable<Finding[]> {
  const situation = new RuleContextOfDocument(here),
    { assignments } = situation;
  const found: Finding[] = [];
  for (const rule of rulesOf[here.document.edition.schema.data.tool === 'mkosi' ? 'mkosi' : 'nspawn']) {
    if (rule.about?.every((name) => assignments.named(name).length === 0) === true) continue;
    try {
      let count = 0;
      for (const finding of rule.check(situation)) {
        if (count++ > mostOfOne) break;
        if (!wholeFile.has(rule.id) && inUnreadSection(finding.start, situation)) continue;
        found.push(asRead({ rule: rule.id, ...finding }, situation));
      }
    } catch (error) {
      if (here.failed === undefined) throw error;
      here.failed(rule.id, error);
    }
    yield;
  }
  found.sort((a, b) => a.start - b.start || a.end - b.end);
  return here.project === undefined || mayQuote(here.document, here.project) ? found : found.map(withheld);
}

export { andMore } from './common/not-judged';
export type { Finding, Fix, LintInput, Rule, RuleContext, Verdict } from './rule';
