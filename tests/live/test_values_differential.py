"""repr(), str(), exception messages, notes and the order of attributes, read from outside, are what the
target's own Python says: thousands of random values and every special case, on every interpreter."""

import os
import pathlib
import subprocess

import pytest

from conftest import REPOSITORY, TESTS

TARGET = TESTS / "values/values_target.py"
COUNT = 10000
KINDS = {"V": "value", "X": "exception", "O": "attributes", "D": "dict", "S": "static type", "N": "notes"}


def find_reader():
    builddir = os.environ.get("PYEXC_BUILDDIR")
    places = [pathlib.Path(builddir)] if builddir else sorted(REPOSITORY.glob("build*"))
    found = [place / "tests/values/print_values" for place in places if (place / "tests/values/print_values").exists()]
    if not found:
        pytest.skip("print_values is not built (set PYEXC_BUILDDIR)")
    return max(found, key=lambda path: path.stat().st_mtime)


def decoded(word):
    text = word[1:] if word[:1] in "EFI" else word
    if text in ("", "-", "/", "?") or len(text) % 2:
        return word
    return word[:1] + " " + repr(bytes.fromhex(text).decode("utf-8", "replace"))


def difference(theirs, ours):
    """The first word that differs, from a little before the place where it does."""
    for a, b in zip(theirs + [""], ours + [""]):
        if a != b:
            a, b = decoded(a), decoded(b)
            at = max(0, len(os.path.commonprefix([a, b])) - 60)
            return "%s: Python %s\n   ours   %s" % (theirs[0], a[at:at + 160], b[at:at + 160])
    return "%s: ours has more" % theirs[0]


def test_texts_are_those_of_the_target(interpreter, start_target):
    reader = find_reader()
    target = start_target(interpreter, TARGET, 20240, COUNT, wait=False)
    wanted = [target.read_line(300).decode() for _ in range(int(target.read_line(300)))]
    target.wait_ready()
    run = subprocess.run([reader, str(target.pid)], stdout=subprocess.PIPE, stderr=subprocess.PIPE, timeout=300)
    assert run.returncode == 0, run.stderr.decode()
    lines = run.stdout.decode().splitlines()
    found = [line for line in lines if line[0] != "T"]
    figures = [line for line in lines if line[0] == "T"]
    assert len(found) == len(wanted)
    counts, differ = {}, []
    for theirs, ours in zip(wanted, found):
        theirs, ours = theirs.split(" "), ours.split(" ")
        counts[theirs[0]] = counts.get(theirs[0], 0) + 1
        if theirs[0] == "X":
            del theirs[3:], ours[3:]  # why it is not exact is our own word
        if theirs[0] in "VX":
            for line in (theirs, ours):  # and so is what stands for a text that cannot be had
                for place in range(1, len(line) - 1, 2):
                    if line[place] == "F":
                        line[place + 1] = "-"
        if theirs != ours:
            differ.append(difference(theirs, ours))
    print("%s: %s; %d differ; ms, pages and calls of capture and decode: %s" % (
        interpreter.name, ", ".join("%d %s" % (count, KINDS[kind]) for kind, count in counts.items()), len(differ),
        [figure[2:] for figure in figures]))
    assert not differ, "%d differ, the first:\n%s" % (len(differ), "\n".join(differ[:12]))
