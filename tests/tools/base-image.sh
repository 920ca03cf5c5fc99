#!/usr/bin/env bash
# A Python base image for linux/amd64 and linux/arm64, made of Debian packages: no registry is needed to get one and
# nothing of the other architecture is run to make it. The result is an OCI layout with an index of both, tagged with
# Python's version (`3.11`), kept below AGENTCORE_TEST_DIR and made again when this script changes.
#
#   base-image.sh make              makes it if needed, prints the layout's directory and the tag
#   base-image.sh push REFERENCE    pushes it to REFERENCE (host:port/name:tag) over plain HTTP, with the credentials
#                                   in REGISTRY_USER and REGISTRY_PASSWORD if they are set
#   base-image.sh load REFERENCE    loads this machine's architecture into the engine at DOCKER_HOST
. "$(dirname "$0")/lib.sh"

dir=$state/base-image
layout=$dir/layout
# The packages' own dependencies come with them. Essential packages are not dependencies of anything.
packages="base-files base-passwd bash coreutils dash findutils grep gzip hostname libc-bin login sed tar
  ca-certificates python3 python3-pip"

# apt with its own state, so that neither this machine's package lists nor its architectures change.
private_apt() { # private_apt ARCHITECTURE ARGUMENTS...
  local arch=$1 home=$dir/apt-$1
  shift
  mkdir -p "$home/state/lists/partial" "$home/cache/archives/partial"
  : >"$home/status"
  apt-get -qq -o APT::Architecture="$arch" -o APT::Architectures::="$arch" -o APT::Sandbox::User=root \
    -o Dir::State="$home/state" -o Dir::State::status="$home/status" -o Dir::Cache="$home/cache" \
    -o APT::Install-Recommends=false -o Acquire::Languages=none "$@"
}

unpack() { # unpack ARCHITECTURE: the packages' files in a directory, and the few that maintainer scripts would make
  local arch=$1 files=$dir/root-$1 name
  private_apt "$arch" update >&2
  # shellcheck disable=SC2086
  private_apt "$arch" -y --download-only install $packages >&2
  rm -rf "$files"
  mkdir -p "$files"/usr/{bin,sbin,lib}
  for name in bin sbin lib; do ln -s "usr/$name" "$files/$name"; done
  [ "$arch" != amd64 ] || { mkdir -p "$files/usr/lib64"; ln -s usr/lib64 "$files/lib64"; }
  for name in "$dir/apt-$arch"/cache/archives/*.deb; do
    dpkg-deb --fsys-tarfile "$name" | tar -x -C "$files" --keep-directory-symlink --no-same-owner \
      --exclude='./usr/share/doc/*' --exclude='./usr/share/man/*' --exclude='./usr/share/locale/*'
  done
  cp "$files/usr/share/base-passwd/passwd.master" "$files/etc/passwd"
  cp "$files/usr/share/base-passwd/group.master" "$files/etc/group"
  trust_our_certificates "$files"
  ln -s python3 "$files/usr/bin/python"
  # Images of the Python project have no such marker either; `pip install` in a Dockerfile counts on that.
  rm -f "$files"/usr/lib/python3.*/EXTERNALLY-MANAGED
  mkdir -p "$files/tmp" "$files/proc" "$files/sys" "$files/dev" "$files/root" "$files/etc"
  chmod 1777 "$files/tmp"
}

make() {
  local arch key
  alone base-image
  key=$(cat "$tools/base-image.sh" "$tools/lib.sh" "$tools/oci_layout.py" | sha256sum | cut -d' ' -f1)
  if [ "$(cat "$dir/key" 2>/dev/null)" != "$key" ]; then
    need dpkg-deb dpkg
    need_root # for the owners of the files in the image
    rm -rf "$dir"
    mkdir -p "$dir"
    for arch in amd64 arm64; do unpack "$arch"; done
    version=$(basename "$(readlink "$dir/root-amd64/usr/bin/python3")")
    python3 "$tools/oci_layout.py" "$layout" "${version#python}" "amd64=$dir/root-amd64" "arm64=$dir/root-arm64"
    echo "${version#python}" >"$dir/version"
    rm -rf "$dir"/root-* "$dir"/apt-*
    echo "$key" >"$dir/key"
  fi
  tag=$(cat "$dir/version")
}

copy() { # copy SKOPEO-ARGUMENTS...: without a trust policy file of this machine
  skopeo --insecure-policy copy --quiet "$@"
}

case ${1:-} in
  make) make; echo "$layout $tag" ;;
  push)
    need skopeo skopeo
    make
    # The password goes through a file: the arguments of a process can be read by everyone.
    auth=$dir/auth.json
    host=${2%%/*}
    ( umask 077
      python3 - "$host" >"$auth" <<'PYTHON'
import base64, json, os, sys
pair = f"{os.environ.get('REGISTRY_USER', '')}:{os.environ.get('REGISTRY_PASSWORD', '')}"
entry = {sys.argv[1]: {"auth": base64.b64encode(pair.encode()).decode()}} if pair != ":" else {}
print(json.dumps({"auths": entry}))
PYTHON
    )
    copy --all --authfile "$auth" --dest-tls-verify=false "oci:$layout:$tag" "docker://$2"
    ;;
  load)
    need skopeo skopeo
    make
    copy --dest-daemon-host "${DOCKER_HOST:-unix:///var/run/docker.sock}" "oci:$layout:$tag" "docker-daemon:$2"
    ;;
  *) die "usage: base-image.sh make | push REFERENCE | load REFERENCE" ;;
esac
