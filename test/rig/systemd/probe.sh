#!/bin/bash
# probe.sh   tries, in namespaces that are thrown away, what boot.sh and stage.sh will do. Prints the reason and
# fails if this machine does not allow it.
set -uo pipefail
refuse() { echo "$1"; exit 1; }

for program in apt-get dpkg-query; do
  command -v $program >/dev/null || refuse "no apt: $program is missing (the rig installs what it needs on Debian)"
done
cgroup=$(awk '$3 == "cgroup2" { print $2; exit }' /proc/self/mounts)
[ -n "$cgroup" ] || refuse 'no cgroup2 file system is mounted'
if ! mkdir "$cgroup/nspawn-rig-probe-$$" 2>/dev/null; then
  refuse "$cgroup cannot be written to (a container has to be started with --privileged)"
fi
rmdir "$cgroup/nspawn-rig-probe-$$"

error=$(unshare --mount --pid --uts --ipc --net --cgroup --fork bash -ec '
  mount --make-rprivate /
  mount -t tmpfs tmpfs /mnt
  cd /mnt
  mkdir lower upper work root
  mount -t overlay -o lowerdir=lower,upperdir=upper,workdir=work overlay root
  mount -t proc proc lower
  mount -t sysfs sysfs upper
  mknod null c 1 3
  echo >null
' 2>&1) || refuse "namespaces, mounts or device nodes are not allowed here: $(echo "$error" | head -1)"
