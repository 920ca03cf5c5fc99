#!/usr/bin/env bash
# The day after the first deployment: three releases, one of them broken; a change that somebody makes elsewhere; a look into the
# running agent; and a branch's agent beside it. From nothing and back to nothing.
#
#   agentcore sandbox run -- examples/day-after/run.sh
#
# It works on a copy of this folder, checks every exit status and answer, and removes what it made, also when it fails.
#
#   AGENTCORE      the program (default: `agentcore` on PATH, else this repository's last build)
#   CONFIGURE_FLAGS, LAUNCH_FLAGS   more flags for these commands
set -euo pipefail

here=$(cd "$(dirname "$0")" && pwd)
name=weather_day_after

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
made_pool='' made_agent='' made_branch=''
finish() {
  status=$?
  trap - EXIT
  if [ -n "$made_branch" ]; then agentcore destroy --force --delete-ecr-repo --environment pr-7 || true; fi
  if [ -n "$made_agent" ]; then agentcore destroy --force --delete-ecr-repo || true; fi
  if [ -n "$made_pool" ]; then agentcore identity cleanup --force || true; fi
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

# is WHAT WANTED GOT
is() {
  if [ "$2" != "$3" ]; then
    printf '%s: expected %s and got %s\n' "$1" "$2" "$3" >&2
    exit 1
  fi
  echo "$1: $3"
}

# value EXPRESSION: of the JSON document on stdin, as Python writes it with `it` for the document.
value() { python3 -c 'import json, sys; it = json.load(sys.stdin); print(eval(sys.argv[1]))' "$1"; }

# serves ENDPOINT: the version.
serves() { agentcore endpoint list -o json | value "next(e['liveVersion'] for e in it['data']['endpoints'] if e['name'] == '$1')"; }

# release ENDPOINT: what answers there.
release() {
  agentcore invoke '{"city": "Seoul"}' --endpoint "$1" --new-session --bearer-token-file "$work/token" | value "it['release']"
}

# Tokens and answers are written beside the project, not into it.
mkdir "$work/project"
cp "$here"/agent.py "$here"/requirements.txt "$work/project"
cd "$work/project"

step "1. An agent whose callers need a token, and what each release must answer"
made_pool=yes
expect 0 agentcore identity setup-cognito --inbound-only --pool-name "$name" -o json >"$work/pool.json"
client=$(value "it['data']['clientId']" <"$work/pool.json")
discovery=$(value "it['data']['discoveryUrl']" <"$work/pool.json")
# shellcheck disable=SC2086
expect 0 agentcore configure -e agent.py --name "$name" --requirements-file requirements.txt --idle-timeout 600 \
  --discovery-url "$discovery" --allowed-client "$client" --non-interactive ${CONFIGURE_FLAGS:-}
expect 0 agentcore identity token >"$work/token"
smoke=(--smoke '{"city": "Lisbon"}' --expect '.status == "ok" and (.weather | contains("Lisbon"))')

step "2. The first release, for production"
made_agent=yes
# shellcheck disable=SC2086
expect 0 agentcore launch --env RELEASE=1 --env UNIT=celsius --endpoint prod "${smoke[@]}" ${LAUNCH_FLAGS:-}
is "prod answers with release" 1 "$(release prod)"

step "3. The second, for staging: production stays where it is"
# shellcheck disable=SC2086
expect 0 agentcore launch --env RELEASE=2 --endpoint staging "${smoke[@]}" ${LAUNCH_FLAGS:-}
is "staging answers with release" 2 "$(release staging)"
is "prod answers with release" 1 "$(release prod)"
expect 0 agentcore endpoint promote prod --version "$(serves staging)"
is "prod answers with release" 2 "$(release prod)"
good=$(serves prod)

step "4. The third fails its smoke test and reaches neither of them; what DEFAULT serves is put back"
# shellcheck disable=SC2086
expect 1 agentcore launch --env RELEASE=3 --env UNIT=kelvin --endpoint staging "${smoke[@]}" ${LAUNCH_FLAGS:-}
is "staging serves version" "$good" "$(serves staging)"
is "prod serves version" "$good" "$(serves prod)"
is "DEFAULT answers with release" 2 "$(release DEFAULT)"
expect 0 agentcore versions

step "5. The first release again, and back"
expect 0 agentcore rollback --endpoint prod
is "prod answers with release" 1 "$(release prod)"
expect 0 agentcore endpoint promote prod --version "$good"

step "6. Somebody changes the idle timeout elsewhere: it is seen, and taken over"
cp -r "$work/project" "$work/colleague"
(cd "$work/colleague" && agentcore configure --name "$name" --idle-timeout 300 --non-interactive && agentcore launch ${LAUNCH_FLAGS:-}) >/dev/null
expect 6 agentcore status --drift
# shellcheck disable=SC2086
expect 6 agentcore launch --plan ${LAUNCH_FLAGS:-}
expect 0 agentcore adopt
grep -n idle_runtime_session_timeout .bedrock_agentcore.yaml
expect 0 agentcore status --drift
# shellcheck disable=SC2086
expect 0 agentcore launch --plan ${LAUNCH_FLAGS:-}

step "7. What it prints, and what is where it runs"
expect 0 agentcore logs --endpoint prod --since 1h --grep 'asked about'
expect 0 agentcore exec 'test -f agent.py && echo "the source is here"' --endpoint prod --bearer-token-file "$work/token"
expect 7 agentcore exec 'exit 7' --endpoint prod --bearer-token-file "$work/token"
expect 0 agentcore sessions list
expect 0 agentcore sessions stop --all --bearer-token-file "$work/token"

step "8. A branch has one of its own, which goes without a trace"
before=$(cksum .bedrock_agentcore.yaml)
made_branch=yes
# shellcheck disable=SC2086
expect 0 agentcore launch --environment pr-7 --env RELEASE=pr-7 --env UNIT=celsius ${LAUNCH_FLAGS:-}
is "the branch answers with release" pr-7 \
  "$(agentcore invoke '{"city": "Seoul"}' --environment pr-7 --bearer-token-file "$work/token" | value "it['release']")"
is "prod answers with release" 2 "$(release prod)"
expect 0 agentcore environments list
expect 0 agentcore destroy --force --delete-ecr-repo --environment pr-7
made_branch=''
is "the configuration" "$before" "$(cksum .bedrock_agentcore.yaml)"
is "prod answers with release" 2 "$(release prod)"

step "9. Clean up"
expect 0 agentcore destroy --force --delete-ecr-repo
made_agent=''
expect 0 agentcore identity cleanup --force
made_pool=''

step "Done: two releases served, one stopped, a change taken over, a branch come and gone, and nothing left"
