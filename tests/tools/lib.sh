# Shared by the scripts in this folder; sourced, never run.
#
# Everything that a script leaves on disk goes below one directory, so that removing it removes all of it:
# AGENTCORE_TEST_DIR, by default agentcore-tests in the temporary directory.

set -euo pipefail

tools=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
root=$(cd "$tools/../.." && pwd)
state=${AGENTCORE_TEST_DIR:-${TMPDIR:-/tmp}/agentcore-tests}
mkdir -p "$state"
state=$(cd "$state" && pwd)

say() { printf '%s: %s\n' "$(basename "$0" .sh)" "$*" >&2; }
die() { say "$*"; exit 1; }

need() { # need COMMAND PACKAGE
  command -v "$1" >/dev/null || die "\`$1\` is missing; on Debian: apt-get install $2"
}

need_root() { [ "$(id -u)" = 0 ] || die "this needs root"; }

# alone NAME: until this script ends, others that ask for the same name wait.
alone() {
  exec 9>"$state/$1.lock"
  flock 9
}

free_port() {
  python3 -c 'import socket; s = socket.socket(); s.bind(("127.0.0.1", 0)); print(s.getsockname()[1])'
}

# running PIDFILE: true while the process named there lives.
running() { [ -s "$1" ] && kill -0 "$(cat "$1")" 2>/dev/null; }

# wait_for SECONDS LOG PIDFILE COMMAND...: until COMMAND succeeds; shows the log's end when it never does.
wait_for() {
  local limit=$1 log=$2 pidfile=$3 deadline
  shift 3
  deadline=$((SECONDS + limit))
  until "$@" >/dev/null 2>&1; do
    if ! running "$pidfile" || [ "$SECONDS" -ge "$deadline" ]; then
      tail -n 20 "$log" >&2 || true
      return 1
    fi
    sleep 0.2
  done
}

# stop_pid PIDFILE: asks the process to end, waits for it, and insists after twenty seconds.
stop_pid() {
  local pid deadline
  running "$1" || { rm -f "$1"; return 0; }
  pid=$(cat "$1")
  kill "$pid" 2>/dev/null || true
  deadline=$((SECONDS + 20))
  while kill -0 "$pid" 2>/dev/null; do
    if [ "$SECONDS" -ge "$deadline" ]; then
      kill -KILL "$pid" 2>/dev/null || true
      break
    fi
    sleep 0.1
  done
  rm -f "$1"
}

# detached LOG PIDFILE COMMAND...: in a session of its own, so that Ctrl-C in the terminal does not reach it.
detached() {
  local log=$1 pidfile=$2
  shift 2
  setsid "$@" >"$log" 2>&1 </dev/null &
  echo $! >"$pidfile"
  disown
}

# debian_root RELEASE DIRECTORY PACKAGES: a whole Debian, with a working apt, in a directory; packages with commas.
debian_root() {
  need debootstrap debootstrap
  need_root
  rm -rf "$2"
  debootstrap --variant=minbase --include="ca-certificates,$3" "$1" "$2" "${DEBIAN_MIRROR:-http://deb.debian.org/debian}" \
    >"$2.log" 2>&1 || { tail -n 20 "$2.log" >&2; die "debootstrap failed"; }
  rm -rf "$2/var/cache/apt/archives" "$2"/usr/share/{doc,man,locale}/*
  mkdir -p "$2/var/cache/apt/archives/partial"
  trust_our_certificates "$2"
}

# trust_our_certificates ROOT: where a proxy re-signs what package indexes send, installers in ROOT need to know it.
trust_our_certificates() {
  mkdir -p "$1/etc/ssl/certs"
  cp -L "${SSL_CERT_FILE:-/etc/ssl/certs/ca-certificates.crt}" "$1/etc/ssl/certs/ca-certificates.crt"
  printf '[global]\ncert = /etc/ssl/certs/ca-certificates.crt\nroot-user-action = ignore\n' >"$1/etc/pip.conf"
  mkdir -p "$1/etc/uv"
  echo 'native-tls = true' >"$1/etc/uv/uv.toml"
}
