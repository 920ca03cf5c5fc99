#!/usr/bin/env bash
# An agent that calls a language model with a stored API key, from nothing and back to nothing.
#
#   agentcore sandbox run --runner process -- examples/outbound-api-key/run.sh
#
# It works on a copy of this folder, checks every exit status and answer, and removes what it made, also when it fails.
# The model is a stand-in on this machine, so that the agent has to run on it too: as a process of the sandbox.
#
#   AGENTCORE      the program (default: `agentcore` on PATH, else this repository's last build)
#   CONFIGURE_FLAGS, LAUNCH_FLAGS   more flags for these commands
set -euo pipefail

here=$(cd "$(dirname "$0")" && pwd)
name=outbound_api_key provider=model-key

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
made_agent='' made_provider='' running=()
finish() {
  status=$?
  trap - EXIT
  if [ -n "$made_agent" ]; then "$agentcore" destroy --force --delete-ecr-repo || true; fi
  if [ -n "$made_provider" ]; then "$agentcore" identity cleanup --force || true; fi
  for each in ${running[@]+"${running[@]}"}; do kill "$each" 2>/dev/null || true; done
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

# same FILE: what is on stdin, which must be what is in the file.
same() { cmp - "$1" || { echo "the answer is not the expected one:" >&2; cat "$1" >&2; exit 1; }; }

# Keys, tokens and answers are written beside the project, not into it.
mkdir "$work/project"
cp "$here"/*.py "$here"/requirements.txt "$work/project"
cd "$work/project"

step "0. A model on this machine, and the key that it takes"
python3 -c 'import secrets; print("sk-" + secrets.token_hex(16))' >../key
chmod 600 ../key
python3 model.py ../key port &
running+=($!)
python3 - <<'PY'
import os, time
while not os.path.exists("port"):
    time.sleep(0.02)
PY
MODEL_URL=http://127.0.0.1:$(cat port)/v1
export MODEL_URL

step "1. The agent on this machine, with the key in a variable"
python3 -m pip install --quiet --disable-pip-version-check --target ../local -r requirements.txt
PORT=$(python3 -c 'import socket; s = socket.socket(); s.bind(("127.0.0.1", 0)); print(s.getsockname()[1])')
export PORT
AWS_REGION=${AWS_REGION:-us-west-2} PYTHONPATH=../local MODEL_API_KEY=$(cat ../key) python3 agent.py &
running+=($!)
python3 - <<'PY' >answer
import json, os, time, urllib.request
url = f"http://127.0.0.1:{os.environ['PORT']}/invocations"
request = urllib.request.Request(url, json.dumps({"prompt": "Hello?"}).encode(), {"Content-Type": "application/json"})
while True:
    try:
        print(urllib.request.urlopen(request, timeout=60).read().decode(), end="")
        break
    except urllib.error.HTTPError:
        raise
    except OSError:
        time.sleep(0.05)
PY
printf '{"answer": "You asked: Hello?"}' | same answer
cat answer
echo
unset PORT

step "2. Store the key: from a file, never on a command line"
# shellcheck disable=SC2086
expect 0 "$agentcore" configure -e agent.py --name "$name" --requirements-file requirements.txt \
  --non-interactive ${CONFIGURE_FLAGS:-}
made_provider=yes
expect 0 "$agentcore" identity create-credential-provider --name "$provider" --type api-key --api-key-file ../key
expect 0 "$agentcore" identity list-credential-providers
cat .bedrock_agentcore.yaml

step "3. Launch: the role may fetch this key, and no other"
made_agent=yes
# shellcheck disable=SC2086
expect 0 "$agentcore" launch --env "MODEL_URL=$MODEL_URL" --env "KEY_PROVIDER=$provider" ${LAUNCH_FLAGS:-}

step "4. Status"
expect 0 "$agentcore" status
expect 0 "$agentcore" status -o json >../status.json
arn=$(python3 -c 'import json; print(json.load(open("../status.json"))["data"]["runtime"]["arn"])')

step "5. Invoke for a user, plain and streamed"
expect 0 "$agentcore" invoke '{"prompt": "How are you?"}' --user-id alice >answer
printf '{"answer": "You asked: How are you?"}' | same answer
cat answer
echo
expect 0 "$agentcore" invoke '{"prompt": "How are you?", "stream": true}' --user-id alice >stream
cat stream
grep -q '"asked: "' stream

step "6. The same runtime from boto3, with a qualifier and a user"
if python3 -c 'import boto3' 2>/dev/null; then
  expect 0 python3 call.py "$arn" DEFAULT bob "And now?" >answer
else
  # The agent's own dependencies bring it along.
  PYTHONPATH=../local expect 0 python3 call.py "$arn" DEFAULT bob "And now?" >answer
fi
printf '{"answer": "You asked: And now?"}' | same answer
cat answer
echo

step "7. Clean up: the role with its policies, then the provider with its key"
expect 0 "$agentcore" destroy --force --delete-ecr-repo
made_agent=''
expect 0 "$agentcore" identity cleanup --force
made_provider=''
expect 5 "$agentcore" identity get-credential-provider --name "$provider"
if grep -rqF "$(cat ../key)" .; then
  echo "the key is in a file that nobody put it into" >&2
  exit 1
fi

step "Done: answered with a key that was stored once and is nowhere else"
