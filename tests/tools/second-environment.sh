#!/usr/bin/env bash
# Builds the same projects on this machine and in a second environment, and compares the digests of image and archive.
# The second one is another release of Debian in a directory: another C library, Python, pip, uv and npm, another file
# system (tmpfs lists files in another order), another user, umask, home, time zone and locale, and a folder of another name.
#
#   second-environment.sh compare BINARY    exit status 1 when a digest differs; needs REGISTRY… of registry.sh
#   second-environment.sh make              only makes the environment and prints its directory
#   second-environment.sh stop              unmounts what an interrupted comparison left mounted, and removes it all
#
# The environment is kept below AGENTCORE_TEST_DIR.
. "$(dirname "$0")/lib.sh"

release=trixie
uv=0.9.5
npm=10.9.2
dir=$state/second-environment
there=$dir/root
# Nobody has this user on either side.
user=4321

make() {
  local key
  need node nodejs
  need npm npm
  key=$(cat "$tools/second-environment.sh" "$tools/lib.sh" | sha256sum | cut -d' ' -f1)
  [ "$(cat "$dir/key" 2>/dev/null)" != "$key" ] || return 0
  mkdir -p "$dir"
  rm -f "$dir/key"
  debian_root "$release" "$there" python3,python3-pip,python3-venv,git,nodejs,locales
  echo 'tr_TR.UTF-8 UTF-8' >"$there/etc/locale.gen"
  chroot "$there" locale-gen >&2
  # pip unpacks wheels for another system as well as for its own.
  python3 -m pip download --quiet --no-deps --dest "$dir/uv" "uv==$uv"
  python3 -m zipfile -e "$dir"/uv/uv-*.whl "$dir/uv"
  install -D -m 755 "$dir"/uv/uv-*.data/scripts/uv "$there/opt/uv/uv"
  npm install --silent --no-fund --no-audit --prefix "$there/opt/npm" "npm@$npm" >&2
  printf '#!/bin/sh\nexec node /opt/npm/node_modules/npm/bin/npm-cli.js "$@"\n' >"$there/usr/local/bin/npm"
  printf '#!/bin/sh\nexec node /opt/npm/node_modules/npm/bin/npx-cli.js "$@"\n' >"$there/usr/local/bin/npx"
  chmod 755 "$there/usr/local/bin/npm" "$there/usr/local/bin/npx"
  rm -rf "$dir/uv"
  echo "$key" >"$dir/key"
}

# digest: the digest in the JSON of a build on stdin.
digest() { python3 -c 'import json, sys; print(json.load(sys.stdin)["data"]["digest"])'; }

# variables HOME: what both sides are told, and nothing else of this environment. The two have no version of Python in
# common, so neither may compile.
variables() {
  env | grep -E '^(HTTPS?_PROXY|NO_PROXY|https?_proxy|no_proxy)=' || true
  printf '%s\n' "HOME=$1" "DOCKER_CONFIG=$1/docker" SSL_CERT_FILE=/etc/ssl/certs/ca-certificates.crt \
    NODE_EXTRA_CA_CERTS=/etc/ssl/certs/ca-certificates.crt AWS_EC2_METADATA_DISABLED=true AGENTCORE_BYTE_CODE=off
}

# configure_flags PROJECT KIND, build_flags PROJECT KIND: how it is configured, and how it is built.
configure_flags() {
  case $1-$2 in
    typescript-zip) echo -ni -do -dm -n same -e src/agent.ts -dt direct_code_deploy -rt NODE_22 ;;
    typescript-*) echo -ni -do -dm -n same -e src/agent.ts ;;
    *-zip) echo -ni -do -dm -n same -e agent.py -dt direct_code_deploy -rt PYTHON_3_12 ;;
    *) echo -ni -do -dm -n same -e agent.py --python "$python" ;;
  esac
}

build_flags() {
  case $1-$2 in
    *-image) echo build -o json --builder native --base-image "$base" --platform linux/arm64 ;;
    *) echo build -o json ;;
  esac
}

# login HOME: the registry's login, as Docker keeps it.
login() {
  mkdir -p "$1/docker"
  ( umask 077
    printf '{"auths": {"%s": {"auth": "%s"}}}' "$REGISTRY" \
      "$(printf '%s:%s' "$REGISTRY_USER" "$REGISTRY_PASSWORD" | base64 -w0)" >"$1/docker/config.json" )
}

# here PROJECT KIND: built on this machine, with uv.
here() {
  local folder=$work/here/$1-$2 home=$work/here-home
  mkdir -p "$folder" "$home"
  cp -R "$root/tests/packages/$1/." "$folder"
  login "$home"
  # shellcheck disable=SC2046
  ( cd "$folder"
    mapfile -t vars < <(variables "$home")
    agentcore() { env -i "${vars[@]}" PATH="$work/uv:$PATH" LANG=C.UTF-8 TZ=UTC "$binary" "$@"; }
    agentcore configure $(configure_flags "$1" "$2") >"$work/log" 2>&1 || { cat "$work/log" >&2; exit 1; }
    agentcore $(build_flags "$1" "$2") 2>"$work/log" || { cat "$work/log" >&2; exit 1; }
  ) | digest
}

# elsewhere PROJECT KIND INSTALLER: built in the second environment.
elsewhere() {
  local folder="/tmp/Zweite Umgebung/$3/$2/$1" home=/tmp/home-$3-$1-$2 path=/usr/local/bin:/usr/bin:/bin
  [ "$3" != uv ] || path=/opt/uv:$path
  # In the reverse order, with other times and modes; umask keeps them from everybody else.
  ( umask 077
    mkdir -p "$there$folder" "$there$home"
    cd "$root/tests/packages/$1"
    find . -type d | sort -r | while read -r name; do mkdir -p "$there$folder/$name"; done
    find . -type f | sort -r | while read -r name; do
      cat "$name" >"$there$folder/$name"
      touch -d '2001-02-03 04:05:06' "$there$folder/$name"
    done )
  login "$there$home"
  chown -R "$user:$user" "$there/tmp/Zweite Umgebung" "$there$home"
  mapfile -t vars < <(variables "$home")
  # shellcheck disable=SC2016,SC2046
  inside() {
    env -i "${vars[@]}" PATH=$path LANG=tr_TR.UTF-8 LC_ALL=tr_TR.UTF-8 TZ=Asia/Kathmandu FOLDER="$folder" \
      "$(command -v chroot)" --userspec="$user:$user" "$there" sh -c 'umask 077; cd "$FOLDER" && exec /opt/agentcore "$@"' - "$@"
  }
  # shellcheck disable=SC2046
  inside configure $(configure_flags "$1" "$2") >"$work/log" 2>&1 || { cat "$work/log" >&2; return 1; }
  # shellcheck disable=SC2046
  { inside $(build_flags "$1" "$2") 2>"$work/log" || { cat "$work/log" >&2; return 1; }; } | digest
}

unmount() { umount "$there/proc" "$there/tmp" 2>/dev/null || true; }

leave() {
  unmount
  rm -rf "$work"
}

compare() {
  local project kind installer first second differ=0
  binary=$(realpath "$1")
  work=$(mktemp -d)
  trap leave EXIT
  : "${REGISTRY:?set it with tests/tools/registry.sh}"
  make
  read -r _ python < <("$tools/base-image.sh" make)
  base=$REGISTRY/base/python:$python
  "$tools/base-image.sh" push "$base"
  mkdir -p "$work/uv"
  ln -s "$("$tools/venv.sh")/bin/uv" "$work/uv/uv"
  install -m 755 "$binary" "$there/opt/agentcore"
  mount -t proc proc "$there/proc"
  mount -t tmpfs -o mode=1777 tmpfs "$there/tmp"
  say "here: $(glibc), $("$work/uv/uv" --version), npm $(npm --version)"
  say "there: $(chroot "$there" sh -c 'ldd --version | head -1; python3 --version; /opt/uv/uv --version; pip --version | cut -d" " -f1,2; echo npm; npm --version' | paste -sd' ')"
  for project in requirements typescript; do
    for kind in image zip; do
      first=$(here "$project" "$kind") || die "building $project as $kind failed here"
      for installer in uv pip; do
        [ "$project-$installer" != typescript-pip ] || continue
        second=$(elsewhere "$project" "$kind" "$installer") || die "building $project as $kind failed there"
        if [ "$first" = "$second" ]; then
          echo "same    $project $kind ($installer there) $first"
        else
          echo "DIFFERS $project $kind ($installer there) $first here, $second there"
          differ=1
        fi
      done
    done
  done
  return "$differ"
}

glibc() { ldd --version | head -1; }

case ${1:-} in
  make) make; echo "$there" ;;
  compare) compare "${2:?which binary?}" ;;
  stop)
    unmount
    # What is still mounted would be emptied with the rest.
    if grep -qs " $there/" /proc/mounts; then die "something is still mounted below $there"; fi
    rm -rf "$dir"
    ;;
  *) die "usage: second-environment.sh make | compare BINARY | stop" ;;
esac
