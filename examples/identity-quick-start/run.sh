#!/usr/bin/env bash
# The quick start of AgentCore Identity as the starter toolkit's guide prints it: two user pools, an agent that callers need a
# token for, and a token that the agent itself gets for an outside service. From nothing and back to nothing.
#
#   agentcore sandbox run --runner process -- examples/identity-quick-start/run.sh [m2m|user]
#
# It works on a copy of this folder, checks every exit status and answer, and removes what it made, also when it fails. In the
# flow `user` somebody has to agree in a browser: `sign_in.py` does that at the sandbox's page.
#
#   AGENTCORE      the program (default: `agentcore` on PATH, else this repository's last build)
#   CONFIGURE_FLAGS, LAUNCH_FLAGS   more flags for these commands
set -euo pipefail

here=$(cd "$(dirname "$0")" && pwd)
flow=${1:-m2m}
case $flow in
  m2m) auth_flow=M2M scopes='agentcore/read' ;;
  user) auth_flow=USER_FEDERATION scopes='openid profile' ;;
  *) echo "usage: run.sh [m2m|user]" >&2; exit 2 ;;
esac
return_url=http://localhost:8081/oauth2/callback

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
program=$(find_agentcore)
agentcore() { "$program" "$@"; }

work=$(mktemp -d)
made_identity='' made_agent=''
finish() {
  status=$?
  trap - EXIT
  if [ -n "$made_agent" ]; then agentcore destroy --force --delete-ecr-repo || true; fi
  if [ -n "$made_identity" ]; then agentcore identity cleanup --force || true; fi
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
    printf 'expected exit status %s and got %s from: %s\n' "$wanted" "$got" "$1 $2" >&2
    exit 1
  fi
}

# member NAME: a text of the JSON object on stdin; empty when it has none.
member() { python3 -c 'import json, sys; print(json.load(sys.stdin).get(sys.argv[1]) or "")' "$1"; }

# is WHAT WANTED GOT
is() {
  if [ "$2" != "$3" ]; then
    printf '%s: expected %s and got %s\n' "$1" "$2" "$3" >&2
    exit 1
  fi
}

# Keys, tokens and answers are written beside the project, not into it.
mkdir "$work/identity-demo"
cp "$here"/agent.py "$here"/requirements.txt "$work/identity-demo"
cd "$work/identity-demo"

step "1. Two user pools: for callers of the agent, and for what the agent itself has access to"
made_identity=yes
expect 0 agentcore identity setup-cognito --auth-flow "$flow" >../setup.txt
cat ../setup.txt
grep -q 'Runtime Pool (Inbound Auth)' ../setup.txt
grep -q 'Identity Pool - ' ../setup.txt
is "mode of the stored file" -rw------- "$(ls -l ".agentcore_identity_cognito_$flow.json" | cut -c1-10)"

step "2. The variables, both ways"
# shellcheck disable=SC2046,SC1090
exported=$(export $(grep -v '^#' ".agentcore_identity_$flow.env" | xargs) && env | grep -E '^(RUNTIME|IDENTITY)_' | sort)
# shellcheck disable=SC1090
set -a && source ".agentcore_identity_$flow.env" && set +a
is "the variables" "$(env | grep -E '^(RUNTIME|IDENTITY)_' | sort)" "$exported"
echo "pool for callers $RUNTIME_POOL_ID, client of the agent $IDENTITY_CLIENT_ID"

step "3. An agent behind the first pool"
# shellcheck disable=SC2086
expect 0 agentcore configure -e agent.py --name identity_demo --requirements-file requirements.txt --disable-memory \
  -ac '{"customJWTAuthorizer":{"discoveryUrl":"'$RUNTIME_DISCOVERY_URL'","allowedClients":["'$RUNTIME_CLIENT_ID'"]}}' \
  --non-interactive ${CONFIGURE_FLAGS:-}

step "4. A credential provider of the second pool"
expect 0 agentcore identity create-credential-provider --name ExternalServiceProvider --type cognito \
  --client-id "$IDENTITY_CLIENT_ID" --client-secret "$IDENTITY_CLIENT_SECRET" \
  --discovery-url "$IDENTITY_DISCOVERY_URL" --cognito-pool-id "$IDENTITY_POOL_ID"
expect 0 agentcore identity verify

step "5. Launch: the role may get tokens of this provider"
made_agent=yes
# shellcheck disable=SC2086
expect 0 agentcore launch --env "AUTH_FLOW=$auth_flow" --env "SCOPES=$scopes" --env "RETURN_URL=$return_url" \
  ${LAUNCH_FLAGS:-}

step "6. Without a token the agent cannot be called, with one it gets a token of its own"
expect 3 agentcore invoke '{"prompt": "Call the external service"}'
TOKEN=$(agentcore identity get-cognito-inbound-token)
export TOKEN
call() { agentcore invoke '{"prompt": "Call the external service"}' --bearer-token "$TOKEN"; }
if [ "$flow" = user ]; then
  # People are sent back only to where the agent's identity says so.
  arn=$(agentcore status -o json | python3 -c 'import json, sys; print(json.load(sys.stdin)["data"]["runtime"]["arn"])')
  expect 0 agentcore identity update-workload-identity --name "${arn##*/}" --add-return-urls "$return_url"
  expect 0 call >../first.json
  address=$(member authorize <../first.json)
  echo "somebody has to agree at ${address%%\?*}"
  if ! python3 -c 'import boto3' 2>/dev/null; then
    python3 -m pip install --quiet --disable-pip-version-check --target ../local boto3
    export PYTHONPATH="$work/local"
  fi
  expect 0 python3 "$here/sign_in.py" "$address" "$return_url"
fi
expect 0 call >../answer.json
cat ../answer.json
echo
is "the client of the token" "$IDENTITY_CLIENT_ID" "$(member client <../answer.json)"
is "the scopes of the token" "$scopes" "$(member scope <../answer.json)"
is "the user of the token" "${IDENTITY_USERNAME:-}" "$(member user <../answer.json)"

step "7. Clean up: the agent, then provider and both pools"
expect 0 agentcore destroy --agent identity_demo --force --delete-ecr-repo
made_agent=''
expect 6 agentcore identity cleanup --dry-run >../plan.txt
cat ../plan.txt
is "pools in the plan" 2 "$(grep -c 'user pool' ../plan.txt)"
expect 0 agentcore identity cleanup --force
made_identity=''
expect 5 agentcore identity verify

step "Done: one set-up, two pools, a token for the caller and a token for the agent"
