#!/bin/sh
# Sees that a program is there: tests/peers/package.sh PACKAGE PROGRAM
set -eu

if [ -x "$2" ] || command -v "$1" >/dev/null; then exit 0; fi
if [ "$(id -u)" != 0 ]; then
    echo "There is no $2: install Debian's package '$1' as root." >&2
    exit 1
fi
apt-get update -qq
DEBIAN_FRONTEND=noninteractive apt-get install -qq -y --no-install-recommends "$1"
