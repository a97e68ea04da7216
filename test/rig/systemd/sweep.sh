#!/bin/bash
# sweep.sh STATE   removes what a rig that no longer runs has left in the file systems: its cgroups and its directory
set -uo pipefail
state=$1
cgroup=$(cat "$state/cgroup" 2>/dev/null)
# A cgroup is busy for a moment after its last process has gone.
while [ -d "${cgroup:-/nonexistent}" ]; do
  find "$cgroup" -depth -type d -exec rmdir {} + 2>/dev/null || sleep 0.02
done
# "machinectl read-only" makes a directory immutable, and so are the hidden ones that downloads leave.
shopt -s dotglob
chattr -f -i "$state"/machines/* "$state"/machines 2>/dev/null
rm -rf --one-file-system "$state"
