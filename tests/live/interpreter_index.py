"""Writes interpreters.json: one entry for every interpreter that can be started, as it describes itself.

Called by tests/interpreters.sh once the cache is filled. An entry that was probed before and whose file has
not changed since is taken over, so a warm run starts no interpreter at all.
"""

import glob
import json
import os
import re
import subprocess
import sys

PROBE = """
import sys, json
v = sys.version_info
try:
    import sysconfig
    gil_disabled = bool(sysconfig.get_config_var("Py_GIL_DISABLED"))
except Exception:
    gil_disabled = False
print(json.dumps({"version": "%d.%d.%d" % v[:3], "abiflags": getattr(sys, "abiflags", ""),
    "hexversion": sys.hexversion, "prefix": sys.prefix, "debug": hasattr(sys, "gettotalrefcount"),
    "free_threaded": gil_disabled}))
"""
OLDEST_SUPPORTED = (3, 8)
PYENV_WANTED = ["2.7", "3.6", "3.7", "3.8", "3.9", "3.10", "3.11", "3.12", "3.13"]
DEBIAN = {"trixie": ["3.13"], "sid": ["3.13", "3.14", "3.15"]}
PROBE_FORMAT = 3  # raise when the entries change shape, so that old ones are not taken over


def minor(version):
    return tuple(int(part) for part in version.split(".")[:2])


def readelf(path, *options):
    run = subprocess.run(["readelf", "-W", *options, path], stdout=subprocess.PIPE,
                         stderr=subprocess.DEVNULL, encoding="utf-8", errors="replace")
    return run.stdout


def elf_facts(path):
    """What the tests and the layout generator want to know of a file: type, symbols, DWARF, build-id."""
    sections = readelf(path, "-S")
    build_id = re.search(r"Build ID: ([0-9a-f]+)", readelf(path, "-n"))
    return {
        "elf": "exec" if "EXEC (" in readelf(path, "-h") else "dyn",
        "stripped": " .symtab " not in sections,
        "has_dwarf": " .debug_info " in sections,
        "build_id": build_id.group(1) if build_id else None,
        "needed": re.findall(r"\(NEEDED\).*\[(libpython[^\]]*)\]", readelf(path, "-d")),
    }


def dwarf_of(facts, binary, libpython, debug_roots):
    """The file that holds the DWARF of the interpreter's core: itself, its libpython, or by build-id."""
    core = elf_facts(libpython) if libpython else facts
    if core["has_dwarf"]:
        return libpython or binary
    if core["build_id"]:
        for root in debug_roots:
            candidate = os.path.join(root, "usr/lib/debug/.build-id", core["build_id"][:2],
                                     core["build_id"][2:] + ".debug")
            if os.path.exists(candidate):
                return candidate
    return None


def candidates(cache):
    """(name, kind, argv, binary, root or None, debug roots), in the order the tests run them."""
    pyenv = os.environ.get("PYENV_ROOT", os.path.expanduser("~/.pyenv"))
    for version in PYENV_WANTED:
        found = [path for path in glob.glob(os.path.join(pyenv, "versions", version + ".*"))
                 if os.access(os.path.join(path, "bin/python"), os.X_OK)
                 and re.fullmatch(re.escape(version) + r"\.\d+", os.path.basename(path))]
        newest = max(found, key=lambda path: int(path.rsplit(".", 1)[1]), default=None)
        path = os.path.realpath(os.path.join(newest, "bin/python")) if newest else None
        yield "pyenv-" + version, "pyenv", [path], path, None, []
    path = "/usr/bin/python3"
    path = os.path.realpath(path) if os.path.exists(path) else None
    yield "distribution", "distribution", [path], path, None, \
        [os.path.join(cache, "debian/distribution-dbg"), "/"]
    for suite, versions in DEBIAN.items():
        root = os.path.join(cache, "debian", suite)
        loader = os.path.join(root, "usr/lib/x86_64-linux-gnu/ld-linux-x86-64.so.2")
        libraries = os.path.join(root, "usr/lib/x86_64-linux-gnu")
        for version in versions:
            name = suite + "-" + version
            patched = os.path.join(root, "usr/patched/python" + version)
            yield name, "chrootless-sid", [patched], patched, root, [root]
            if suite == "trixie":
                continue
            plain = os.path.join(root, "usr/bin/python" + version)
            argv = [loader, "--argv0", plain, "--library-path", libraries, plain]
            if version != "3.13":
                yield name + "-ldso", "ldso", argv, plain, root, [root]
            debug = patched + "d"
            yield name + "-debug", "debug", [debug], debug, root, [root]
    path = os.path.join(cache, "freethreaded-3.13/bin/python3.13t")
    if os.path.exists(path):
        yield "freethreaded-3.13", "freethreaded", [path], path, None, []


def clean_environment():
    return {"PATH": "/usr/local/bin:/usr/bin:/bin", "HOME": os.environ.get("HOME", "/"), "LC_ALL": "C.UTF-8"}


def describe(name, kind, argv, binary, root, debug_roots):
    run = subprocess.run(argv + ["-E", "-s", "-c", PROBE], stdin=subprocess.DEVNULL,
                         stdout=subprocess.PIPE, stderr=subprocess.PIPE, env=clean_environment())
    if run.returncode != 0:
        lines = run.stderr.decode("utf-8", "replace").strip().splitlines() or ["no output"]
        raise RuntimeError("it does not start: " + lines[-1])
    told = json.loads(run.stdout.decode("ascii"))
    facts = elf_facts(binary)
    libpython = None
    if facts["needed"]:
        guess = os.path.join(os.path.dirname(os.path.dirname(binary)), "lib", facts["needed"][0])
        libpython = guess if os.path.exists(guess) else None
    core = elf_facts(libpython) if libpython else facts
    supported = minor(told["version"]) >= OLDEST_SUPPORTED
    return {
        "name": name, "version": told["version"], "version_info": [int(p) for p in told["version"].split(".")],
        "hexversion": told["hexversion"], "path": binary, "argv": argv, "env": {}, "kind": kind,
        "stripped": core["stripped"], "debug": told["debug"], "free_threaded": told["free_threaded"],
        "supported": supported, "elf": facts["elf"], "libpython": libpython, "prefix": told["prefix"],
        "root": root, "dwarf": dwarf_of(facts, binary, libpython, debug_roots), "build_id": core["build_id"],
        "include": include_directory(told, root),
    }


def include_directory(told, root):
    version = ".".join(told["version"].split(".")[:2])
    places = [told["prefix"] + "/include/python" + version + told["abiflags"].replace("d", ""),
              told["prefix"] + "/include/python" + version]
    return next((place for place in places if os.path.exists(os.path.join(place, "Python.h"))), None)


def main():
    cache = os.path.abspath(sys.argv[1])
    listing = os.path.join(cache, "interpreters.json")
    try:
        with open(os.path.join(cache, "probes.json"), encoding="utf-8") as stream:
            known = json.load(stream)
    except (OSError, ValueError):
        known = {}
    skipped = []
    with open(os.path.join(cache, "skips.tsv"), encoding="utf-8") as stream:
        skipped = [dict(zip(("name", "reason"), line.rstrip("\n").split("\t", 1))) for line in stream]
    stated = {entry["name"] for entry in skipped}
    entries, probes = [], {}
    for name, kind, argv, binary, root, debug_roots in candidates(cache):
        if not binary or not os.access(binary, os.X_OK):
            if name not in stated:
                skipped.append({"name": name, "reason": "not installed on this machine"})
            continue
        status = os.stat(binary)
        key = [PROBE_FORMAT, argv, status.st_size, status.st_mtime_ns,
               [os.path.exists(os.path.join(path, "usr/lib/debug")) for path in debug_roots]]
        old = known.get(name)
        try:
            entry = old["entry"] if old and old["key"] == key else describe(
                name, kind, argv, binary, root, debug_roots)
        except (RuntimeError, OSError, ValueError) as error:
            skipped.append({"name": name, "reason": str(error)})
            continue
        entries.append(entry)
        probes[name] = {"key": key, "entry": entry}
    for path, data in ((os.path.join(cache, "probes.json"), probes), (listing, entries),
                       (os.path.join(cache, "interpreters-skipped.json"), skipped)):
        with open(path + ".new", "w", encoding="utf-8") as stream:
            json.dump(data, stream, indent=1)
            stream.write("\n")
        os.replace(path + ".new", path)


if __name__ == "__main__":
    main()
