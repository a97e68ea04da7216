import { connect } from 'node:net';
import { type Bus, BusError } from './bus';
import { type Limits, openBus } from './dbus-native';

/**
 * The first socket a D-Bus address such as `unix:path=/run/x,guid=0a;tcp:...` names (D-Bus specification, "Server
 * addresses"), or undefined when there is none that this machine can reach by a path.
 */
export function socketOfAddress(address: string): string | undefined {
  for (const one of address.split(';')) {
    const path = /^unix:(?:.*,)?path=([^,]+)/.exec(one)?.[1];
    if (path === undefined) continue;
    try {
      return decodeURIComponent(path);
    } catch {
      continue;
    }
  }
  return undefined;
}

/** Where the system bus listens. */
export function systemBusSocket(environment: NodeJS.ProcessEnv = process.env): string | undefined {
  const address = environment['DBUS_SYSTEM_BUS_ADDRESS'];
  return address ? socketOfAddress(address) : '/run/dbus/system_bus_socket';
}

/** @throws BusError through the promise, in bounded time and whatever is (not) at the other end */
export async function busAtSocket(socket: string | undefined, limits?: Partial<Limits>): Promise<Bus> {
  if (socket === undefined) {
    throw new BusError('absent', 'DBUS_SYSTEM_BUS_ADDRESS does not name a socket. Unset it, or write unix:path=/the/socket.');
  }
  return openBus(connect({ path: socket }), limits);
}

/** Where the bus of this user's session listens, if it has one (systemd's pam_systemd sets XDG_RUNTIME_DIR). */
export function sessionBusSocket(environment: NodeJS.ProcessEnv = process.env): string | undefined {
  const runtime = environment['XDG_RUNTIME_DIR'];
  // The one that the user's systemd is on; a desktop may have set another.
  if (runtime) return `${runtime}/bus`;
  const address = environment['DBUS_SESSION_BUS_ADDRESS'];
  return address ? socketOfAddress(address) : undefined;
}
