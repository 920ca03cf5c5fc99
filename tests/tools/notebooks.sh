#!/usr/bin/env bash
# Two Python environments for notebooks: one with the retired toolkit, IPython and what the agents import, and one that has
# the same and our wheel. Prints the paths of both interpreters.
. "$(dirname "$0")/lib.sh"

alone notebooks
uv=$("$tools/venv.sh")/bin/uv
requirements=$root/tests/outside/notebooks/requirements.txt
base=$state/notebooks
if ! cmp -s "$requirements" "$base/.requirements"; then
  rm -rf "$base"
  python3 -m venv --without-pip "$base"
  "$uv" pip install --quiet --python "$base/bin/python" -r "$requirements" >&2
  cp "$requirements" "$base/.requirements"
fi

# The toolkit has a program of the same name as ours: they cannot be installed in one place.
wheel=$("$tools/wheel.sh")
ours=$state/notebooks-wheel
if [ "$wheel" -nt "$ours/.wheel" ]; then
  rm -rf "$ours"
  python3 -m venv --without-pip "$ours"
  site=$("$ours/bin/python" -c 'import sysconfig; print(sysconfig.get_path("purelib"))')
  "$base/bin/python" -c 'import sysconfig; print(sysconfig.get_path("purelib"))' >"$site/base.pth"
  "$("$tools/venv.sh")/bin/pip" --python "$ours/bin/python" install --quiet --disable-pip-version-check --no-index --no-deps "$wheel" >&2
  touch "$ours/.wheel"
fi
echo "$base/bin/python $ours/bin/python"
