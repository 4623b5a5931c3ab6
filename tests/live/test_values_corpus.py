"""repr() and str() of the values in tests/values/corpus/, read from outside: equal to what the target's own Python says, or
marked inexact and, where that is as it should be, listed in tests/values/corpus/inexact.txt."""

import os
import pathlib
import re
import subprocess

import pytest

from conftest import REPOSITORY, TESTS

CORPUS = TESTS / "values/corpus"
FAMILIES = sorted(path.stem[len("corpus_"):] for path in CORPUS.glob("corpus_*.py"))
ENOUGH = 0.99  # of the lines of a family without an entry in inexact.txt


def find_reader():
    builddir = os.environ.get("PYEXC_BUILDDIR")
    places = [pathlib.Path(builddir)] if builddir else sorted(REPOSITORY.glob("build*"))
    found = [place / "tests/values/print_values" for place in places if (place / "tests/values/print_values").exists()]
    if not found:
        pytest.skip("print_values is not built (set PYEXC_BUILDDIR)")
    return max(found, key=lambda path: path.stat().st_mtime)


def declared_inexact():
    """[(family, label pattern)] of inexact.txt: `family label-regex  # why`."""
    rows = []
    for line in (CORPUS / "inexact.txt").read_text().splitlines():
        line = line.split("  #")[0].strip()
        if line and not line.startswith("#"):
            family, pattern = line.split(None, 1)
            rows.append((family, re.compile(pattern)))
    return rows


def plain(label):
    """The label of a value: what may be inexact as a repr() may be so as a str() too, and whoever was asked before."""
    return re.sub("(/unasked)?(/str)?$", "", label)


def decoded(word):
    return "" if word in ("-", "!") else bytes.fromhex(word).decode("utf-8", "replace")


@pytest.mark.parametrize("family", FAMILIES)
def test_corpus(interpreter, family, start_target):
    reader = find_reader()
    target = start_target(interpreter, TESTS / "values/corpus_target.py", family, wait=False)
    wanted = [target.read_line(120).decode().split(" ") for _ in range(int(target.read_line(120)))]
    target.wait_ready()
    run = subprocess.run([reader, str(target.pid)], stdout=subprocess.PIPE, stderr=subprocess.PIPE, timeout=120)
    assert run.returncode == 0, run.stderr.decode()
    found = [line.split(" ") for line in run.stdout.decode().splitlines() if line.startswith("C ")]
    assert len(found) == len(wanted)
    allowed = declared_inexact()
    wrong, inexact, exact = [], [], 0

    def compare(label, theirs, verdict, ours, reason):
        nonlocal exact
        if verdict == "E" and ours == theirs:
            exact += 1
        elif verdict == "E":
            wrong.append("%s: Python %s\n   ours   %s" % (label, decoded(theirs)[:300], decoded(ours)[:300]))
        elif verdict == "F":
            assert theirs == "!", "%s: said to raise, Python says %s" % (label, decoded(theirs)[:300])
            exact += 1
        elif any(known == family and (pattern.fullmatch(label) or pattern.fullmatch(plain(label)))
                 for known, pattern in allowed):
            inexact.append(label)
        else:
            wrong.append("%s: inexact (%s)\n   Python %s\n   ours   %s" % (
                label, decoded(reason), decoded(theirs)[:300], decoded(ours)[:300]))

    for (_, label, *theirs), (_, *ours) in zip(wanted, found):
        for place, suffix in enumerate(["", "/str"]):
            compare(label + suffix, theirs[place], *ours[3 * place:3 * place + 3])
    print("%s: %s: %d of %d exact (%.2f %%), inexact: %s" % (
        interpreter.name, family, exact, 2 * len(wanted), 50.0 * exact / max(1, len(wanted)), ", ".join(inexact) or "none"))
    assert not wrong, "%d differ:\n%s" % (len(wrong), "\n".join(wrong[:400]))
    assert exact >= ENOUGH * (2 * len(wanted) - len(inexact))
