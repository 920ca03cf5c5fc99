#!/usr/bin/env bash
# A complete Debian for the engine's store, for Dockerfiles that install more than Python packages: apt works in it, and
# it has Python with pip and this machine's Node.js with npm. For this machine's architecture; kept below
# AGENTCORE_TEST_DIR and made again when this script changes.
#
#   debian-image.sh load REFERENCE    imports it into the engine at DOCKER_HOST
. "$(dirname "$0")/lib.sh"

dir=$state/debian-image
files=$dir/root

make() {
  local key node modules
  alone debian-image
  need node nodejs
  key=$( (cat "$tools/debian-image.sh" "$tools/lib.sh"; node --version) | sha256sum | cut -d' ' -f1)
  [ "$(cat "$dir/key" 2>/dev/null)" != "$key" ] || return 0
  mkdir -p "$dir"
  rm -f "$dir/key"
  # The release of this machine, so that its Node.js finds the libraries that it was linked with.
  # shellcheck disable=SC1091
  debian_root "$(. /etc/os-release && echo "$VERSION_CODENAME")" "$files" python3,python3-pip,libstdc++6
  # Images of the Python project have `python`, and nothing that keeps pip from installing.
  ln -sf python3 "$files/usr/bin/python"
  rm -f "$files"/usr/lib/python3*/EXTERNALLY-MANAGED
  node=$(node -p 'process.execPath')
  modules=$(npm root --global 2>/dev/null)
  install -m 755 "$node" "$files/usr/local/bin/node"
  mkdir -p "$files/usr/local/lib/node_modules"
  cp -a "$modules/npm" "$files/usr/local/lib/node_modules/npm"
  ln -sf ../lib/node_modules/npm/bin/npm-cli.js "$files/usr/local/bin/npm"
  ln -sf ../lib/node_modules/npm/bin/npx-cli.js "$files/usr/local/bin/npx"
  # Every user reads it from here.
  mkdir -p "$files/usr/local/etc"
  printf 'cafile=/etc/ssl/certs/ca-certificates.crt\n' >"$files/usr/local/etc/npmrc"
  tar -C "$files" --numeric-owner --exclude=./proc/* --exclude=./sys/* --exclude=./dev/* -cf "$dir/root.tar" .
  rm -rf "$files"
  echo "$key" >"$dir/key"
}

case ${1:-} in
  load)
    need docker docker.io
    make
    docker import --change 'ENV PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin LANG=C.UTF-8' \
      --change 'CMD ["python3"]' "$dir/root.tar" "$2" >/dev/null
    ;;
  *) die "usage: debian-image.sh load REFERENCE" ;;
esac
