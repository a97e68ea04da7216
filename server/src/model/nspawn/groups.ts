/** Settings that mount something. */
export const mounts: readonly string[] = ['Bind', 'BindReadOnly', 'TemporaryFileSystem', 'Inaccessible', 'Overlay', 'OverlayReadOnly'];

/** Settings that give a machine a network link of its own, and with it a private network. */
export const links: readonly string[] = ['VirtualEthernet', 'VirtualEthernetExtra', 'Interface', 'MACVLAN', 'IPVLAN', 'Bridge', 'Zone'];

/** Settings that take the place of the template unit's `--network-veth`. */
export const network: readonly string[] = ['Private', 'NamespacePath', ...links];

/** Settings that take the place of the template unit's `-U`. */
export const users: readonly string[] = ['PrivateUsers', 'PrivateUsersOwnership', 'PrivateUsersChown'];

/**
 * Groups of settings that nspawn takes over from a file, or ignores for lack of trust, as a whole; every other setting
 * is a group of its own (v262 nspawn.c merge_settings).
 */
export const groups: readonly (readonly string[])[] = [mounts, network, users];
