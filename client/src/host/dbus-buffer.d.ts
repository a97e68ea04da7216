/** The decoder inside dbus-native 0.16.1, as far as dbus-native.ts has to mend it. */
declare module 'dbus-native/lib/dbus-buffer.js' {
  import type { SignatureNode } from 'dbus-native';

  export default class DBusBuffer {
    readArray(element: SignatureNode, size: number): unknown;
  }
}
