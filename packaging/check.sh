#!/usr/bin/env bash
# Whether this checkout can be released as TAG: `packaging/check.sh v0.1.0`. Changes nothing.
#
#   the version of Cargo.toml and Cargo.lock is that of the tag
#   CHANGELOG.md has a section of this version, with a date, and nothing left under "Unreleased"
set -euo pipefail
cd "$(dirname "$0")/.."
tag=${1:?usage: packaging/check.sh TAG}
version=$(sed -n 's/^version = "\(.*\)"$/\1/p' Cargo.toml | head -n 1)
wrong=0
fail() { echo "check.sh: $*" >&2; wrong=1; }

[ "$tag" = "v$version" ] || fail "the tag is $tag, and Cargo.toml has $version"
locked=$(awk '/^name = "agentcore"$/ { getline; gsub(/version = |"/, ""); print }' Cargo.lock)
[ "$locked" = "$version" ] || fail "Cargo.lock has $locked, and Cargo.toml $version"
grep -qE "^## ${version//./\\.} - [0-9]{4}-[0-9]{2}-[0-9]{2}$" CHANGELOG.md ||
  fail "CHANGELOG.md has no section \`## $version - YYYY-MM-DD\`"
left=$(awk '/^## Unreleased/ { on = 1; next } /^## / { on = 0 } on && NF' CHANGELOG.md)
[ -z "$left" ] || fail "CHANGELOG.md has changes under \"Unreleased\": move them to the section of $version"
exit "$wrong"
