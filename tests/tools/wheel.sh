#!/usr/bin/env bash
# The wheel around the binary that `cargo build` made: the same profile, so that nothing is compiled twice. Prints its path.
#
#   wheel.sh     needs cargo on PATH, and maturin, which is in the environment of venv.sh
. "$(dirname "$0")/lib.sh"

alone wheel
maturin=$("$tools/venv.sh")/bin/maturin
wheels=$state/wheels
mkdir -p "$wheels"
made=$(find "$wheels" -name '*.whl')
sources=("$root/target/debug/agentcore" "$root/python/agentcore" "$root/pyproject.toml" "$root/Cargo.toml")
stale() { [ -n "$(find "${sources[@]}" -type f -not -name '*.pyc' -newer "$made" -print -quit 2>&1)" ]; }
if [ -z "$made" ] || stale; then
  rm -rf "$wheels"
  # It stays on this machine: nothing has to be made small, nor looked through for a manylinux.
  (cd "$root" && "$maturin" build --quiet --locked --profile dev --compatibility linux --compression-method stored --out "$wheels") >&2
  made=$(find "$wheels" -name '*.whl')
fi
echo "$made"
