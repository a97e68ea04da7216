#!/bin/bash
# guest.sh DEST ROOT
#
# Makes DEST a small bootable Debian out of the packages that are installed in ROOT ("/" or a tree of tree.sh):
# systemd, a bus, a shell and what they depend on. Nothing is downloaded, so it takes a second or two, and
# the machine runs the same systemd version as its host.
#
# The files of the packages are copied; what their maintainer scripts would have written is written here.
set -euo pipefail
dest=$1 root=${2%/}

wanted=(systemd libpam-systemd libnss-systemd dbus login passwd bash dash coreutils util-linux mount libc-bin base-files
  base-passwd grep sed findutils procps iproute2 hostname less tar gzip libseccomp2 libapparmor1)
# Needed to install packages only. The guest is made whole and is never upgraded.
unwanted='^(adduser|debconf|debconf-.*|dpkg|init-system-helpers|perl-base|udev)$'

installed=$(dpkg-query --admindir="$root/var/lib/dpkg" -W -f '${Package} ${db:Status-Status}\n' "${wanted[@]}" \
  2>/dev/null | awk '$2 == "installed" { print $1 }' || true)

# Only the installed packages are asked: no lists, no cache, no mirror.
# shellcheck disable=SC2086  # a list of package names
packages=$(apt-cache -o Dir::State::status="$root/var/lib/dpkg/status" -o Dir::State::lists=/nonexistent \
  -o Dir::Cache::pkgcache= -o Dir::Cache::srcpkgcache= depends --recurse --installed --no-recommends --no-suggests \
  --no-conflicts --no-breaks --no-replaces --no-enhances $installed | grep '^[a-z0-9]' | grep -vE "$unwanted" | sort -u)

mkdir -p "$dest"/{usr/{bin,sbin,lib,lib64},etc,dev,proc,sys,run,tmp,var/tmp,root,home}
chmod 1777 "$dest"/{tmp,var/tmp}
chmod 700 "$dest/root"
for dir in bin sbin lib lib64; do ln -s "usr/$dir" "$dest/$dir"; done

# dpkg names some files by their path before /bin, /lib and /sbin moved below /usr. Files that the machine's owner
# left out (path-exclude) are missing without harm.
# shellcheck disable=SC2086  # a list of package names
dpkg-query --admindir="$root/var/lib/dpkg" -L $packages |
  grep '^/.' | sed -E 's,^/(bin|sbin|lib|lib64)(/|$),/usr/\1\2,; s,^/,,' | sort -u |
  grep -vE '^usr/share/(doc|man|info|locale|lintian|bug|zsh|bash-completion|i18n|polkit-1)(/|$)' |
  grep -vE '^usr/lib/udev/hwdb.d/|/gconv/' |
  tar -C "$root/" --no-recursion --ignore-failed-read -T - -cf - 2>/dev/null |
  tar -C "$dest" -xpf -

cd "$dest"

# Users: those of every Debian, and those that the packages declare. Root has no password: "machinectl login" works.
cp usr/share/base-passwd/passwd.master etc/passwd
cp usr/share/base-passwd/group.master etc/group
sed -i -E 's/^([^:]*):\*:/\1:x:/; s,^(root:.*):[^:]*$,\1:/bin/bash,' etc/passwd
sed -E 's/^([^:]*):.*/\1:*:19000:0:99999:7:::/; s/^root:\*:/root::/' etc/passwd >etc/shadow
chmod 640 etc/shadow
mkdir -p etc/sysusers.d
echo 'u messagebus - "System Message Bus"' >etc/sysusers.d/dbus.conf
chroot . systemd-sysusers 2>/dev/null

cat >etc/nsswitch.conf <<'END'
passwd: files systemd
group: files systemd
shadow: files
hosts: files dns
END
echo 'auth required pam_unix.so nullok' >etc/pam.d/common-auth
echo 'account required pam_unix.so' >etc/pam.d/common-account
echo 'password required pam_unix.so' >etc/pam.d/common-password
echo 'session required pam_unix.so' >etc/pam.d/common-session-noninteractive
printf 'session required pam_unix.so\nsession optional pam_systemd.so\n' >etc/pam.d/common-session

cp usr/share/base-files/profile etc/profile
cp etc/skel/.bashrc etc/skel/.profile root/
mkdir -p etc/default
echo 'LANG=C.UTF-8' | tee etc/locale.conf >etc/default/locale
: >etc/environment
: >etc/fstab
# An empty machine-id is filled at the first start. There is no hostname: nspawn gives the machine's name.
: >etc/machine-id
rm -f etc/hostname etc/resolv.conf
[ -e usr/bin/sh ] || ln -s dash usr/bin/sh
chroot . ldconfig

# Nothing but the network is enabled: an address by DHCP on host0. The console of "machinectl login" comes by itself.
rm -rf etc/systemd/system/*.wants
chroot . systemctl --quiet enable systemd-networkd.service 2>/dev/null
