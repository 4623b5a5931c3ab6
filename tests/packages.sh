#!/usr/bin/env bash
# Provisions the packages whose objects tests/live/test_values_packages.py looks at, and the servers of test_servers.py: the distribution's for
# its own python3, and the newest majors in a virtual environment of one other interpreter, below the cache.
# What there is, and the reason where there is none, is written to $CACHE/packages.json.
#
#   tests/packages.sh [--refresh]      --refresh makes the virtual environment again
set -uo pipefail

cache=${PYEXC_TEST_CACHE:-${XDG_CACHE_HOME:-$HOME/.cache}/pyexc-tests}
export DEBIAN_FRONTEND=noninteractive
log=$cache/packages.log
recipe=1 # raise it when the list below changes
system=(python3-numpy python3-pandas python3-attr python3-pydantic python3-django python3-flask python3-werkzeug
  python3-starlette python3-sqlalchemy python3-requests python3-httpx
  gunicorn uvicorn python3-uvloop uwsgi-core uwsgi-plugin-python3 celery python3-redis redis-server)
newest=('numpy>=2' 'pandas>=2' attrs 'pydantic>=2' 'Django>=5' 'Flask>=3' starlette 'SQLAlchemy>=2' requests httpx)

mkdir -p "$cache" || exit 1
exec 9>"$cache/packages.lock"
flock 9
: >"$log"

as_root() {
  if [ "$(id -u)" = 0 ]; then "$@"; else sudo -n "$@"; fi
}

system_packages() {
  local missing=() package
  command -v apt-get >/dev/null 2>&1 || { echo "no apt-get to install packages with"; return; }
  for package in "${system[@]}"; do
    [ "$(dpkg-query -W -f '${db:Status-Status}' "$package" 2>/dev/null)" = installed ] || missing+=("$package")
  done
  [ ${#missing[@]} = 0 ] && return
  as_root apt-get install -y -qq --no-install-recommends "${missing[@]}" </dev/null >>"$log" 2>&1 ||
    { as_root apt-get update -qq && as_root apt-get install -y -qq --no-install-recommends "${missing[@]}"; } \
      </dev/null >>"$log" 2>&1 || echo "apt-get could not install ${missing[*]}"
}

# The interpreter of interpreters.json that has the newest packages built for it: name<TAB>path.
base_interpreter() {
  /usr/bin/python3 - "$cache/interpreters.json" <<'EOF'
import json, sys
try:
    found = json.load(open(sys.argv[1]))
except OSError:
    found = []
usable = [one for one in found if one["kind"] == "pyenv" and one["supported"] and one["version_info"][:2] <= [3, 12]]
for one in sorted(usable, key=lambda one: one["version_info"])[-1:]:
    print(one["path"])
EOF
}

newest_packages() { # prints a reason if it fails
  local base=$1 home=$2
  [ -n "$base" ] || { echo "no pyenv interpreter up to 3.12 among interpreters.json"; return; }
  [ "$(cat "$home/recipe" 2>/dev/null)" = "$recipe" ] && return
  rm -rf "$home"
  "$base" -m venv "$home" >>"$log" 2>&1 || { echo "venv failed"; return; }
  "$home/bin/python" -m pip install -q --only-binary :all: "${newest[@]}" </dev/null >>"$log" 2>&1 ||
    { echo "pip could not install ${newest[*]}"; return; }
  echo "$recipe" >"$home/recipe"
}

[ "${1:-}" = --refresh ] && rm -rf "$cache"/packages-venv
system_reason=$(system_packages)
base=$(base_interpreter)
newest_reason=$(newest_packages "$base" "$cache/packages-venv")
/usr/bin/python3 - "$cache/packages.json" "$system_reason" "$newest_reason" "$base" "$cache/packages-venv/bin/python" <<'EOF'
import json, os, sys
out, system_reason, newest_reason, base, venv = sys.argv[1:]
system = os.path.realpath("/usr/bin/python3")
rows = [{"name": "distribution-packages", "path": system, "like": system, "reason": system_reason},
        {"name": "newest-packages", "path": venv, "like": base, "reason": newest_reason}]
with open(out + ".new", "w", encoding="utf-8") as stream:
    json.dump(rows, stream, indent=1)
os.replace(out + ".new", out)
EOF
for reason in "$system_reason" "$newest_reason"; do
  [ -z "$reason" ] || echo "packages: $reason (see $log)" >&2
done
exit 0
