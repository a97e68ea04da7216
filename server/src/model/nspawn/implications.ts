import type { SchemaVersion } from '../../schema';

/** What a setting brings with it. */
export interface Implication {
  readonly setting: string;
  /** The values that do so; any value but an empty one if absent. */
  readonly words?: readonly string[];
  readonly implies: (edition: SchemaVersion) => readonly (readonly [setting: string, value: string])[];
}

const privateNetwork = [['Private', 'yes']] as const;
const virtualEthernet = [
  ['Private', 'yes'],
  ['VirtualEthernet', 'yes'],
] as const;

/** systemd v262 nspawn-settings.c settings_private_network, settings_network_veth and settings_load; nspawn.c verify_arguments. */
export const implications: readonly Implication[] = [
  { setting: 'VirtualEthernet', words: ['yes'], implies: () => privateNetwork },
  { setting: 'Interface', implies: () => privateNetwork },
  { setting: 'MACVLAN', implies: () => privateNetwork },
  { setting: 'IPVLAN', implies: () => privateNetwork },
  { setting: 'VirtualEthernetExtra', implies: () => privateNetwork },
  { setting: 'Bridge', implies: () => virtualEthernet },
  { setting: 'Zone', implies: () => virtualEthernet },
  { setting: 'Volatile', words: ['yes', 'state', 'overlay'], implies: () => [['ReadOnly', 'yes']] },
  { setting: 'Boot', words: ['yes'], implies: () => [['KillSignal', 'SIGRTMIN+3']] },
  {
    setting: 'PrivateUsers',
    words: ['pick'],
    implies: ({ version }) => (version < 249 ? [] : [['PrivateUsersOwnership', version < 262 ? 'chown' : 'auto']]),
  },
];
