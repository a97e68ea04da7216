/** The parts of dbus-native 0.16.1 that dbus-native.ts uses: the greeting, and how a message is written. */
declare module 'dbus-native/lib/handshake.js' {
  import type { Duplex } from 'node:stream';

  export default function greet(
    stream: Duplex,
    options: { readonly authMethods: readonly string[] },
    done: (error: Error | null) => void,
  ): void;
}

declare module 'dbus-native/lib/message.js' {
  export interface Outgoing {
    readonly type: number;
    readonly serial: number;
    readonly destination: string;
    readonly path: string;
    readonly interface: string;
    readonly member: string;
    readonly signature?: string;
    readonly body?: unknown[];
  }
  const message: {
    /** @throws Error when the arguments do not fit their signature */
    marshall(message: Outgoing): Buffer;
  };
  export default message;
}
