/** Kinds of units, and of files of networkd and resolved, which all have drop-ins. */
const kinds = 'service|socket|target|mount|automount|swap|path|timer|slice|scope|device|network|netdev|link|dnssd';

/** Those, and others that udev, sysupdate and their like read. */
const endings = new RegExp(`\\.(${kinds}|preset|rules|hwdb|feature|transfer|negative|positive|catalog)$`);

/** Drop-ins of them, and folders whose files other tools of systemd read. */
const folders = new RegExp(
  `(^|/)([^/]+\\.(${kinds})\\.d|mkosi\\.(repart|sysupdate)|(repart|sysupdate(\\.[^/]+)?|tmpfiles|sysusers|sysctl|modules-load|modprobe|binfmt|environment)\\.d|systemd/[^/]+\\.conf\\.d)/[^/]+$`,
);

/** The configuration of systemd's own daemons. */
const daemons = /(^|\/)systemd\/[^/]+\.conf$/;

/** Whether a path is that of a file that systemd has for something else, so that no guess is made. @param path with slashes */
export const isOtherKind = (path: string): boolean => [endings, folders, daemons].some((other) => other.test(path));
