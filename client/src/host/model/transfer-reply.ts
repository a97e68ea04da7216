import { BusError } from '../dbus/bus';

/** What import1 says of a transfer when it begins. */
export interface TransferFacts {
  readonly id: number;
  /** `pull-tar`, `import-raw`, `export-tar` ... */
  readonly type: string;
  /** The image here. */
  readonly local: string;
  /** Where from or to: a URL; empty when it is a file that was handed over. */
  readonly remote: string;
}

/** Properties.GetAll of a transfer, `a{sv}`. @throws BusError `garbled` for anything else */
export function transferOf(id: number, [answer]: readonly unknown[]): TransferFacts & { readonly progress?: number } {
  if (typeof answer !== 'object' || answer === null)
    throw new BusError('garbled', 'The description of a transfer has an unexpected shape.');
  const all = new Map<string, unknown>(Object.entries(answer));
  const text = (key: string) => {
    const value = all.get(key);
    if (typeof value !== 'string') throw new BusError('garbled', `The ${key} of a transfer has an unexpected shape.`);
    return value.slice(0, 2000).replaceAll(/\p{C}+/gu, ' ');
  };
  const progress = all.get('Progress');
  // -1.8e308 means "not known" (systemd 252).
  const known = typeof progress === 'number' && progress >= 0 && progress <= 1;
  return { id, type: text('Type'), local: text('Local'), remote: text('Remote'), ...(known ? { progress } : {}) };
}
