#!/usr/bin/env bash
# moto's stand-alone server (a stand-in for AWS that nobody here wrote) on a free loopback port.
#
#   moto.sh start   starts it if needed, from the environment that venv.sh makes, and prints MOTO_URL
#   moto.sh env     prints it again
#   moto.sh stop    stops it; its state lives in memory and goes with it
. "$(dirname "$0")/lib.sh"

dir=$state/moto
pidfile=$dir/moto.pid

case ${1:-} in
  start)
    mkdir -p "$dir"
    if ! running "$pidfile"; then
      venv=$("$tools/venv.sh")
      port=$(free_port)
      echo "MOTO_URL=http://127.0.0.1:$port" >"$dir/env"
      # Without its own account moto would look for real credentials in some services.
      MOTO_ACCOUNT_ID=123456789012 detached "$dir/log" "$pidfile" "$venv/bin/moto_server" -H 127.0.0.1 -p "$port"
    fi
    # shellcheck disable=SC1091
    . "$dir/env"
    wait_for 60 "$dir/log" "$pidfile" curl -fsS "$MOTO_URL/moto-api/data.json" || die "moto did not answer"
    cat "$dir/env"
    ;;
  env) running "$pidfile" || die "not running"; cat "$dir/env" ;;
  stop)
    stop_pid "$pidfile"
    rm -rf "$dir"
    ;;
  *) die "usage: moto.sh start|env|stop" ;;
esac
