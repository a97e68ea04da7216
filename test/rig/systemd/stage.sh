#!/bin/bash
# stage.sh enter CGROUP STATE NAME TREE MACHINES NET PERMIT [SOURCE TARGET ro|rw]...
#
# PID 1 of the new namespaces before systemd: builds the root, then becomes systemd. See boot.sh for the arguments.
set -euo pipefail

if [ "$1" = enter ]; then
  # First join the rig's cgroup and make it the root that systemd sees (the cgroup namespace begins where its creator
  # is). /proc is still the outer one: the pid in it is what the outside calls this process.
  cgroup=$2; shift 2
  read -r pid _ </proc/self/stat
  echo "$pid" >"$1/init"
  echo 0 >"$cgroup/cgroup.procs"
  exec unshare --cgroup bash "$0" "$@"
fi
state=$1 name=$2 tree=$3 machines=$4 net=$5 permit=$6; shift 6

mount --make-rprivate /
mounts=$(</proc/self/mountinfo)

# --- The root: the tree below, and all changes in memory. A tmpfs holds the changes because an overlay's upper layer
# can neither lie inside its lower one (tree "/") nor on another overlay (a CI container).
memory=$state/root
mount -t tmpfs -o mode=700 tmpfs "$memory"
layers=0
overlay() { # overlay LOWER TARGET
  local layer=$memory/layer$((layers++))
  mkdir -p "$layer"/{upper,work}
  chmod --reference="$1" "$layer/upper"
  chown --reference="$1" "$layer/upper"
  mount -t overlay -o "lowerdir=$1,upperdir=$layer/upper,workdir=$layer/work" overlay "$2"
}
mkdir "$memory/root"
overlay "$tree" "$memory/root"
cd "$memory/root"

# An overlay shows one file system only. When this machine itself is booted, lay its other ones (/home, /usr, /var,
# what a container runtime mounts) over it as well, so that every path outside is the same path inside.
if [ "$tree" = / ]; then
  while read -r _ _ _ _ target rest; do
    target=$(printf '%b' "$target") # \040 is a blank
    type=${rest#* - }; type=${type%% *}
    case $target in / | /proc* | /sys* | /dev | /dev/* | /run | /run/* | /tmp | /tmp/* | /boot*) continue ;; esac
    case $type in autofs | binfmt_misc | nsfs | fusectl | rpc_pipefs) continue ;; esac
    if [ -f "$target" ] && [ -e ".$target" ]; then
      cp --remove-destination "$target" ".$target" || true # /etc/resolv.conf of a container
    elif [ -d "$target" ] && [ -d ".$target" ]; then
      overlay "$target" ".$target" 2>/dev/null || mount --bind -o ro "$target" ".$target" || true
    fi
  done <<<"$mounts"
fi

# --- The kernel's file systems, all of them new: nothing of the outer machine shows through.
mkdir -p proc sys dev run tmp var/lib/machines
mount -t proc -o nosuid,nodev,noexec proc proc
# PID 1 raises these two for everybody when it starts. boot.sh takes the covers off again: a machine with users of its
# own gets no /proc when parts of its host's are covered.
for limit in nr_open file-max; do
  mount --bind proc/sys/fs/$limit proc/sys/fs/$limit
  mount -o remount,bind,ro proc/sys/fs/$limit
done
# Read-only /sys tells systemd that there is no udev. Else networkd would wait for it, and machines get no address.
mount -t sysfs -o nosuid,nodev,noexec sysfs sys
mount -o remount,bind,ro,nosuid,nodev,noexec sys
mount -t cgroup2 -o nosuid,nodev,noexec,nsdelegate cgroup2 sys/fs/cgroup
mount -t tmpfs -o mode=755,nosuid tmpfs dev
mount -t tmpfs -o mode=755,nosuid,nodev tmpfs run
mount -t tmpfs -o mode=1777,nosuid,nodev tmpfs tmp
node() { mknod -m "$1" "dev/$2" "${@:3}"; }
node 666 null c 1 3; node 666 zero c 1 5; node 666 full c 1 7; node 666 random c 1 8; node 666 urandom c 1 9
node 666 tty c 5 0; node 666 fuse c 10 229
# Raw images are attached to loop devices. The kernel may have to take a number that is not in use outside.
node 600 loop-control c 10 237
for i in {0..63}; do node 660 "loop$i" b 7 "$i"; done
mkdir dev/{pts,shm,net}
node 666 net/tun c 10 200
mount -t devpts -o nosuid,noexec,newinstance,ptmxmode=0666,mode=620,gid=5 devpts dev/pts
mount -t tmpfs -o mode=1777,nosuid,nodev tmpfs dev/shm
ln -s pts/ptmx dev/ptmx
ln -s /proc/self/fd dev/fd
ln -s fd/0 dev/stdin
ln -s fd/1 dev/stdout
ln -s fd/2 dev/stderr

# Machines lie on a real file system, not on the overlay: nspawn maps their owners (-U), which not every one can.
if [ "$machines" = btrfs ]; then
  device=$(losetup --find --show "$state/machines.btrfs")
  blockdev --setrw "$device" # a device keeps being read-only when it gets another file
  mount "$device" var/lib/machines
  losetup --detach "$device" # when the last mount of it goes
  chmod 700 var/lib/machines
else
  mount --bind "$state/machines" var/lib/machines
fi

while [ $# -gt 0 ]; do
  if [ -d "$1" ]; then
    mkdir -p ".$2"
  else
    mkdir -p ".${2%/*}"
    [ -e ".$2" ] || : >".$2"
  fi
  mount --rbind "$1" ".$2"
  [ "$3" = rw ] || mount -o remount,bind,ro ".$2"
  shift 3
done

mkdir -p .outside
pivot_root . .outside
umount --lazy /.outside
rmdir /.outside
# systemd leaves this alone in a container, but "machinectl bind" and nspawn pass mounts on to the machines.
mount --make-rshared /

# --- The system that systemd will find.
echo "$name" >/etc/hostname
grep -qsw "$name" /etc/hosts || echo "127.0.1.1 $name" >>/etc/hosts
# A fresh id, but not an empty one: that would be a "first boot", which enables every service there is.
tr -d - </proc/sys/kernel/random/uuid >/etc/machine-id
: >>/etc/default/locale # PAM complains without it
# Disks that cannot appear, services that happen to be enabled, and machines that are configured on this machine.
: >/etc/fstab
rm -rf /etc/crypttab /etc/systemd/nspawn /etc/systemd/system/*.{wants,requires}
mkdir -p /etc/systemd/{nspawn,system,logind.conf.d} /etc/tmpfiles.d /etc/polkit-1/rules.d
# A session's processes end with it: what exec.sh stops is gone with all its children.
printf '[Login]\nKillUserProcesses=yes\n' >/etc/systemd/logind.conf.d/rig.conf
# What is bound below /tmp belongs to somebody else: never empty it, never clean it up.
echo 'd /tmp 1777 root root -' >/etc/tmpfiles.d/tmp.conf
# Units that would change the kernel outside, that want hardware, or that do housekeeping.
for unit in systemd-sysctl.service systemd-modules-load.service systemd-binfmt.service systemd-remount-fs.service \
  systemd-firstboot.service systemd-pcrphase.service systemd-update-done.service ldconfig.service \
  sys-kernel-debug.mount sys-kernel-tracing.mount sys-kernel-config.mount sys-fs-fuse-connections.mount \
  proc-sys-fs-binfmt_misc.automount proc-sys-fs-binfmt_misc.mount dev-hugepages.mount dev-mqueue.mount tmp.mount \
  systemd-tmpfiles-clean.timer e2scrub_all.timer fstrim.timer apt-daily.timer apt-daily-upgrade.timer \
  dpkg-db-backup.timer; do
  ln -sf /dev/null "/etc/systemd/system/$unit"
done
services='dbus.service systemd-logind.service systemd-user-sessions.service machines.target polkit-agent-helper.socket'
[ "$net" = host ] || services+=' systemd-networkd.service' # addresses for the machines
cat >/etc/systemd/system/rig.target <<END
[Unit]
Description=Everything that machines need, and nothing else
Requires=basic.target
Wants=$services
After=basic.target $services
AllowIsolate=yes
END

# The bus of a user, where the package with it (dbus-user-session) is not there.
if [ ! -e /usr/lib/systemd/user/dbus.socket ]; then
  mkdir -p /etc/systemd/user/sockets.target.wants
  printf '[Unit]\nDescription=Bus of a user\n[Socket]\nListenStream=%%t/bus\n' >/etc/systemd/user/dbus.socket
  printf '[Unit]\nDescription=Bus of a user\nRequires=dbus.socket\n[Service]\nType=notify\nExecStart=%s %s\n' /usr/bin/dbus-daemon \
    '--session --address=systemd: --nofork --nopidfile --systemd-activation --syslog-only' >/etc/systemd/user/dbus.service
  ln -sf ../dbus.socket /etc/systemd/user/sockets.target.wants/dbus.socket
fi

id tester >/dev/null 2>&1 || useradd --create-home --shell /bin/bash tester
echo 'tester:test' | chpasswd
{
  # One administrator: else polkit offers a choice between all members of the group "sudo".
  echo 'polkit.addAdminRule(function () { return ["unix-user:tester"]; });'
  [ "$permit" = no ] ||
    echo 'polkit.addRule(function (action, subject) { if (subject.user == "tester") return polkit.Result.YES; });'
} >/etc/polkit-1/rules.d/01-rig.rules
if [ "$permit" = yes ] && [ -d /etc/sudoers.d ]; then
  echo 'tester ALL=(ALL:ALL) NOPASSWD: ALL' >/etc/sudoers.d/rig
  chmod 440 /etc/sudoers.d/rig
fi

systemd=/usr/lib/systemd/systemd
[ -x $systemd ] || systemd=/lib/systemd/systemd
echo "$name" >/run/nspawn-rig
exec env -i container=rig PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin $systemd --unit=rig.target
