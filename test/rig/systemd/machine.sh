#!/bin/bash
# machine.sh ROOT NAME guest|tiny|raw|block|mstack SOURCE
#
# Puts a machine into /var/lib/machines of the rig whose root directory is ROOT:
#   guest   a copy of the tree SOURCE (made by guest.sh): boots systemd, has a bus, so that "machinectl shell" works
#   tiny    a directory of 2 MB whose init is the static busybox SOURCE: starts and stops in 0.1 s, has no bus
#   raw     the same as a raw image (NAME.raw: an ext4 file system without a partition table)
#   block   the same on a block device, of which NAME is a link
#   mstack  the same as the only layer of a stack (NAME.mstack, systemd 260 and newer)
set -euo pipefail
root=$1 name=$2 kind=$3 source=$4
machines=$root/var/lib/machines

tiny() { # tiny DIRECTORY
  mkdir -p "$1"/{bin,sbin,etc,usr/lib,proc,sys,dev,tmp,run,root}
  cp "$source" "$1/bin/busybox"
  for applet in sh ls cat echo id ps sleep; do ln -s busybox "$1/bin/$applet"; done
  printf 'ID=tiny\nVERSION_ID=1\nPRETTY_NAME="Tiny Linux"\n' >"$1/usr/lib/os-release"
  ln -s ../usr/lib/os-release "$1/etc/os-release"
  cat >"$1/sbin/init" <<'END'
#!/bin/busybox sh
# What the service manager of a machine is told by signals, see systemd(1): SIGRTMIN+3 halts, SIGRTMIN+4 powers off
# ("systemctl stop", "machinectl poweroff"), SIGINT reboots ("machinectl reboot"). SIGRTMIN is 34.
trap '/bin/busybox poweroff -f' 37 38 TERM
trap '/bin/busybox reboot -f' INT
echo "tiny is up"
while :; do
  /bin/busybox sleep 3600 &
  wait $!
done
END
  chmod +x "$1/sbin/init"
}

# A cached tree is not removed while somebody holds its lock (see cached.sh).
exec 9<>"$source.lock"
flock --shared 9

if [ -e "$machines/$name" ] || [ -e "$machines/$name.raw" ] || [ -e "$machines/$name.mstack" ]; then
  echo "there is a machine $name already" >&2
  exit 1
fi
filesystem() { # filesystem FILE
  content=$(mktemp -d)
  trap 'rm -rf "$content"' EXIT
  tiny "$content"
  truncate --size=32M "$1"
  mkfs.ext4 -q -d "$content" "$1"
}

case $kind in
  raw) filesystem "$machines/$name.raw"; exit ;;
  block)
    filesystem "$root/run/$name.device"
    device=$(losetup --find --show "$root/run/$name.device")
    blockdev --setrw "$device" # a device keeps being read-only when it gets another file
    # One that is in use is detached when it is used no more: at the end of the rig, whoever brought that about.
    pid=${root#/proc/}
    nsenter --target "${pid%/root}" --all systemd-run --quiet --unit="device-${device##*/}" --property=Type=exec \
      --property="StandardInput=file:$device" sleep infinity
    losetup --detach "$device"
    ln -s "$device" "$machines/$name"
    exit
    ;;
  mstack)
    mkdir -p "$machines/$name.mstack/"{layer@base,rw}
    tiny "$machines/$name.mstack/layer@base"
    exit
    ;;
esac
# On btrfs a machine is a subvolume, as it is on a real host: "machinectl clone" makes a snapshot.
if [ "$(stat --file-system --format=%T "$machines")" = btrfs ]; then
  btrfs --quiet subvolume create "$machines/$name" >/dev/null
else
  mkdir "$machines/$name"
fi
case $kind in
  guest) cp -a "$source/." "$machines/$name/" ;;
  tiny) tiny "$machines/$name" ;;
esac
