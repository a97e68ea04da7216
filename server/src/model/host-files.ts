/** What may be known of a host's files; every answer may be empty, and none throws. */
export interface HostFiles {
  /** What lies in a folder, by its absolute path. */
  entries(folder: string): readonly { readonly name: string; readonly folder: boolean }[];
  exists(path: string): boolean;
  /** What a file says; undefined when it cannot be read. */
  text(path: string): string | undefined;
}
