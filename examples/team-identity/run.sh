#!/usr/bin/env bash
# A whole identity set-up for a team in one command, an agent behind it, and back to nothing.
#
#   agentcore sandbox run --runner process -- examples/team-identity/run.sh
#
# It works on a copy of this folder, checks every exit status and answer, and removes what it made, also when it fails.
#
#   AGENTCORE      the program (default: `agentcore` on PATH, else this repository's last build)
#   TEAM           name of the team (default: customersupport)
#   CONFIGURE_FLAGS, LAUNCH_FLAGS   more flags for these commands
set -euo pipefail

here=$(cd "$(dirname "$0")" && pwd)
team=${TEAM:-customersupport} name=team_agent

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
made_team='' made_agent=''
finish() {
  status=$?
  trap - EXIT
  if [ -n "$made_agent" ]; then "$agentcore" destroy --force --delete-ecr-repo || true; fi
  if [ -n "$made_team" ]; then "$agentcore" identity cleanup --force || true; fi
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

# field FILE NAME...: a member of `data` in the JSON document.
field() {
  python3 - "$@" <<'PY'
import json, sys
value = json.load(open(sys.argv[1]))["data"]
for name in sys.argv[2:]:
    value = value[name]
print(value if isinstance(value, str) else json.dumps(value))
PY
}

# Keys, tokens and answers are written beside the project, not into it.
mkdir "$work/project"
cp "$here"/agent.py "$here"/requirements.txt "$work/project"
cd "$work/project"

step "1. Pool, two clients, scopes, domain, test user, a gateway's role and nine parameters"
made_team=yes
setup=("$agentcore" identity setup-cognito --team "$team" --callback-url https://support.example.com/callback)
expect 0 "${setup[@]}"
expect 0 "${setup[@]}" -o json >../team.json
test "$(field ../team.json changed)" = false
prefix=/app/$team/agentcore
parameter() { field ../team.json parameters "$prefix/$1"; }
discovery=$(parameter cognito_discovery_url)
scope=$(parameter cognito_auth_scope)

step "2. Every one of them is there, and a token of each client passes"
expect 0 "$agentcore" identity verify

step "3. A credential provider from these values: agents get the machine's tokens through it"
# shellcheck disable=SC1091
(set -a && . ./.agentcore_identity_team.env && set +a &&
  expect 0 "$agentcore" identity create-credential-provider --name "$(parameter cognito_provider)" --type custom \
    --client-id "$IDENTITY_CLIENT_ID" --client-secret-env IDENTITY_CLIENT_SECRET \
    --issuer "${discovery%/.well-known/openid-configuration}" \
    --authorization-endpoint "$(parameter cognito_auth_url)" --token-endpoint "$(parameter cognito_token_url)")
expect 0 "$agentcore" identity list-credential-providers
expect 0 "$agentcore" identity delete-credential-provider --name "$(parameter cognito_provider)" --force

step "4. An agent that takes the team's scope"
# shellcheck disable=SC2086
expect 0 "$agentcore" configure -e agent.py --name "$name" --requirements-file requirements.txt \
  --discovery-url "$discovery" --allowed-scope "$scope" --non-interactive ${CONFIGURE_FLAGS:-}
made_agent=yes
# shellcheck disable=SC2086
expect 0 "$agentcore" launch ${LAUNCH_FLAGS:-}

step "5. A machine gets in by its scope; a caller without a token and a person without the scope do not"
expect 3 "$agentcore" invoke '{"prompt": "Anyone?"}'
expect 0 "$agentcore" identity token --auth-flow user >../person
expect 3 "$agentcore" invoke '{"prompt": "Anyone?"}' --bearer-token-file ../person
expect 0 "$agentcore" identity token --auth-flow m2m >../machine
expect 0 "$agentcore" invoke '{"prompt": "Anyone?"}' --bearer-token-file ../machine >answer
printf '{"answer": "You said: Anyone?"}' | cmp - answer
cat answer
echo
expect 0 "$agentcore" identity verify --agent "$name"

step "6. Clean up: exactly what was made"
expect 0 "$agentcore" destroy --force --delete-ecr-repo
made_agent=''
expect 6 "$agentcore" identity cleanup --dry-run
expect 0 "$agentcore" identity cleanup --force
made_team=''
expect 5 "$agentcore" identity verify

step "Done: set up in one command, checked in one command, gone in one command"
