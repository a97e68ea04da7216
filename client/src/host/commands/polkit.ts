/** What polkit says about us, asked without asking the user anything. */
import { mostBytes, readSmallFileLater } from '../../../../server/src/node/shared/small-file';
import { type Bus, BusError, type Method } from '../dbus/bus';

/** Whether this user may: `yes`, `asks` for a password first, or `no`. */
export type PolkitAnswer = 'yes' | 'asks' | 'no';

const polkit = 'org.freedesktop.PolicyKit1';
const check: Method = {
  destination: polkit,
  path: `/${polkit.replaceAll('.', '/')}/Authority`,
  interface: `${polkit}.Authority`,
  member: 'CheckAuthorization',
  takes: '(sa{sv})sa{ss}us',
  returns: '(bba{ss})',
};

/**
 * The worst of what polkit answers about some actions for this process, whose children the commands are. Undefined
 * where there is no polkit, and for no actions. Only root may pass details such as the unit, so that a rule that looks
 * at them is not heard.
 * @param actions ids such as `org.freedesktop.machine1.manage-images`
 */
export async function polkitSays(bus: Bus, actions: readonly string[]): Promise<PolkitAnswer | undefined> {
  const subject = [
    'unix-process',
    [
      ['pid', ['u', process.pid]],
      ['start-time', ['t', await startTime()]],
    ],
  ];
  const verdicts: PolkitAnswer[] = [];
  for (const action of actions) {
    try {
      const [answer] = await bus.call(check, [subject, action, [], 0, '']);
      const [authorized, challenge] = Array.isArray(answer) ? (answer as unknown[]) : [];
      verdicts.push(authorized === true ? 'yes' : challenge === true ? 'asks' : 'no');
    } catch (error) {
      if (!(error instanceof BusError)) throw error;
      return undefined;
    }
  }
  return (['no', 'asks', 'yes'] as const).find((verdict) => verdicts.includes(verdict));
}

/** When this process began, in ticks since the boot: field 22 of proc_pid_stat(5), counted after the name in brackets. */
async function startTime(): Promise<bigint> {
  const stat = (await readSmallFileLater('/proc/self/stat', mostBytes.host)).toString();
  return BigInt(stat.slice(stat.lastIndexOf(')') + 2).split(' ')[19] ?? 0);
}
