#!/usr/bin/env bash
# The wheel of one platform, as releases have it: `packaging/wheel.sh TARGET DIRECTORY`.
#
#   Linux        linked against the GNU C library 2.17 by zig, so that it runs on everything since RHEL 7 and Debian 8
#   everywhere   the commit in `agentcore --version --verbose`, no path of the machine that compiled it in the binary
#   but Windows  the list of its crates in the binary, which `cargo audit bin` and image scanners read
#
# Needs maturin with zig (`pip install 'maturin[zig]'`) and cargo-auditable.
set -euo pipefail
cd "$(dirname "$0")/.."
target=${1:?usage: packaging/wheel.sh TARGET DIRECTORY}
out=${2:?usage: packaging/wheel.sh TARGET DIRECTORY}

flags=(--release --locked --target "$target" --out "$out")
case $target in *-linux-gnu) flags+=(--zig --compatibility manylinux_2_17) ;; esac

# An archive of the source has no commit.
if commit=$(git rev-parse HEAD 2>/dev/null); then
  git diff-index --quiet HEAD || commit+=" with changes"
  export AGENTCORE_COMMIT=$commit
fi

# rustc knows a folder of Windows by another name than this shell.
shown() { case $target in *-windows-*) cygpath -w "$1" ;; *) printf %s "$1" ;; esac; }
registry=${CARGO_HOME:-$HOME/.cargo}/registry/src
# The flags are separated by \x1f: a path may have blanks.
CARGO_ENCODED_RUSTFLAGS=$(printf -- '--remap-path-prefix=%s=/cargo\x1f--remap-path-prefix=%s=/agentcore' \
  "$(shown "$registry")" "$(shown "$PWD")")
export CARGO_ENCODED_RUSTFLAGS

# maturin has no option for it: it calls the `cargo` that it finds.
case $target in
*-windows-*) ;;
*)
  command -v cargo-auditable >/dev/null || {
    echo "wheel.sh: cargo-auditable is missing: cargo install cargo-auditable --locked" >&2
    exit 1
  }
  wrapper=$(mktemp -d)
  trap 'rm -rf "$wrapper"' EXIT
  printf '#!/bin/sh\nexec "%s" auditable "$@"\n' "$(command -v cargo)" >"$wrapper/cargo"
  chmod +x "$wrapper/cargo"
  PATH=$wrapper:$PATH
  ;;
esac
maturin build "${flags[@]}"
