#!/bin/sh
# Makes the virtual environment $1 of the clone in $2. One that was begun and never finished, or that belongs to another
# place, is made anew; one that works is kept.
set -eu

finished="$1/.installed"
if "$1/bin/python" -m pip --version >/dev/null 2>&1 && { [ ! -s "$finished" ] || [ "$(cat "$finished")" = "$2" ]; }; then
  exit 0
fi
if ! said=$("${PYTHON:-python3}" -m venv --clear "$1" 2>&1); then
  rm -rf "$1"
  echo "$said" >&2
  echo "${PYTHON:-python3} cannot make a virtual environment. On Debian and Ubuntu: apt-get install python3-venv" >&2
  exit 1
fi
