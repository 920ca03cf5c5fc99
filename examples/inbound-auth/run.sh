#!/usr/bin/env bash
# An agent behind a Cognito user pool, from nothing and back to nothing, against whatever AWS the environment names.
#
#   agentcore sandbox run -- examples/inbound-auth/run.sh [plain|strands]
#
# It works on a copy of this folder, checks every exit status and answer, and removes what it made, also when it fails.
#
#   AGENTCORE      the program (default: `agentcore` on PATH, else this repository's last build)
#   AGENT_MODEL    the model of the `strands` variant (default: stand-in, a local one)
#   CONFIGURE_FLAGS, LAUNCH_FLAGS   more flags for these commands, such as `--python 3.13` and `--builder engine`
set -euo pipefail

here=$(cd "$(dirname "$0")" && pwd)
variant=${1:-plain}
case $variant in
  plain) entrypoint=agent.py requirements=requirements-plain.txt name=plain_agent_inbound_identity ;;
  strands) entrypoint=strands_claude.py requirements=requirements.txt name=strands_agent_inbound_identity ;;
  *) echo "usage: run.sh [plain|strands]" >&2; exit 2 ;;
esac

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

# field NAME: a member of `data` in the JSON document on stdin.
field() { python3 -c 'import json, sys; print(json.load(sys.stdin)["data"][sys.argv[1]])' "$1"; }

# answer PROMPT: the bytes that the agent sends for it.
answer() {
  case $variant in
    plain) printf '{"answer": "You said: %s"}' "$1" ;;
    strands) printf '"You asked: %s The weather is sunny."' "$1" ;;
  esac
}

# Keys, tokens and answers are written beside the project, not into it.
mkdir "$work/project"
cp "$here"/*.py "$here"/requirements*.txt "$work/project"
cd "$work/project"

step "1. A user pool with one client and one user"
made_pool=yes
expect 0 "$agentcore" identity setup-cognito --inbound-only --pool-name "$name" -o json >"$work/pool.json"
client=$(field clientId <"$work/pool.json")
discovery=$(field discoveryUrl <"$work/pool.json")
echo "client $client, discovery document $discovery"

step "2. Configure"
# shellcheck disable=SC2086
expect 0 "$agentcore" configure -e "$entrypoint" --name "$name" --requirements-file "$requirements" \
  --discovery-url "$discovery" --allowed-client "$client" --non-interactive ${CONFIGURE_FLAGS:-}
cat .bedrock_agentcore.yaml

step "3. Launch"
made_agent=yes
# shellcheck disable=SC2086
expect 0 "$agentcore" launch --env "AGENT_MODEL=${AGENT_MODEL:-stand-in}" ${LAUNCH_FLAGS:-}

step "4. Status"
expect 0 "$agentcore" status
expect 0 "$agentcore" status -o json >"$work/status.json"
grep -q READY "$work/status.json"

step "5. Invoke without a token: refused"
expect 3 "$agentcore" invoke '{"prompt": "How is the weather now?"}'

step "6. Invoke with a token"
expect 0 "$agentcore" identity token >"$work/token"
for prompt in 'How is the weather now?' '지금 날씨 어때요?' '今の天気はどうですか？'; do
  expect 0 "$agentcore" invoke "{\"prompt\": \"$prompt\"}" --bearer-token-file "$work/token" >"$work/answer"
  cat "$work/answer"
  echo
  if [ "${AGENT_MODEL:-stand-in}" = stand-in ]; then
    answer "$prompt" | cmp - "$work/answer"
  fi
done
echo "the same, streamed, with the token in the environment:"
AGENTCORE_BEARER_TOKEN=$(cat "$work/token") \
  expect 0 "$agentcore" invoke '{"prompt": "How is the weather now?", "stream": true}'

step "7. Clean up"
expect 0 "$agentcore" destroy --force --delete-ecr-repo
made_agent=''
expect 5 "$agentcore" invoke '{"prompt": "Anyone there?"}' --bearer-token-file "$work/token"
expect 0 "$agentcore" identity cleanup --force
made_pool=''

step "Done: refused without a token, answered with one, and nothing left"
