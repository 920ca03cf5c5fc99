#!/usr/bin/env bash
# Docker Engine for the tests, beside any other that runs: own data, socket and pid file, no bridge, no iptables.
# Containers and builds need `--network=host` with it, and the classic builder (DOCKER_BUILDKIT=0). For programs that
# call `docker build` themselves, ENGINE_BIN is a folder with a `docker` that adds that flag.
#
#   engine.sh start   starts it if needed, waits until it answers, prints the variables to set
#   engine.sh env     prints them again
#   engine.sh stop    stops it and removes its data
. "$(dirname "$0")/lib.sh"

dir=$state/engine
pidfile=$dir/dockerd.pid
socket=$dir/docker.sock

variables() {
  echo "DOCKER_HOST=unix://$socket"
  echo "DOCKER_BUILDKIT=0"
  echo "ENGINE_BIN=$dir/bin"
}

wrapper() {
  mkdir -p "$dir/bin"
  cat >"$dir/bin/docker" <<SCRIPT
#!/bin/sh
docker=$(command -v docker)
if [ "\$1" = build ]; then
  shift
  exec "\$docker" build --network=host "\$@"
fi
exec "\$docker" "\$@"
SCRIPT
  chmod +x "$dir/bin/docker"
}

# overlay2 where the data's file system takes overlays. vfs works on any, and copies all layers below for each new one.
driver() {
  local probe=$dir/probe found=vfs
  mkdir -p "$probe"/{lower,upper,work,merged}
  if mount -t overlay overlay -o "lowerdir=$probe/lower,upperdir=$probe/upper,workdir=$probe/work" "$probe/merged" 2>/dev/null; then
    umount "$probe/merged" && found=overlay2
  fi
  rm -rf "$probe"
  echo "$found"
}

case ${1:-} in
  start)
    need dockerd docker.io
    need_root
    mkdir -p "$dir"
    if ! running "$pidfile"; then
      wrapper
      detached "$dir/log" "$pidfile" dockerd -s "$(driver)" --iptables=false --ip6tables=false --bridge=none \
        --data-root "$dir/data" --exec-root "$dir/exec" --pidfile "$dir/own.pid" -H "unix://$socket"
    fi
    wait_for 60 "$dir/log" "$pidfile" docker -H "unix://$socket" version || die "dockerd did not answer"
    variables
    ;;
  env) running "$pidfile" || die "not running"; variables ;;
  stop)
    if running "$pidfile"; then
      # Containers would outlive the daemon and keep its directories busy.
      docker -H "unix://$socket" ps -q | xargs -r docker -H "unix://$socket" kill >/dev/null 2>&1 || true
    fi
    stop_pid "$pidfile"
    # What is left mounted (the host's network namespace, a killed container's root) would stop the removal.
    awk -v under="$dir/" 'index($2, under) == 1 { print $2 }' /proc/mounts | sort -r | xargs -r umount
    rm -rf "$dir"
    ;;
  *) die "usage: engine.sh start|env|stop" ;;
esac
