#!/usr/bin/env bash
# An agent in TypeScript, from nothing and back to nothing, against whatever AWS the environment names.
#
#   agentcore sandbox run -- examples/typescript/run.sh
#
# It works on a copy of this folder, checks every exit status and answer, and removes what it made, also when it fails.
#
#   AGENTCORE      the program (default: `agentcore` on PATH, else this repository's last build)
#   LAUNCH_FLAGS   more flags for `launch`, such as `--builder engine`
set -euo pipefail

here=$(cd "$(dirname "$0")" && pwd)
name=typescript_agent

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
made_agent=''
finish() {
  status=$?
  trap - EXIT
  if [ -n "$made_agent" ]; then "$agentcore" destroy --force --delete-ecr-repo || true; fi
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

# said FILE TEXT: stops when the file is something else.
said() {
  if [ "$(cat "$1")" != "$2" ]; then
    printf 'expected %s and got %s\n' "$2" "$(cat "$1")" >&2
    exit 1
  fi
}

mkdir "$work/project"
cp -R "$here/src" "$here"/*.json "$here/.gitignore" "$work/project"
cd "$work/project"

step "1. Configure"
expect 0 "$agentcore" configure --entrypoint src/index.ts --name "$name" --non-interactive
cat .bedrock_agentcore.yaml

step "2. Launch"
made_agent=yes
# shellcheck disable=SC2086
expect 0 "$agentcore" launch ${LAUNCH_FLAGS:-}

step "3. Invoke"
for prompt in 'How is the weather now?' '지금 날씨 어때요?' '今の天気はどうですか？'; do
  expect 0 "$agentcore" invoke "{\"prompt\": \"$prompt\"}" >"$work/answer"
  cat "$work/answer"
  echo
  said "$work/answer" "{\"answer\":\"You said: $prompt\"}"
done
echo "the same, a word at a time:"
expect 0 "$agentcore" invoke '{"prompt": "How is the weather now?", "stream": true}' | tee "$work/answer"
grep -q weather "$work/answer"
expect 8 "$agentcore" invoke '{"no": "prompt"}'

step "4. Launch again: nothing has changed"
# shellcheck disable=SC2086
expect 0 "$agentcore" launch ${LAUNCH_FLAGS:-} -o json >"$work/launch"
grep -Eq '"changes": ?0' "$work/launch"

step "5. Clean up"
expect 0 "$agentcore" destroy --force --delete-ecr-repo
made_agent=''
expect 5 "$agentcore" invoke '{"prompt": "Anyone there?"}'

step "Done: compiled, deployed, answered, and nothing left"
