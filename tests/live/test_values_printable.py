"""str.isprintable() of every code point there is, as each Python says and as the tables of src/text say: repr() escapes
by it."""

import os
import pathlib
import subprocess

import pytest

from conftest import REPOSITORY

ASK = """
import unicodedata
print(unicodedata.unidata_version)
first = None
for code in range(0x110001):
    if code < 0x110000 and chr(code).isprintable():
        if first is None:
            first = code
    elif first is not None:
        print("%x-%x" % (first, code - 1))
        first = None
"""


def find_reader():
    builddir = os.environ.get("PYEXC_BUILDDIR")
    places = [pathlib.Path(builddir)] if builddir else sorted(REPOSITORY.glob("build*"))
    found = [place / "tests/values/print_printable" for place in places if (place / "tests/values/print_printable").exists()]
    if not found:
        pytest.skip("print_printable is not built (set PYEXC_BUILDDIR)")
    return max(found, key=lambda path: path.stat().st_mtime)


def test_every_code_point(interpreter):
    asked = subprocess.run(interpreter.command("-c", ASK), env=interpreter.environment({}), stdout=subprocess.PIPE, timeout=120,
                           check=True).stdout.decode().split()
    version, theirs = asked[0], asked[1:]
    run = subprocess.run([find_reader(), *version.split(".")[:2]], stdout=subprocess.PIPE, timeout=120, check=True)
    ours = run.stdout.decode().split()
    assert theirs[0] == "20-7e" and len(theirs) > 500
    wrong = sorted(set(theirs) ^ set(ours), key=lambda run: int(run.split("-")[0], 16))
    print("%s: Unicode %s, %d runs of printable code points" % (interpreter.name, version, len(theirs)))
    assert theirs == ours, "Unicode %s: %s" % (version, ", ".join(wrong[:40]))
