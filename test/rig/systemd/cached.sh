#!/bin/bash
# cached.sh FOLDER KIND KEY SCRIPT [ARGUMENT]...
#
# Makes FOLDER/KIND-KEY by running "SCRIPT FOLDER/KIND-KEY ARGUMENT...", if it is not there yet. One process at a time
# does it, the others wait; an interrupted one leaves nothing that looks finished. Older ones of the same kind are
# removed, unless somebody holds their lock: a rig that runs on one, or a copy that is being made.
set -euo pipefail
folder=$1 kind=$2 key=$3 script=$4; shift 4
dest=$folder/$kind-$key

mkdir -p "$folder"
exec 8<>"$folder/$kind.building"
flock --exclusive 8
[ ! -e "$dest" ] || exit 0

rm -rf --one-file-system "$dest.partial"
bash "$script" "$dest.partial" "$@" 8<&-
mv --no-target-directory "$dest.partial" "$dest"

for old in "$folder/$kind"-*; do
  case $old in "$dest" | *.lock) continue ;; esac
  flock --exclusive --nonblock "$old.lock" rm -rf --one-file-system "$old" || continue
  rm -f "$old.lock"
done
