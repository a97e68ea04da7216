/** The files below some folders of `root` whose name matches; paths relative to `root`, sorted, with slashes. */
export function globSync(root: string, folders: string[], name: RegExp): string[];
