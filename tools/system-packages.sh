#!/bin/sh
# Makes sure that the system packages named are there. Installs them where that is allowed (root or sudo, on Debian or
# Ubuntu); elsewhere names what is missing and fails.
set -eu

missing=""
for package in "$@"; do
  case "$package" in
    bubblewrap) command=bwrap ;;
    *) command=$package ;;
  esac
  command -v "$command" >/dev/null 2>&1 || missing="$missing $package"
done
check_sandbox() {
  case " $* " in *" bubblewrap "*) ;; *) return 0 ;; esac
  said=$(bwrap --unshare-all --ro-bind / / --proc /proc true 2>&1) && return 0
  echo "bubblewrap cannot make a sandbox here ($said): allow user namespaces; in Docker, run with --privileged" >&2
  return 1
}

[ -n "$missing" ] || { check_sandbox "$@"; exit; }

if [ "$(id -u)" = 0 ]; then sudo=""
elif command -v sudo >/dev/null 2>&1 && sudo -n true 2>/dev/null; then sudo="sudo"
else sudo="none"
fi
if [ "$sudo" = none ] || ! command -v apt-get >/dev/null 2>&1; then
  echo "The tests need these programs, which only Linux has all of, please install them:$missing" >&2
  exit 1
fi
echo "Installing system packages:$missing"
$sudo apt-get update -q >/dev/null
# shellcheck disable=SC2086
DEBIAN_FRONTEND=noninteractive $sudo apt-get install -q -y --no-install-recommends $missing >/dev/null
check_sandbox "$@"
