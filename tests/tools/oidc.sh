#!/usr/bin/env bash
# npm's `oidc-provider`, a certified OpenID provider that nobody here wrote, with the server of `oidc/` beside it: made
# once, made again when its lock changes. Prints its folder; `node FOLDER/server.mjs` runs it.
. "$(dirname "$0")/lib.sh"

need node nodejs
need npm npm
dir=$state/oidc
if ! cmp -s "$tools/oidc/package-lock.json" "$dir/.made-from"; then
  rm -rf "$dir"
  mkdir -p "$dir"
  cp "$tools/oidc/package.json" "$tools/oidc/package-lock.json" "$dir"
  npm ci --prefix "$dir" --silent --no-audit --no-fund --ignore-scripts >&2
  cp "$tools/oidc/package-lock.json" "$dir/.made-from"
fi
cp "$tools/oidc/server.mjs" "$dir"
echo "$dir"
