#!/usr/bin/env bash
# Debian's docker-registry on a free loopback port, with basic authentication.
#
#   registry.sh start   starts it if needed and prints REGISTRY (host:port), REGISTRY_USER and REGISTRY_PASSWORD
#   registry.sh env     prints them again
#   registry.sh stop    stops it and removes its blobs
. "$(dirname "$0")/lib.sh"

dir=$state/registry
pidfile=$dir/registry.pid

case ${1:-} in
  start)
    need docker-registry docker-registry
    need htpasswd apache2-utils
    mkdir -p "$dir"
    if ! running "$pidfile"; then
      port=$(free_port)
      password=$(python3 -c 'import secrets; print(secrets.token_urlsafe(18))')
      printf '%s' "$password" | htpasswd -niB tester >"$dir/htpasswd"
      ( umask 077
        printf 'REGISTRY=127.0.0.1:%s\nREGISTRY_USER=tester\nREGISTRY_PASSWORD=%s\n' "$port" "$password" >"$dir/env" )
      cat >"$dir/config.yml" <<CONFIG
version: 0.1
log: { level: warn }
storage:
  filesystem: { rootdirectory: $dir/blobs }
  delete: { enabled: true }
http: { addr: "127.0.0.1:$port" }
auth:
  htpasswd: { realm: tests, path: $dir/htpasswd }
CONFIG
      detached "$dir/log" "$pidfile" docker-registry serve "$dir/config.yml"
    fi
    # shellcheck disable=SC1091
    . "$dir/env"
    wait_for 20 "$dir/log" "$pidfile" curl -fsS -u "$REGISTRY_USER:$REGISTRY_PASSWORD" "http://$REGISTRY/v2/" \
      || die "the registry did not answer"
    cat "$dir/env"
    ;;
  env) running "$pidfile" || die "not running"; cat "$dir/env" ;;
  stop)
    stop_pid "$pidfile"
    rm -rf "$dir"
    ;;
  *) die "usage: registry.sh start|env|stop" ;;
esac
