#!/bin/sh
# Makes .venv from deploy/requirements.lock, in the folder where make runs: sh deploy/venv.sh PYTHON
#
# .venv remembers what it was made from, so nothing is done while nothing changed. The folder is part of that, because
# the programs in .venv name it. Made by root, .venv belongs to the checkout's owner and is readable for everybody.
set -eu
umask 022

refuse() {
    echo "$1" >&2
    exit 1
}

versions() {
    pwd -P
    cat deploy/requirements.lock
}

ready() {
    versions | cmp -s - .venv/versions && cmp -s pyproject.toml .venv/pyproject.toml && .venv/bin/python -I -S -c '' 2>&-
}

# Prints the first of the candidates in $@ that is new enough, can make environments, and holds to $condition.
find_python() {
    for candidate; do
        if "$candidate" -c "import sys, venv, ensurepip, pathlib; assert sys.version_info >= (3, 11) $condition" \
            >/dev/null 2>&1; then
            echo "$candidate"
            return
        fi
    done
    return 1
}

if ready; then exit 0; fi

python=
if [ "$1" = python3 ]; then
    set -- python3 python3.13 python3.12 python3.11 /usr/local/bin/python3 /usr/bin/python3
fi
if [ "$(id -u)" = 0 ]; then # first one that others can run too: they may work in this checkout after root
    condition='and all(d.stat().st_mode & 1 for d in pathlib.Path(sys.executable).resolve().parents)'
    python=$(find_python "$@") || true
fi
condition=
if [ -z "$python" ] && ! python=$(find_python "$@"); then
    if "$1" -c 'import sys; sys.exit(sys.version_info < (3, 11))' >/dev/null 2>&1; then
        refuse "$1 cannot make virtual environments: install its venv and ensurepip (on Debian and Ubuntu the package python3-venv)."
    fi
    refuse "Baraza needs Python 3.11 or newer: install it, or name it as in 'make serve PYTHON=/path/to/python3'."
fi

if [ ! -w . ] || { [ -e .venv ] && [ ! -w .venv ]; }; then
    refuse "You cannot use the .venv of this checkout, nor replace it: let its owner run make once more, or work in a clone of your own."
fi

# Of two makes the second waits here, and finds the work done.
exec 9<deploy/requirements.lock
"$python" -c 'import fcntl; fcntl.flock(9, fcntl.LOCK_EX)'
if ready; then exit 0; fi

pip() {
    .venv/bin/python -m pip --quiet --quiet --disable-pip-version-check --no-input install "$@" ||
        refuse "The libraries could not be installed: see the message above, then run make again."
}

if ! versions | cmp -s - .venv/versions || ! .venv/bin/python -I -S -c '' 2>&-; then
    echo "Installing the libraries into .venv (once, about a minute)." >&2
    "$python" -m venv --clear .venv
    pip --require-hashes --requirement deploy/requirements.lock
fi
pip --no-build-isolation --no-deps --editable .
if [ "$(id -u)" = 0 ]; then
    chown -R "$(ls -ldn . | awk '{ print $3 ":" $4 }')" .venv
fi
versions >.venv/versions
cp pyproject.toml .venv/pyproject.toml
