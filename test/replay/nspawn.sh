#!/bin/bash
# nspawn.sh FOLDER   what the systemd-nspawn of this system says of files
#
# FOLDER holds in/ID.trusted and in/ID.untrusted; what is said of each comes to out/ID.TRUST.command (a bare
# systemd-nspawn) and out/ID.TRUST.unit (with the switches of systemd-nspawn@.service), the release to out/release.
# FOLDER must not lie below /run.
#
# nspawn reads the file, then checks it together with its switches, and only then looks at the directory that it is to
# run. That one is empty here, so nspawn always ends there at the latest: nothing is started, mounted or given away.
# All this happens in mount and network namespaces of its own; /run, where nspawn keeps locks, is a new and empty one.
set -euo pipefail
[ "$1" = inside ] || exec unshare --mount --net bash "$0" inside "$@"
folder=$2

mount --make-rprivate /
mount -t cgroup2 cgroup2 /sys/fs/cgroup # nspawn 258 and newer refuse any other
mount -t tmpfs -o mode=755 tmpfs /run
mkdir -p /run/{systemd/nspawn,replay/x} "$folder/out"
declare -A place=([trusted]=/run/systemd/nspawn/x.nspawn [untrusted]=/run/replay/x.nspawn)

for unit in {/usr,}/lib/systemd/system/systemd-nspawn@.service; do [ -e "$unit" ] && break; done
start=$(sed -n 's/^ExecStart=//p' "$unit")
read -ra unit <<<"${start//%i/x}"
command=(systemd-nspawn --keep-unit --settings=yes -M x)
systemd-nspawn --version >"$folder/out/release"

# Nothing of the caller's environment counts.
for name in $(compgen -e); do unset "$name"; done
export PATH=/usr/sbin:/usr/bin:/sbin:/bin LC_ALL=C.UTF-8 SYSTEMD_LOG_LEVEL=info SYSTEMD_LOG_COLOR=0 SYSTEMD_LOG_TARGET=console
for file in "$folder"/in/*; do
  name=${file##*/} path=${place[${file##*.}]}
  cp "$file" "$path"
  "${command[@]}" --register=no -D /run/replay/x </dev/null >"$folder/out/$name.command" 2>&1 || true
  "${unit[@]}" --register=no -D /run/replay/x </dev/null >"$folder/out/$name.unit" 2>&1 || true
  rm "$path"
done
