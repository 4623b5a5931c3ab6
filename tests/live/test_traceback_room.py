"""src/traceback/ against the traceback module of every interpreter, without a process to read: the target
describes its own exceptions (tests/traceback/describe.py), format_json formats the description.

More of the same: PYEXC_TRACEBACK_SEED=7 PYEXC_TRACEBACK_COUNT=100000 pytest tests/live/test_traceback_room.py
"""

import json
import os
import pathlib
import subprocess
import sys

import pytest

from conftest import REPOSITORY, TESTS, all_interpreters, interpreter_parameters

PROGRAMS = TESTS / "traceback"
SEED = os.environ.get("PYEXC_TRACEBACK_SEED", "1")
COUNT = os.environ.get("PYEXC_TRACEBACK_COUNT", "3000")

# What the formatter itself marks as inexact, and why no description can say it.
INEXACT = {
    "library": "an instruction of more than 2,000 lines is not kept as a whole",
    "made_syntax_errors": "a `text` of bytes is printed, not refused, before 3.9",
    "suggestions": "names in need of NFKC are not normalised; a distribution has its own words for missing modules",
}


def pytest_generate_tests(metafunc):
    # A debug build, or the same one started through ld.so, has the same Lib/traceback.py.
    if "python" in metafunc.fixturenames:
        metafunc.parametrize("python", interpreter_parameters(
            metafunc.config, lambda one: not one.debug and one.kind != "ldso"))


def formatter():
    builddir = os.environ.get("PYEXC_BUILDDIR")
    places = [pathlib.Path(builddir)] if builddir else sorted(REPOSITORY.glob("build*"))
    found = [place / "tests/traceback/format_json" for place in places
             if os.access(place / "tests/traceback/format_json", os.X_OK)]
    if not found:
        pytest.skip("tests/traceback/format_json is not built (set PYEXC_BUILDDIR)")
    return str(max(found, key=lambda path: path.stat().st_mtime))


def text(packed):
    return packed.encode("latin-1").decode("utf-8", "surrogatepass")


def described(interpreter, script, *args):
    run = subprocess.run(interpreter.command(PROGRAMS / script, *args), env=interpreter.environment(),
                         stdout=subprocess.PIPE, stderr=subprocess.PIPE, stdin=subprocess.DEVNULL)
    assert run.returncode == 0, run.stderr.decode("utf-8", "replace")[-2000:]
    return [json.loads(line) for line in run.stdout.decode("ascii").splitlines()]


def formatted(reports):
    lines = "".join(json.dumps(one["report"]) + "\n" for one in reports)
    run = subprocess.run([formatter()], input=lines.encode("ascii"), stdout=subprocess.PIPE, stderr=subprocess.PIPE)
    assert run.returncode == 0, run.stderr.decode("utf-8", "replace")[-2000:]
    results = [json.loads(line) for line in run.stdout.decode("utf-8").split("\n") if line]
    assert len(results) == len(reports)
    return results


def first_difference(expected, got):
    """The entry that differs; a whole traceback is too much to read."""
    ours, theirs = text(got).split("  File "), text(expected).split("  File ")
    for number, (one, other) in enumerate(zip(theirs, ours)):
        if one != other:
            return "part %d:\n%s\n-- instead of --\n%s" % (number, other, one)
    return "%d parts instead of %d" % (len(ours), len(theirs))


def compare(reports):
    """Returns how many exceptions were compared."""
    compared, wrong = 0, []
    for one, result in zip(reports, formatted(reports)):
        for number, (expected, got) in enumerate(zip(one["expected"], result["exceptions"])):
            if expected is None:
                continue
            compared += 1
            kind = one["name"].split()[0]
            if not got["exact"] and kind in INEXACT:
                continue
            if expected != got["formatted"] or not got["exact"]:
                wrong.append("%s, exception %d, exact %s, %s" % (
                    one["name"], number, got["exact"], first_difference(expected, got["formatted"])))
        if "stack" in one and one["stack"] != result["stack"]:
            wrong.append("%s: %s\n-- instead of --\n%s" % (one["name"], text(result["stack"]), text(one["stack"])))
    assert not wrong, "%d of %d differ:\n%s" % (len(wrong), compared, "\n\n".join(wrong[:5]))
    return compared


def test_exceptions(python):
    compared = compare(described(python, "cases.py", SEED))
    assert compared > 1000


def test_carets(python):
    if python.version_info < (3, 11):
        pytest.skip("there are no carets before Python 3.11")
    reports = described(python, "segments.py", SEED, COUNT)
    assert compare(reports) == len(reports) > 0
    drawn = sum(report["expected"][0].count("~^") for report in reports)
    assert drawn > int(COUNT) / 50, "hardly any of the expressions has an operator or bracket to point at"


def test_misspelt_keywords(python):
    reports = described(python, "typos.py", SEED, int(COUNT) // 4)
    compared = compare(reports)
    assert compared > int(COUNT) // 10
    if python.version_info >= (3, 14):
        found = sum("invalid syntax. Did you mean" in report["expected"][0] for report in reports)
        assert found > compared / 20


def test_unicode_tables_are_those_of_the_interpreters():
    databases = {(3, 6): "9.0", (3, 7): "11.0", (3, 8): "12.1", (3, 9): "13.0", (3, 11): "14.0", (3, 12): "15.0",
                 (3, 13): "15.1", (3, 14): "16.0", (3, 15): "17.0"}
    found = {}
    for interpreter in all_interpreters():
        if interpreter.kind in ("pyenv", "chrootless-sid") and not interpreter.debug:
            found.setdefault(interpreter.version_info[:2], interpreter)
    missing = ["%d.%d" % version for version in databases if version not in found]
    if missing:
        pytest.skip("no Python " + ", ".join(missing) + " to generate the tables from")
    pythons = [found[version].path for version in databases]
    run = subprocess.run([sys.executable, str(REPOSITORY / "src/text/generate.py"), *pythons], stdout=subprocess.PIPE,
                         check=True)

    def tables(written):
        return [line for line in written.splitlines() if not line.startswith("//")]
    checked_in = (REPOSITORY / "src/text/unicode_tables.inc").read_text(encoding="ascii")
    assert tables(run.stdout.decode("ascii")) == tables(checked_in)
