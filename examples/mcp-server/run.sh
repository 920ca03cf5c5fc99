#!/usr/bin/env bash
# An MCP server behind a Cognito user pool, from nothing and back to nothing, against whatever AWS the environment names.
#
#   agentcore sandbox run --runner process -- examples/mcp-server/run.sh
#
# It works on a copy of this folder, checks every exit status and answer, and removes what it made, also when it fails.
#
#   AGENTCORE      the program (default: `agentcore` on PATH, else this repository's last build)
#   LAUNCH_FLAGS   more flags for `launch`, such as `--builder engine`
set -euo pipefail

here=$(cd "$(dirname "$0")" && pwd)
name=mcp_orders

find_agentcore() {
  local each
  for each in "${AGENTCORE:-}" "$(command -v agentcore || true)" "$here"/../../target/{release,debug}/agentcore; do
    if [ -n "$each" ] && [ -x "$each" ]; then
      echo "$each"
      return
    fi
  done
  echo "agentcore is not on PATH; set AGENTCORE to the program" >&2
  exit 2
}
agentcore=$(find_agentcore)

work=$(mktemp -d)
made_pool='' made_agent=''
finish() {
  status=$?
  trap - EXIT
  if [ -n "$made_agent" ]; then "$agentcore" destroy --force --delete-ecr-repo || true; fi
  if [ -n "$made_pool" ]; then "$agentcore" identity cleanup --force || true; fi
  cd /
  rm -rf "$work"
  exit "$status"
}
trap finish EXIT

step() { printf '\n== %s\n' "$*"; }

# expect STATUS COMMAND...: runs it and stops when it ends with another status.
expect() {
  local wanted=$1 got=0
  shift
  "$@" || got=$?
  if [ "$got" != "$wanted" ]; then
    printf 'expected exit status %s and got %s from: %s\n' "$wanted" "$got" "$*" >&2
    exit 1
  fi
}

# answers TEXT ARGUMENTS...: a call that must print exactly this.
answers() {
  local wanted=$1 got
  shift
  got=$(expect 0 "$agentcore" invoke "$@" --bearer-token-file "$work/token")
  echo "$got"
  if [ "$got" != "$wanted" ]; then
    printf 'expected %s\n' "$wanted" >&2
    exit 1
  fi
}

# field NAME: a member of `data` in the JSON document on stdin.
field() { python3 -c 'import json, sys; print(json.load(sys.stdin)["data"][sys.argv[1]])' "$1"; }

# Keys, tokens and answers are written beside the project, not into it.
mkdir "$work/project"
cp "$here"/server.py "$here"/requirements.txt "$work/project"
cd "$work/project"

step "1. A user pool with one client and one user"
made_pool=yes
expect 0 "$agentcore" identity setup-cognito --inbound-only --pool-name "$name" -o json >"$work/pool.json"
client=$(field clientId <"$work/pool.json")
discovery=$(field discoveryUrl <"$work/pool.json")

step "2. Configure a server of MCP"
expect 0 "$agentcore" configure -e server.py --name "$name" --protocol MCP --requirements-file requirements.txt \
  --discovery-url "$discovery" --allowed-client "$client" --disable-otel --non-interactive

step "3. Launch"
made_agent=yes
# shellcheck disable=SC2086
expect 0 "$agentcore" launch ${LAUNCH_FLAGS:-}

step "4. Its tools without a token: refused"
expect 3 "$agentcore" invoke --list-tools

step "5. Its tools with a token"
expect 0 "$agentcore" identity token >"$work/token"
expect 0 "$agentcore" invoke --list-tools --bearer-token-file "$work/token" | tee "$work/tools"
grep -q 'a: integer, b: integer' "$work/tools"

step "6. Calls of tools"
answers 42 --tool add '{"a": 40, "b": 2}'
answers '2 x scone: 550 cents' --tool quote '{"item": "scone", "pieces": 2}'
echo "a tool that fails, and one that is not there:"
expect 8 "$agentcore" invoke --tool quote '{"item": "coffee"}' --bearer-token-file "$work/token" 2>"$work/failure"
grep 'there is no coffee on the menu' "$work/failure"
expect 8 "$agentcore" invoke --tool brew --bearer-token-file "$work/token"

step "7. Clean up"
expect 0 "$agentcore" destroy --force --delete-ecr-repo
made_agent=''
expect 0 "$agentcore" identity cleanup --force
made_pool=''

step "Done: refused without a token, tools listed and called with one, and nothing left"
