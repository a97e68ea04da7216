/** Units, files of networkd, udev, resolved, sysupdate and their like, by the ends of their names. */
const endings =
  /\.(service|socket|target|mount|automount|swap|path|timer|slice|scope|device|preset|network|netdev|link|dnssd|rules|hwdb|feature|transfer|negative|positive|portable|catalog)$/;

/** Their drop-ins, and folders whose *.conf files belong to other tools of systemd. */
const folders =
  /(^|\/)([^/]+\.(service|socket|target|mount|automount|swap|path|timer|slice|scope|device|network|netdev|link|dnssd)\.d|(mkosi\.)?repart(\.d)?|[^/]*repart\.d|mkosi\.sysupdate|sysupdate(\.[^/]*)?\.d|tmpfiles\.d|sysusers\.d|sysctl\.d|modules-load\.d|modprobe\.d|binfmt\.d|environment\.d|(system|user|journald|logind|networkd|resolved|timesyncd|oomd|coredump|homed|pstore|sleep|system-sleep|journal-remote|journal-upload|iocost|udev|machined)(\.conf)?\.d)\/[^/]+\.(conf|transfer|feature)$/;

/** systemd's own files of one name. */
const names = /(^|\/)((system|user|journald|logind|networkd|resolved|timesyncd|oomd|coredump|homed|pstore|sleep|udev|repart)\.conf)$/;

/** Whether a path is that of a file that systemd has for something else, so that no guess is made. @param path with slashes */
export const isOtherKind = (path: string): boolean => endings.test(path) || folders.test(path) || names.test(path);
