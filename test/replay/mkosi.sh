#!/bin/bash
# mkosi.sh DEST SUITE
#
# Puts the mkosi of a Debian suite into DEST, unpacked and not installed: it is Python and nothing else. It comes from the
# mirror that apt is set up to use on this machine, through lists of its own, so that apt here stays as it is.
set -euo pipefail
dest=$1 suite=$2

mirror=$(apt-get indextargets --format '$(CODENAME) $(SUITE) $(RELEASE) $(SITE)' \
  'Created-By: Packages' 'Origin: Debian' 'Component: main' | awk '$1 == $3 || $2 == $3 { print $4; exit }')
if [ -z "$mirror" ]; then
  echo "apt has no Debian mirror on this machine: see /etc/apt/sources.list(5), then run 'apt-get update'" >&2
  exit 1
fi
keyring=/usr/share/keyrings/debian-archive-keyring.gpg
if [ ! -e "$keyring" ]; then
  echo "the package debian-archive-keyring is not installed" >&2
  exit 1
fi

rm -rf --one-file-system "$dest"
mkdir -p "$dest"/apt/{lists/partial,archives/partial} "$dest"/root
echo "deb [signed-by=$keyring] $mirror $suite main" > "$dest/apt/sources.list"
options=(-o Dir::State::lists="$dest/apt/lists" -o Dir::Cache="$dest/apt" -o Dir::Etc::sourcelist="$dest/apt/sources.list"
  -o Dir::Etc::sourceparts=- -o Dir::Etc::preferencesparts=- -o Dir::Etc::preferences=- -o APT::Sandbox::User=root
  -o Acquire::Languages=none -o Acquire::Check-Valid-Until=false -o Acquire::Retries=3)
apt-get "${options[@]}" -qq update >&2
(cd "$dest/apt" && apt-get "${options[@]}" -qq download mkosi >&2)
dpkg-deb --extract "$dest"/apt/mkosi_*.deb "$dest/root"
rm -rf --one-file-system "$dest/apt"
