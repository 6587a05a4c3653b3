# Sourced by .ci/run: what the machine needs, and the servers of this run. Needs $work.
# shellcheck shell=bash

# Sets $python: any Python that can run the helpers beside this file.
find_python() {
    for python in python3.11 python3.12 python3.13 python3; do
        "$python" -c "import sys; sys.exit(sys.version_info < (3, 11))" 2>/dev/null && return
    done
    python=python3 # about to be installed
}

server_program() {
    local found
    found=$(compgen -G "/usr/lib/postgresql/*/bin/$1" | sort -V | tail -n 1)
    echo "${found:-$(command -v "$1" || true)}"
}

# Install the Debian packages whose programs are not there.
install_missing() {
    local packages=()
    "$python" -c "import ensurepip, venv" 2>/dev/null || packages+=(python3 python3-venv)
    command -v make >/dev/null || packages+=(make)
    "$python" scripts/find_chromium.py >/dev/null || packages+=(chromium)
    [ -n "$(server_program initdb)" ] || packages+=(postgresql)
    command -v redis-server >/dev/null || packages+=(redis-server)
    [ ${#packages[@]} -gt 0 ] || return 0
    echo "Installing ${packages[*]}"
    # No server of the package itself: this run starts its own, and stops them.
    local policy=/usr/sbin/policy-rc.d
    if [ ! -e $policy ]; then
        printf '#!/bin/sh\nexit 101\n' >$policy && chmod +x $policy
    else
        policy=""
    fi
    if ! apt_install "${packages[@]}" >"$work/apt.log" 2>&1; then
        tail -n 30 "$work/apt.log"
        echo "apt could not install: ${packages[*]}" >&2
        [ -z "$policy" ] || rm -f "$policy"
        exit 1
    fi
    [ -z "$policy" ] || rm -f "$policy"
}

apt_install() {
    local try
    for try in 1 2 3; do
        if apt-get -q update && apt-get -qy install --no-install-recommends "$@"; then
            return 0
        fi
        echo "apt: try $try failed"
        sleep $((try * 5))
    done
    return 1
}

free_port() {
    "$python" -c "import socket; s = socket.socket(); s.bind(('127.0.0.1', 0)); print(s.getsockname()[1])"
}

# Sets $postgresql_url: an empty server of this run alone, trusting 127.0.0.1.
start_postgresql() {
    local port
    port=$(free_port)
    pg_data="$work/postgresql"
    mkdir "$pg_data"
    as_postgres=()
    if [ "$(id -u)" = 0 ]; then
        chown postgres "$pg_data"
        as_postgres=(runuser -u postgres --)
    fi
    # fsync=off: what is lost with this machine's power nobody will miss.
    if ! {
        "${as_postgres[@]}" "$(server_program initdb)" --pgdata="$pg_data/data" --auth=trust \
            --username=likely --encoding=UTF8 --locale=C.UTF-8 --no-sync &&
            "${as_postgres[@]}" "$(server_program pg_ctl)" --pgdata="$pg_data/data" --wait --log="$pg_data/log" \
                -o "-p $port -c listen_addresses=127.0.0.1 -c unix_socket_directories='' -c fsync=off -c max_connections=200" start
    } >"$work/postgresql.log" 2>&1; then
        cat "$work/postgresql.log" "$pg_data/log" || true
        echo "PostgreSQL did not start" >&2
        exit 1
    fi
    postgresql_url="postgres://likely@127.0.0.1:$port/likely"
}

# Sets $redis_url: an empty server of this run alone.
start_redis() {
    local port try
    port=$(free_port)
    redis-server --port "$port" --bind 127.0.0.1 --save "" --appendonly no --dir "$work" \
        >"$work/redis.log" 2>&1 &
    redis_pid=$!
    redis_url="redis://127.0.0.1:$port/0"
    for try in $(seq 50); do
        # shellcheck disable=SC2188 -- only whether the port answers
        (: <"/dev/tcp/127.0.0.1/$port") 2>/dev/null && return 0
        sleep 0.1
    done
    cat "$work/redis.log"
    echo "Redis did not start (asked $try times)" >&2
    exit 1
}

stop_services() {
    if [ -n "${redis_pid:-}" ]; then
        kill "$redis_pid" 2>/dev/null && wait "$redis_pid" 2>/dev/null || true
    fi
    if [ -f "${pg_data:-/nowhere}/data/postmaster.pid" ]; then
        "${as_postgres[@]}" "$(server_program pg_ctl)" --pgdata="$pg_data/data" --mode=immediate --wait stop \
            >/dev/null 2>&1 || true
    fi
}
