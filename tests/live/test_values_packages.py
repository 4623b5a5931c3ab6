"""Objects of packages that servers use, read from outside: what must be said of each is what the package itself
says in the target (tests/values/packages/). Each package in two major versions: those of the distribution, and the
newest that tests/packages.sh could install for one interpreter."""

import json
import subprocess

import pytest

from conftest import TESTS, Interpreter, read_json
from test_values_corpus import decoded, find_reader

FAMILIES = sorted(path.stem[len("package_"):] for path in (TESTS / "values/packages").glob("package_*.py"))


def package_interpreters():
    """Those of packages.json, which tests/packages.sh writes: [{"name", "path", "reason" if it is not there}]."""
    found = read_json("packages.json")
    if not found:
        return [pytest.param(None, id="none", marks=pytest.mark.skip(reason="no packages; run tests/packages.sh"))]
    known = {entry["path"]: entry for entry in read_json("interpreters.json")}
    parameters = []
    for entry in found:
        if entry.get("reason"):
            parameters.append(pytest.param(None, id=entry["name"], marks=pytest.mark.skip(reason=entry["reason"])))
            continue
        like = known[entry["like"]]
        parameters.append(pytest.param(Interpreter(dict(like, name=entry["name"], path=entry["path"], argv=[entry["path"]])),
                                       id=entry["name"]))
    return parameters


def pytest_generate_tests(metafunc):
    if "interpreter" in metafunc.fixturenames:
        metafunc.parametrize("interpreter", package_interpreters())


@pytest.mark.parametrize("family", FAMILIES)
def test_packages(interpreter, family, start_target):
    target = start_target(interpreter, TESTS / "values/packages_target.py", family, wait=False)
    count = target.read_line(120)
    if count.startswith(b"{"):
        pytest.skip("%s: %s" % (interpreter.name, json.loads(count)["missing"]))
    wanted = [json.loads(target.read_line(120)) for _ in range(int(count))]
    target.wait_ready()
    run = subprocess.run([find_reader(), str(target.pid)], stdout=subprocess.PIPE, stderr=subprocess.PIPE, timeout=120)
    assert run.returncode == 0, run.stderr.decode()
    found = [line.split(" ") for line in run.stdout.decode().splitlines() if line.startswith("C ")]
    assert len(found) == len(wanted)
    wrong = []
    for one, (_, verdict, text, *_rest) in zip(wanted, found):
        text = decoded(text)
        missing = [piece for piece in one["pieces"] if piece not in text]
        if missing or verdict != "I":
            wrong.append("%s: %s lacks %s\n   ours %s" % (one["label"], verdict, missing, text[:500]))
    assert not wrong, "%d differ:\n%s" % (len(wrong), "\n".join(wrong))
