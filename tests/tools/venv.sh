#!/usr/bin/env bash
# The Python environment of the outside suite: made once, made again when its requirements change. Prints its path.
#
#   venv.sh [DIRECTORY]   by default AGENTCORE_TEST_VENV, else `venv` below AGENTCORE_TEST_DIR
. "$(dirname "$0")/lib.sh"

venv=${1:-${AGENTCORE_TEST_VENV:-$state/venv}}
requirements=$root/tests/outside/requirements.txt
stamp=$venv/.requirements
if ! cmp -s "$requirements" "$stamp"; then
  python3 -m venv "$venv" || die "\`python3 -m venv\` failed; on Debian: apt-get install python3-venv"
  "$venv/bin/pip" install --quiet --disable-pip-version-check -r "$requirements" >&2
  cp "$requirements" "$stamp"
fi
echo "$venv"
