#!/bin/bash
# packages.sh PACKAGE...   installs those of the Debian packages that are missing
set -uo pipefail
missing=()
for package in "$@"; do
  status=$(dpkg-query -W -f '${db:Status-Status}' "$package" 2>/dev/null)
  [ "$status" = installed ] || missing+=("$package")
done
[ ${#missing[@]} -gt 0 ] || exit 0

echo "apt-get install ${missing[*]}"
export DEBIAN_FRONTEND=noninteractive
install() {
  apt-get install --yes --no-install-recommends --no-remove -o DPkg::Lock::Timeout=300 "${missing[@]}"
}
# Lists that are absent or out of date are the usual reason for a failure. One broken third-party source must not
# stop the update of the others, hence its status does not count.
install || { apt-get update; install; }
