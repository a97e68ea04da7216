export class FakeMkosi {
  readonly home: string;
  release(number: string): void;
  answer(stderr: string, status: number, stdout?: string): void;
  put(name: string, text: string): string;
  runs(): string[];
  remove(): void;
}
