#!/bin/bash
# tree.sh DEST SUITE...
#
# Makes DEST a Debian of the first SUITE that can be installed (bookworm, trixie, forky, sid). It can be the host of
# machines: systemd, machined, polkit and the tools that "machinectl" and "importctl" call. Takes a minute or two; the
# mirror is the one that apt is set up to use on this machine. Packages only: who may do what, and which units run, is
# up to stage.sh.
set -euo pipefail
dest=$1; shift

# Of the sources, the one that carries the distribution itself ("bookworm", not "bookworm-updates" or "-security").
mirror=$(apt-get indextargets --format '$(CODENAME) $(SUITE) $(RELEASE) $(SITE)' \
  'Created-By: Packages' 'Origin: Debian' 'Component: main' | awk '$1 == $3 || $2 == $3 { print $4; exit }')
if [ -z "$mirror" ]; then
  echo "apt has no Debian mirror on this machine: see /etc/apt/sources.list(5), then run 'apt-get update'" >&2
  exit 1
fi

# systemd loads some libraries only if they are there; from v258 on its packages no longer depend on them.
packages=(systemd systemd-sysv systemd-container libpam-systemd libnss-systemd dbus polkitd passwd iproute2 procps
  less sudo ca-certificates python3-minimal libpython3-stdlib libstdc++6
  tzdata libnss-mymachines libseccomp2 libapparmor1 libcryptsetup12 libkmod2 libfdisk1 libarchive-tools
  gpg curl tar xz-utils bzip2 zstd e2fsprogs btrfs-progs squashfs-tools)
options=()
for path in doc man info locale lintian; do
  options+=(--dpkgopt="path-exclude=/usr/share/$path/*")
done

# A mirror that stands still (a snapshot, as builds use them) has Release files that are "expired". Nobody will miss
# a tree that a power cut has damaged: no fsync (force-unsafe-io).
build() {
  mmdebstrap --variant=minbase --include="$(IFS=,; echo "${packages[*]}")" "${options[@]}" \
    --dpkgopt=force-unsafe-io --aptopt='APT::Install-Recommends "false"' --aptopt='Acquire::Languages "none"' \
    --aptopt='Acquire::Check-Valid-Until "false"' --aptopt='Acquire::Retries "3"' \
    --customize-hook='rm -f "$1"/etc/hostname "$1"/etc/resolv.conf "$1"/var/lib/apt/lists/*_*' \
    "$1" "$dest" "$mirror"
}

for suite in "$@"; do
  build "$suite" && exit
  echo "$suite cannot be installed" >&2
  rm -rf --one-file-system "$dest"
done
exit 1
