/**
 * Names of machines, images, units and bus objects. Whatever comes from the bus, a file or a user passes through
 * `isMachineName` or `isImageName` before it is shown or becomes an argument.
 */

/**
 * The name of a registered machine, also what `machinectl start` demands: letters, digits and hyphens in
 * parts between single dots, at most 64 characters (systemd v252 hostname-util.c hostname_is_valid).
 */
export function isMachineName(name: string): boolean {
  return name.length <= 64 && /^[a-z0-9](-*[a-z0-9])*(\.[a-z0-9](-*[a-z0-9])*)*$/i.test(name);
}

/**
 * The name of an image: any file name of at most 255 bytes without control characters that does not begin with the
 * `.#` of temporary files (systemd v252 machine-image.c image_name_is_valid). It may begin with `-` and hold blanks.
 */
export function isImageName(name: string): boolean {
  return (
    name !== '' &&
    name.length <= 255 &&
    name !== '.' &&
    name !== '..' &&
    !name.startsWith('.#') &&
    !/[/\p{Cc}\p{Cs}\uFFFD]/u.test(name) &&
    Buffer.byteLength(name) <= 255
  );
}

/**
 * A user that `machinectl shell` may be asked for. What is not valid in USER@NAME or in passwd is refused; whether
 * the user exists inside is for the machine to say (systemd v252 user-util.c valid_user_group_name, relaxed).
 */
export function isUserName(name: string): boolean {
  return name.length <= 256 && !name.startsWith('-') && name !== '.' && name !== '..' && /^[^\s:/@,\p{C}]+$/u.test(name);
}

const unitPrefix = 'systemd-nspawn@';
const unitSuffix = '.service';

/** The unit `machinectl start NAME` starts. */
export function unitOfMachine(name: string): string {
  return `${unitPrefix}${name}${unitSuffix}`;
}

/**
 * The machine a unit runs, or undefined for other units. The instance is the name unchanged: the unit passes
 * `--machine=%i`, which does not undo `\x2d`, and no valid name needs such an escape.
 */
export function machineOfUnit(unit: string): string | undefined {
  if (unit.length > 256 || !unit.startsWith(unitPrefix) || !unit.endsWith(unitSuffix)) return undefined;
  const name = unit.slice(unitPrefix.length, -unitSuffix.length);
  return isMachineName(name) ? name : undefined;
}

/**
 * One label of an object path as systemd writes it: ASCII letters and digits are literal (a digit not in
 * the first place), every other byte is `_` and two hex digits, nothing at all is `_` (systemd bus-label.c).
 */
export function escapeLabel(text: string): string {
  if (text === '') return '_';
  let label = '';
  for (const byte of Buffer.from(text)) {
    const char = String.fromCharCode(byte);
    const plain = /[a-z]/i.test(char) || (label !== '' && /[0-9]/.test(char));
    label += plain ? char : `_${byte.toString(16).padStart(2, '0')}`;
  }
  return label;
}

/** The reverse of {@link escapeLabel}; undefined when it is not a label or not UTF-8. */
export function unescapeLabel(label: string): string | undefined {
  if (label === '_') return '';
  // Each byte of a unit's name, of which there are 256 at most, is three at most.
  if (label.length > 3 * 256 || !/^(?:[a-z0-9]|_[0-9a-f]{2})+$/i.test(label)) return undefined;
  const bytes: number[] = [];
  for (const [part] of label.matchAll(/_..|./g)) {
    bytes.push(part.length === 1 ? part.charCodeAt(0) : Number.parseInt(part.slice(1), 16));
  }
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(Uint8Array.from(bytes));
  } catch {
    return undefined;
  }
}

const unitPath = '/org/freedesktop/systemd1/unit/';

export function pathOfUnit(unit: string): string {
  return unitPath + escapeLabel(unit);
}

/** The machine whose unit has this object path of systemd1, or undefined. */
export function machineOfUnitPath(path: string): string | undefined {
  const unit = path.startsWith(unitPath) ? unescapeLabel(path.slice(unitPath.length)) : undefined;
  return unit === undefined ? undefined : machineOfUnit(unit);
}

export function pathOfMachine(name: string): string {
  return `/org/freedesktop/machine1/machine/${escapeLabel(name)}`;
}

export function pathOfImage(name: string): string {
  return `/org/freedesktop/machine1/image/${escapeLabel(name)}`;
}
