// Written by `npm run generate`: change the rules and run it again.
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
import { bindUserShellWithoutBindUser } from './nspawn/bind-user-shell-without-bind-user';
import { bindUserWithoutPrivateUsers } from './nspawn/bind-user-without-private-users';
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
import { rootMountWithPrivateUsers } from './nspawn/root-mount-with-private-users';
import { startModeConflict } from './nspawn/start-mode-conflict';
import { tmpfsWithoutMode } from './nspawn/tmpfs-without-mode';
import { unitSetting } from './nspawn/unit-setting';
import { unknownImage } from './nspawn/unknown-image';
import { unreadFolder } from './nspawn/unread-folder';
import { untrusted } from './nspawn/untrusted';
import { userScopeWithoutManaged } from './nspawn/user-scope-without-managed';
import { usersOnHostNetwork } from './nspawn/users-on-host-network';
import { volatileReadOnly } from './nspawn/volatile-read-only';
import type { Rule } from './rule';

/** Rules for all files. */
export const commonRules: readonly Rule[] = [
  badValue,
  brokenHeader,
  deprecated,
  invalidUtf8,
  notJudged,
  outsideSection,
  strayText,
  unknownSection,
  unknownSetting,
  wrongSection,
];

/** Rules for .nspawn files. */
export const nspawnRules: readonly Rule[] = [
  ambientCapability,
  bindUserShellWithoutBindUser,
  bindUserWithoutPrivateUsers,
  bridgeAndZone,
  capabilityDropped,
  delegateWithoutManaged,
  duplicatePort,
  ephemeralLinkJournal,
  filterWithoutEffect,
  hiddenMount,
  hostNetwork,
  idmapWithoutPrivateUsers,
  inlineComment,
  killSignalIgnored,
  longLine,
  lostNetAdmin,
  machineIdKept,
  machineName,
  managedOnHostNetwork,
  maskedFile,
  namespacePathWithManaged,
  namespacePathWithNetwork,
  overridden,
  ownershipWithoutPrivateUsers,
  parametersWithoutStartMode,
  portOnHostNetwork,
  privateOverridden,
  quotedValue,
  readOnlyChown,
  rootMountWithPrivateUsers,
  startModeConflict,
  tmpfsWithoutMode,
  unitSetting,
  unknownImage,
  unreadFolder,
  untrusted,
  userScopeWithoutManaged,
  usersOnHostNetwork,
  volatileReadOnly,
];

/** Rules for mkosi files. */
export const mkosiRules: readonly Rule[] = [
  badCondition,
  commentSign,
  duplicate,
  missingFile,
  notACondition,
  projectFault,
  scriptNotExecutable,
  specifier,
  swallowedLine,
  unknownProfile,
  unreadFile,
  wrongImage,
];

/** Every rule. */
export const rules: readonly Rule[] = [...commonRules, ...nspawnRules, ...mkosiRules];
