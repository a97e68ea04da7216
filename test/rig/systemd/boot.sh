#!/bin/bash
# boot.sh STATE NAME TREE MACHINES NET PERMIT [SOURCE TARGET ro|rw]...
#
# Boots systemd as PID 1 of new namespaces and stays: this process is the rig's supervisor. rig.mjs starts it with a
# pipe as standard input and never writes to it. When the pipe ends, because the rig was stopped or because the
# process that wanted it is gone in whatever way (kill -9 included), the rig is taken down. So is it on SIGTERM, and
# when the rig powers itself off. Should the supervisor itself be killed by SIGKILL, the kernel kills "unshare"
# (--pdeathsig), and with it (--kill-child) the whole pid namespace; sweep.sh removes the empty directories later.
#
#   STATE     the directory for this rig alone; is made and removed here
#   TREE      the root to boot, read-only; "/" is this machine's own
#   MACHINES  what /var/lib/machines is: dir (a plain directory) or btrfs (a file system of its own)
#   NET       own (a network namespace with nothing but "lo") or host (the caller's)
#   PERMIT    yes: polkit and sudo let the user "tester" do everything; no: they ask for the password "test"
#
# Prints "root PID" on standard output when systemd has its root, with the user and all files, and begins to boot, and
# "ready PID" when the boot is finished. PID is systemd, seen from here.
set -euo pipefail
here=$(dirname "$(readlink -f "$0")")
state=$1 name=$2 tree=$3 machines=$4 net=$5

# A cached tree is not removed while somebody holds its lock (see cache.mjs).
if [ "$tree" != / ]; then
  exec 9<>"$tree.lock"
  flock --shared 9
fi

# The directory appears together with the pid in it: whoever finds it knows whether its rig still runs. The name of a
# running rig cannot be taken again.
mkdir -p "$state.$$"/{root,machines}
chmod 700 "$state.$$/machines"
echo $$ >"$state.$$/supervisor"
if ! mv --no-target-directory "$state.$$" "$state" 2>/dev/null; then
  rm -rf "$state.$$"
  echo "a rig named $name runs already" >&2
  exit 1
fi

outer= watcher= init=
take_down() {
  set +e
  trap '' TERM INT HUP EXIT
  exec >"$state/console.log" 2>&1 # nobody may be there to read it
  # The init of a pid namespace takes everything inside with it, nested machines too; "unshare" ends after the last one.
  init=$(cat "$state/init" || echo "$outer")
  [ -z "$init" ] || kill -KILL "$init"
  wait "$outer"
  kill "$watcher"
  exec bash "$here/sweep.sh" "$state"
}
trap take_down EXIT
trap exit TERM INT HUP

if [ "$machines" = btrfs ]; then
  truncate --size=8G "$state/machines.btrfs" # takes up what is written to it only
  mkfs.btrfs --quiet "$state/machines.btrfs" >&2
fi

# systemd wants a cgroup to itself. It takes the controllers that are delegated to it; none are switched on here,
# because that would change the machine outside.
cgroup=$(awk '$3 == "cgroup2" { print $2; exit }' /proc/self/mounts)/nspawn-rig-$name-$$
mkdir "$cgroup"
echo "$cgroup" >"$state/cgroup"

namespaces=(--mount --pid --uts --ipc)
[ "$net" = host ] || namespaces+=(--net)
setpriv --pdeathsig KILL unshare "${namespaces[@]}" --fork --kill-child=KILL \
  bash "$here/stage.sh" enter "$cgroup" "$@" </dev/null >"$state/console.log" 2>&1 9<&- &
outer=$!
cat <&0 >/dev/null 9<&- & # ends together with the process that started us
watcher=$!

# The marker appears with the new root. Before that, "systemctl" would ask the systemd outside, if there is one.
status=starting root=
until [ "$status" = running ] || [ "$status" = degraded ]; do
  if ! kill -0 "$outer" || ! kill -0 "$watcher"; then
    cat "$state/console.log" >&3
    exit 1
  fi
  if [ $SECONDS -gt 120 ]; then
    echo 'systemd does not finish its boot; it waits for:' >&3
    nsenter --target "$init" --all systemctl list-jobs --no-legend >&3 9<&-
    exit 1
  fi
  sleep 0.05
  init=$(cat "$state/init" 2>/dev/null) || continue
  [ -e "/proc/$init/root/run/nspawn-rig" ] || continue
  [ -n "$root" ] || echo "root $init"
  root=yes
  status=$(nsenter --target "$init" --all systemctl is-system-running 2>/dev/null 9<&-) || true
done 3>&2 2>/dev/null
if [ "$status" = degraded ]; then
  nsenter --target "$init" --all systemctl --failed --no-legend --plain 9<&- >&2
fi
nsenter --target "$init" --all umount /proc/sys/fs/nr_open /proc/sys/fs/file-max 9<&-
echo "ready $init"
wait -n "$outer" "$watcher" || true; exit # one line: this file may be edited while the rig runs
