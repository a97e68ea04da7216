export interface Disposable {
  dispose(): void;
}

/** The shape of a `vscode.Event`, so that a view can use ours as its own. */
export type Event<T> = (listener: (value: T) => void) => Disposable;

/** A bug in a listener is said aloud, and neither stops the other listeners nor the one who fired. */
export function safely(run: () => void): void {
  try {
    run();
  } catch (error) {
    console.error('nspawn: a listener failed:', error);
  }
}

export class Emitter<T> {
  private readonly listeners = new Set<(value: T) => void>();

  readonly event: Event<T> = (listener) => {
    // A listener of its own, so that the same function may subscribe twice.
    const own = (value: T) => listener(value);
    this.listeners.add(own);
    return { dispose: () => this.listeners.delete(own) };
  };

  fire(value: T): void {
    for (const listener of [...this.listeners]) safely(() => listener(value));
  }

  dispose(): void {
    this.listeners.clear();
  }
}
