#!/usr/bin/env bash
# From nothing to a first report: installs what the build needs, builds a release in ./build, starts a server
# with a request that is stuck inside `except`, attaches to it, shows that it still answers, and stops it.
#
# Debian 12 and 13, Ubuntu 24.04; asks nothing. On other systems it says what to install.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."
export LC_ALL=C.UTF-8

packages=(g++ meson ninja-build pkg-config libspdlog-dev libfmt-dev libcli11-dev nlohmann-json3-dev libelf-dev
  libdw-dev libunwind-dev
  zlib1g-dev libzstd-dev liblz4-dev liblzma-dev libre2-dev python3)

say() { printf '\n== %s\n' "$*"; }
die() {
  printf 'quickstart: %s\n' "$*" >&2
  exit 1
}

as_root() {
  if [ "$(id -u)" = 0 ]; then "$@"; else sudo "$@"; fi
}

install_packages() {
  local missing=() package
  for package in "${packages[@]}"; do
    [ "$(dpkg-query -W -f '${db:Status-Status}' "$package" 2>/dev/null)" = installed ] || missing+=("$package")
  done
  [ ${#missing[@]} = 0 ] && return 0
  [ "$(id -u)" = 0 ] || command -v sudo >/dev/null || die "run this as root, or install: ${missing[*]}"
  echo "installing ${missing[*]}"
  as_root env DEBIAN_FRONTEND=noninteractive apt-get update -qq
  as_root env DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends "${missing[@]}" </dev/null
}

server_pid='' request_pid=''
stop_all() {
  local status=$? pid
  for pid in $request_pid $server_pid; do
    kill "$pid" 2>/dev/null || continue
    wait "$pid" 2>/dev/null || true
  done
  exit $status
}
trap stop_all EXIT
trap 'exit 130' INT
trap 'exit 143' TERM

if [ "$(uname -s)" != Linux ]; then
  die "pyexc-attach reads Linux processes; this is $(uname -s)"
elif ! command -v apt-get >/dev/null || ! command -v dpkg-query >/dev/null; then
  die "this script installs with apt-get (Debian, Ubuntu), which is not here.
Install the equivalents of: ${packages[*]}
then build: meson setup build --buildtype=release -Dtests=false && ninja -C build"
fi

say "packages"
install_packages

say "build (./build)"
[ -f build/build.ninja ] || meson setup build --buildtype=release -Dtests=false >build.log 2>&1 ||
  { tail -n 20 build.log >&2; die "meson setup failed (build.log)"; }
rm -f build.log
ninja -C build --quiet src/app/pyexc-attach
attach=build/src/app/pyexc-attach
"$attach" --version

say "a shop on the standard library and SQLite: examples/stuck_server.py"
coproc SERVER { exec python3 examples/stuck_server.py --port 0; }
server_pid=$SERVER_PID
exec {server_output}<&"${SERVER[0]}"
read -r -t 30 line <&"$server_output" || die "the server did not start"
echo "$line"
[[ $line =~ ^ready:\ (http://[0-9.:]+)\ pid\ ([0-9]+)$ ]] || die "the server said: $line"
url=${BASH_REMATCH[1]}

client=(python3 -c 'import sys, urllib.request as r
print(r.urlopen(r.Request(sys.argv[2], method=sys.argv[1]), timeout=float(sys.argv[3])).read().decode().strip())')

say "a customer buys a teapot that is sold out, and waits"
echo "POST /checkout?product=3&customer=ada"
"${client[@]}" POST "$url/checkout?product=3&customer=ada" 3600 &
request_pid=$!
read -r -t 30 line <&"$server_output" || die "the request did not arrive"
echo "server: $line"

say "pyexc-attach $server_pid"
status=0
"$attach" "$server_pid" || status=$?
if [ $status = 4 ] && [ "$(id -u)" != 0 ] && command -v sudo >/dev/null; then
  say "sudo pyexc-attach $server_pid"
  status=0
  sudo "$attach" "$server_pid" || status=$?
fi

say "the server still answers: GET /health"
"${client[@]}" GET "$url/health" 10 || die "the server does not answer any more"

say "done"
echo "The next one is yours: $attach PID"
exit $status
