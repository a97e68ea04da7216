#!/bin/bash
# exec.sh INIT USER DIRECTORY pty|pipe [NAME=VALUE]... -- COMMAND [ARGUMENT]...
#
# Runs COMMAND inside the rig whose systemd has the pid INIT, as a transient service: with a cgroup of its own and,
# for a user other than root, a session as at a desk (PAM, XDG_RUNTIME_DIR, user bus). Ends with its exit status.
# On SIGTERM, SIGINT or SIGHUP the command is stopped with all its children.
set -uo pipefail
init=$1 user=$2 directory=$3 io=$4; shift 4
unit=rig-command-$$-$RANDOM.service
path=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin

# PAM's helper keeps the pipe open by which systemd learns that COMMAND was executed, so that a unit of type "exec" may
# never count as started: without a limit on that it would be ended after 90 s.
options=(--quiet --collect --wait "--$io" --service-type=exec --unit="$unit" --setenv=LANG=C.UTF-8
  --property=TimeoutStartSec=infinity --property=TimeoutStopSec=5s --property=SendSIGHUP=yes)
[ "$user" = root ] || options+=(--uid="$user" --property=PAMName=login
  --setenv=XDG_SESSION_CLASS=user --setenv=XDG_SESSION_TYPE=tty)
[ -z "$directory" ] || options+=(--working-directory="$directory")
while [ "$1" != -- ]; do
  options+=("--setenv=$1")
  shift
done
shift
# systemd replaces $NAME and ${NAME} in arguments; "$$" is a plain dollar sign. (No option before v254 forbids it.)
command=("${@//\$/\$\$}")

trap 'nsenter --target "$init" --all systemctl stop "$unit" 2>/dev/null; exit 143' TERM INT HUP
nsenter --target "$init" --all env -i PATH="$path" TERM="${TERM:-xterm-256color}" \
  systemd-run "${options[@]}" -- "${command[@]}" <&0 &
wait $!
