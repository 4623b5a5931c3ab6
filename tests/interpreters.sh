#!/usr/bin/env bash
# Provisions every Python interpreter that the live tests run against, below one cache directory outside
# the checkout, and writes what it found to $CACHE/interpreters.json (and what it could not have, with the
# reason, to $CACHE/interpreters-skipped.json). Asks nothing, changes nothing when the cache is warm, and
# never installs a newer suite's packages into the system: they are unpacked into folders of the cache.
#
#   tests/interpreters.sh [--freethreaded] [--refresh] [--quiet]
#
#   --freethreaded  also build 3.13t from the distribution's source package (minutes, once)
#   --refresh       download and unpack again what newer suites give
set -uo pipefail

here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
cache=${PYEXC_TEST_CACHE:-${XDG_CACHE_HOME:-$HOME/.cache}/pyexc-tests}
recipe=3 # raise it when what is unpacked below changes, so that warm caches are made again
freethreaded=0 refresh=0 quiet=0
for argument in "$@"; do
  case $argument in
    --freethreaded) freethreaded=1 ;;
    --refresh) refresh=1 ;;
    --quiet) quiet=1 ;;
    *) echo "$0: unknown option $argument" >&2; exit 2 ;;
  esac
done

say() { [ "$quiet" = 1 ] || echo "interpreters: $*" >&2; }

mkdir -p "$cache/debian" || exit 1
exec 9>"$cache/lock"
flock 9

skips=$cache/skips.tsv
: >"$skips"
skip() { # name reason
  printf '%s\t%s\n' "$1" "$2" >>"$skips"
  say "no $1: $2"
}

as_root() {
  if [ "$(id -u)" = 0 ]; then "$@"; else sudo -n "$@"; fi
}

need_command() { # command package
  command -v "$1" >/dev/null 2>&1 && return 0
  command -v apt-get >/dev/null 2>&1 || return 1
  DEBIAN_FRONTEND=noninteractive as_root apt-get install -y -qq "$2" </dev/null >"$cache/apt-install.log" 2>&1
  if ! command -v "$1" >/dev/null 2>&1; then
    as_root apt-get update -qq </dev/null >>"$cache/apt-install.log" 2>&1
    DEBIAN_FRONTEND=noninteractive as_root apt-get install -y -qq "$2" </dev/null >>"$cache/apt-install.log" 2>&1
  fi
  command -v "$1" >/dev/null 2>&1
}

# The mirror that the system itself uses; its name is never written into the project.
debian_mirror() {
  [ "$(. /etc/os-release 2>/dev/null; echo "${ID:-}")" = debian ] || return 1
  local uri=
  [ -r /etc/apt/sources.list.d/debian.sources ] &&
    uri=$(awk '/^URIs:/{print $2; exit}' /etc/apt/sources.list.d/debian.sources)
  [ -n "$uri" ] || uri=$(awk '$1 == "deb" {for (i = 2; i <= NF; i++) if ($i ~ /^[a-z+]+:\/\//) {print $i; exit}}' \
    /etc/apt/sources.list /etc/apt/sources.list.d/*.list 2>/dev/null)
  [ -n "$uri" ] && echo "$uri"
}

lists_ready=0
apt_options=()
suite_lists() { # own package lists of the newer suites; once a run, and only if something is missing
  [ "$lists_ready" = 1 ] && return 0
  local mirror
  mirror=$(debian_mirror) || return 1
  local apt=$cache/apt
  mkdir -p "$apt/lists/partial" "$apt/cache/archives/partial"
  local suite
  for suite in trixie forky sid; do
    echo "deb $mirror $suite main"
    echo "deb-src $mirror $suite main"
  done >"$apt/sources.list"
  apt_options=(-o "Dir::Etc::sourcelist=$apt/sources.list" -o Dir::Etc::sourceparts=/dev/null
    -o "Dir::State::Lists=$apt/lists" -o "Dir::Cache=$apt/cache" -o APT::Sandbox::User=root
    -o Acquire::Languages=none -o Acquire::IndexTargets::deb::DEP-11::DefaultEnabled=false
    -o Acquire::Retries=3)
  say "reading package lists of newer suites"
  apt-get "${apt_options[@]}" update -qq </dev/null >"$apt/update.log" 2>&1 || return 1
  lists_ready=1
}

# unpack SUITE OUT VERSION...: the interpreters VERSION of SUITE with the libraries they need, their debug
# builds and the debug information of both, in one folder, startable in the three ways the tests use.
unpack() {
  local suite=$1 out=$2
  shift 2
  local stamp="$recipe $out $*"
  if [ "$refresh" = 0 ] && [ "$(cat "$out.stamp" 2>/dev/null)" = "$stamp" ]; then return 0; fi
  need_command patchelf patchelf || { reason="patchelf cannot be installed"; return 1; }
  suite_lists || { reason="no package lists of Debian's $suite (not Debian, or no network)"; return 1; }
  local packages=(libc6 libgcc-s1 libstdc++6 libexpat1 zlib1g libzstd1 libssl3t64 libffi8 libbz2-1.0 liblzma5
    libsqlite3-0 libuuid1 libreadline8t64 libtinfo6 libncursesw6) version
  for version in "$@"; do
    packages+=("python$version-minimal" "libpython$version-minimal" "libpython$version-stdlib"
      "python$version-dbg" "libpython$version-dbg" "libpython$version-dev")
  done
  local debs=$out.debs fresh=$out.new package
  rm -rf "$debs" "$fresh"
  mkdir -p "$debs" "$fresh"
  say "downloading ${*/#/python} of $suite"
  (cd "$debs" && apt-get "${apt_options[@]}" download -qq "${packages[@]/%//$suite}") \
    </dev/null >"$cache/download-$suite.log" 2>&1 || { reason="apt-get download from $suite failed"; return 1; }
  for package in "$debs"/*.deb; do
    dpkg -x "$package" "$fresh" || { reason="dpkg -x failed for $(basename "$package")"; return 1; }
  done
  # Newer suites ship nothing outside /usr; these make the folder usable as the root of a chroot too.
  local link
  for link in lib64 lib bin; do [ -e "$fresh/$link" ] || ln -s "usr/$link" "$fresh/$link"; done
  mkdir -p "$fresh/proc" "$fresh/tmp" "$fresh/dev" "$fresh/usr/patched"
  rm -f "$fresh"/usr/lib/python3.*/config-*/libpython*.a "$fresh"/usr/lib/x86_64-linux-gnu/*.a
  # Below: a copy that finds its loader and libraries in this folder, so that it is a normal executable.
  local loader=$out/usr/lib64/ld-linux-x86-64.so.2 binary name
  for version in "$@"; do
    for binary in "$fresh/usr/bin/python$version" "$fresh/usr/bin/python${version}d"; do
      name=$(basename "$binary")
      cp "$binary" "$fresh/usr/patched/$name" || { reason="$name is not in the package"; return 1; }
      patchelf --set-interpreter "$loader" --force-rpath --set-rpath "$out/usr/lib/x86_64-linux-gnu" \
        "$fresh/usr/patched/$name" || { reason="patchelf failed on $name"; return 1; }
    done
  done
  rm -rf "$out" "$debs"
  mv "$fresh" "$out" && echo "$stamp" >"$out.stamp"
}

# Debian's interpreter of the running system has no symbols and no DWARF; the separate debug file of exactly
# this build is unpacked (not installed) when the system's own lists still have it.
distribution_debug_files() {
  local version package out=$cache/debian/distribution-dbg
  [ -x /usr/bin/python3 ] || return 1
  version=$(readlink -f /usr/bin/python3)
  version=${version##*/}
  package=$(dpkg-query -W -f '${Version}' "$version-minimal" 2>/dev/null) || return 1
  [ "$(cat "$out.stamp" 2>/dev/null)" = "$recipe $package" ] && return 0
  rm -rf "$out" "$out.debs"
  mkdir -p "$out" "$out.debs"
  (cd "$out.debs" && apt-get download -qq "$version-dbg=$package") </dev/null >"$cache/download-dbg.log" 2>&1 &&
    dpkg -x "$out.debs"/*.deb "$out"
  local result=$?
  rm -rf "$out.debs"
  [ $result = 0 ] && echo "$recipe $package" >"$out.stamp"
}

build_freethreaded() { # 3.13t from the source package; kept in the cache for good
  local out=$cache/freethreaded-3.13
  [ -x "$out/bin/python3.13t" ] && return 0
  need_command gcc gcc && need_command make make && need_command dpkg-source dpkg-dev && need_command xz xz-utils ||
    { reason="build tools cannot be installed"; return 1; }
  suite_lists || { reason="no package lists of Debian's forky"; return 1; }
  local work=$cache/build-freethreaded
  rm -rf "$work" && mkdir -p "$work"
  say "building free-threaded 3.13 (some minutes, once)"
  (cd "$work" && apt-get "${apt_options[@]}" source --download-only -qq python3.13/forky &&
    dpkg-source --no-check -x ./*.dsc source && cd source &&
    ./configure --disable-gil "--prefix=$out" --without-ensurepip --disable-test-modules CFLAGS="-g0 -O2" &&
    make -j"$(nproc)" && make install) </dev/null >"$cache/build-freethreaded.log" 2>&1 ||
    { reason="the build failed (see build-freethreaded.log in the cache)"; return 1; }
  rm -rf "$work"
}

if [ "$(uname -s)-$(uname -m)" != Linux-x86_64 ]; then
  say "interpreters of newer suites are provisioned on x86-64 Linux only"
fi

reason=
unpack trixie "$cache/debian/trixie" 3.13 || skip trixie-3.13 "$reason"
unpack sid "$cache/debian/sid" 3.13 3.14 3.15 ||
  for name in sid-3.13 sid-3.14 sid-3.14-ldso sid-3.14-debug sid-3.15 sid-3.15-ldso sid-3.15-debug; do
    skip "$name" "$reason"
  done
distribution_debug_files || say "no separate debug file for the distribution's interpreter"
if [ "$freethreaded" = 1 ]; then
  build_freethreaded || skip freethreaded-3.13 "$reason"
fi

/usr/bin/env -i PATH=/usr/local/bin:/usr/bin:/bin HOME="$HOME" PYENV_ROOT="${PYENV_ROOT:-$HOME/.pyenv}" \
  /usr/bin/python3 -I "$here/live/interpreter_index.py" "$cache" || exit 1
say "$(/usr/bin/python3 -c 'import json,sys; print(len(json.load(open(sys.argv[1]))), "interpreters")' \
  "$cache/interpreters.json") in $cache/interpreters.json"
