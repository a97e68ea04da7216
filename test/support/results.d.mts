export interface Counts {
  passed: number;
  failed: number;
  skipped: number;
  reason?: string;
  unsteady?: string[];
}
export function nothing(): Counts;
export function add(total: Counts, some: Counts): void;
export function tryTwice(name: string, attempt: () => Promise<Counts>): Promise<Counts>;
export function finish(counts: Counts): never;
