#!/usr/bin/env bash
# Installs what the tests need, provisions the interpreters, builds with warnings as errors and runs
# everything. Its last line is `N passed, N failed, N skipped`; the exit status is 0 only if nothing failed.
#
#   tests/run.sh [pytest arguments]      e.g. tests/run.sh -k fidelity --interpreter=pyenv-3.12
#
# PYEXC_BUILDDIR     the build directory          (default: build-tests in the checkout)
# PYEXC_TEST_CACHE   where interpreters are kept  (default: ~/.cache/pyexc-tests)
# PYEXC_TEST_JOBS    parallel jobs                (default: the number of processors)
set -uo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.." || exit 1
repository=$PWD
exec </dev/null
export LC_ALL=C.UTF-8 DEBIAN_FRONTEND=noninteractive
unset PYTHONHOME PYTHONPATH PYTHONSTARTUP VIRTUAL_ENV

builddir=${PYEXC_BUILDDIR:-$repository/build-tests}
jobs=${PYEXC_TEST_JOBS:-$(nproc)}
cache=${PYEXC_TEST_CACHE:-${XDG_CACHE_HOME:-$HOME/.cache}/pyexc-tests}
results=$builddir/test-results
started=$(date +%s)

step() { echo "== $* ($(($(date +%s) - started)) s)"; }
give_up() { # nothing could be tested; say so in the form that a reader of the last line expects
  echo "tests/run.sh: $*" >&2
  echo "0 passed, 1 failed, 0 skipped"
  exit 1
}

packages=(meson ninja-build g++ pkg-config cmake ccache libdw-dev libelf-dev libunwind-dev libspdlog-dev libfmt-dev
  libcli11-dev nlohmann-json3-dev doctest-dev libbenchmark-dev zlib1g-dev libzstd-dev liblz4-dev liblzma-dev libre2-dev strace gdb binutils
  patchelf xz-utils util-linux procps python3 python3-pytest python3-pytest-xdist python3-jsonschema ca-certificates)

as_root() {
  if [ "$(id -u)" = 0 ]; then "$@"; else sudo -n "$@"; fi
}

install_packages() {
  local missing=() package
  for package in "${packages[@]}"; do
    [ "$(dpkg-query -W -f '${db:Status-Status}' "$package" 2>/dev/null)" = installed ] || missing+=("$package")
  done
  [ ${#missing[@]} = 0 ] && return 0
  echo "installing ${missing[*]}"
  as_root apt-get install -y -qq --no-install-recommends "${missing[@]}" >/tmp/pyexc-apt.$$ 2>&1 ||
    { as_root apt-get update -qq && as_root apt-get install -y -qq --no-install-recommends "${missing[@]}"; } \
      >>/tmp/pyexc-apt.$$ 2>&1
  local status=$?
  [ $status = 0 ] || tail -n 5 /tmp/pyexc-apt.$$ >&2
  rm -f /tmp/pyexc-apt.$$
  return $status
}

if ! command -v apt-get >/dev/null 2>&1 || ! command -v dpkg-query >/dev/null 2>&1; then
  give_up "this script installs packages with apt-get (Debian, Ubuntu), which is not here; install the equivalents of:
  ${packages[*]}
then run: meson setup build --werror && meson test -C build && PYEXC_BUILDDIR=build python3 -m pytest tests/live"
fi

step "packages"
install_packages || give_up "packages could not be installed"

step "interpreters"
tests/interpreters.sh ${PYEXC_FREETHREADED:+--freethreaded} || give_up "interpreters could not be provisioned"

step "packages that servers use"
tests/packages.sh || give_up "packages could not be provisioned"

step "build"
setup_log=$(mktemp)
if [ -f "$builddir/build.ninja" ]; then
  meson setup --reconfigure --werror -Dbuildtype=debugoptimized "$builddir" >"$setup_log" 2>&1
else
  meson setup --werror -Dbuildtype=debugoptimized "$builddir" >"$setup_log" 2>&1
fi || { tail -n 30 "$setup_log"; give_up "meson setup failed"; }
rm -f "$setup_log"
ninja -C "$builddir" -j "$jobs" >"$builddir/ninja.log" 2>&1 ||
  { grep -E -A 12 'FAILED|error:' "$builddir/ninja.log" | head -n 80; give_up "the build failed"; }
rm -rf "$results"
mkdir -p "$results"
export PYEXC_BUILDDIR=$builddir PYEXC_ATTACH=$builddir/src/app/pyexc-attach PYEXC_TEST_CACHE=$cache
export PYTHONDONTWRITEBYTECODE=1

step "unit tests"
meson test -C "$builddir" --no-rebuild --num-processes "$jobs" --print-errorlogs
cp "$builddir/meson-logs/testlog.json" "$results/unit.json" 2>/dev/null

step "live tests"
pytest() { # name, pytest arguments
  local name=$1
  shift
  /usr/bin/python3 -m pytest -q -rs -p no:cacheprovider "--junitxml=$results/$name.xml" "$@" tests/live
  echo $? >"$results/$name.status"
}
pytest live -n "$jobs" --dist loadgroup -m "not serial" "$@"
pytest serial -m serial "$@"

step "results"
/usr/bin/python3 tests/live/summary.py "$results" "$cache"
