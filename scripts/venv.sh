#!/bin/sh
# Make .venv ready with what `run` or `test` needs: scripts/venv.sh run|test
# Wheels only, so no compiler is needed. A stamp holds the checksum of the requirements: when it
# still fits, nothing is started and nothing is printed.
set -eu
cd "$(dirname "$0")/.."

case ${1:-} in
run) files="requirements.txt" ;;
test) files="requirements.txt requirements-dev.txt" ;;
*) echo "usage: scripts/venv.sh run|test" >&2; exit 2 ;;
esac
stamp=".venv/likely-$1.stamp"
log=".venv/pip.log"
# shellcheck disable=SC2086 -- two file names, on purpose two words
sum=$(cat $files package-lock.json | cksum)

works() { "$@" >/dev/null 2>&1; }

if [ -f "$stamp" ] && [ "$(cat "$stamp")" = "$sum" ] && works .venv/bin/python -c ""; then
    exit 0
fi

find_python() {
    newest_without_venv=""
    for name in ${PYTHON:-} python3.11 python3.12 python3.13 python3; do
        works "$name" -c "import sys; sys.exit(sys.version_info < (3, 11))" || continue
        if works "$name" -c "import ensurepip, venv"; then
            echo "$name"
            return 0
        fi
        newest_without_venv=$name
    done
    if [ -n "$newest_without_venv" ]; then
        version=$("$newest_without_venv" -c "import sys; print('%d.%d' % sys.version_info[:2])")
        echo "Python $version is here but cannot make a virtual environment. Install it with:" >&2
        echo "    sudo apt install python$version-venv" >&2
    else
        echo "Likely needs Python 3.11 or newer, and found none. On Debian or Ubuntu:" >&2
        echo "    sudo apt install python3 python3-venv" >&2
    fi
    return 1
}

if ! works .venv/bin/python -c "import sys; sys.exit(sys.version_info < (3, 11))" ||
    ! works .venv/bin/python -m pip --version; then
    python=$(find_python)
    echo "Making .venv with $("$python" --version)"
    "$python" -m venv --clear .venv
fi

# Half an installation must not pass for a whole one.
rm -f "$stamp"
echo "Installing $(echo "$files" | sed 's/ / and /') (once; about a minute)"
# shellcheck disable=SC2086
if ! .venv/bin/python -m pip install --only-binary :all: --disable-pip-version-check --no-input \
    --progress-bar off $(printf -- '-r %s ' $files) >"$log" 2>&1; then
    tail -n 30 "$log" >&2
    echo "Installing failed; the whole log is in $log. Is the package index reachable?" >&2
    exit 1
fi
# Says itself what to do where npm's files cannot be had: the site runs without them.
.venv/bin/python scripts/npm_files.py "$1"
echo "$sum" >"$stamp"
if [ "$1" = test ]; then
    cat requirements.txt package-lock.json | cksum >.venv/likely-run.stamp
fi
