"""Judges the fidelity corpus: how much of what format_exception can run, in that Python's own modules, it runs.

See tests/targets/fidelity_reachable.py for what "can" means; tests/fidelity/exclusions.json has what is left out,
with reasons.
"""

import collections
import concurrent.futures
import json
import subprocess

import pytest

import conftest
import launches
from fidelity_launch import Launch
from fidelity_runner import PYTHON_OPTIONS, TARGET

EXCLUSIONS = conftest.TESTS / "fidelity" / "exclusions.json"
REQUIRED = 95.0


def run_python(interpreter, *args, env=None, **kwargs):
    run = subprocess.run(interpreter.command(*PYTHON_OPTIONS, *args), stdin=subprocess.DEVNULL,
                         stdout=subprocess.PIPE, stderr=subprocess.PIPE,
                         env=interpreter.environment(env), timeout=300, **kwargs)
    assert run.returncode == 0, run.stderr.decode("utf-8", "replace")[-2000:]
    return run.stdout


def measure(interpreter, directory):
    """(per cent, reachable lines, {file:function: [lines never run]}, rules of the exclusion list in use)."""
    told = json.loads(run_python(interpreter, conftest.TARGETS / "fidelity_reachable.py", EXCLUSIONS))
    report = directory / "lines-run"
    work = directory / "corpus"
    work.mkdir()
    run_python(interpreter, TARGET, "--coverage", work, env={"PYEXC_COVERAGE_FILE": str(report)})
    for name, launch in launches.LAUNCHES.items():
        if launch.get("terminal") or not launches.applies(launch, interpreter.version_info):
            continue
        place = directory / name
        place.mkdir()
        with Launch(interpreter, name, place, {"PYEXC_COVERAGE_FILE": str(report)}) as started:
            if started.target.process.stdin:
                started.target.process.stdin.close()
            started.target.process.wait(conftest.READY_TIMEOUT)
    ran = collections.defaultdict(set)
    for line in report.read_text(encoding="ascii").splitlines():
        for file, number in json.loads(line):
            ran[file].add(number)
    missing, total, hit = {}, 0, 0
    for file, functions in told["lines"].items():
        for function, lines in functions.items():
            never = sorted(set(lines) - ran[file])
            total += len(lines)
            hit += len(lines) - len(never)
            if never:
                missing["%s:%s" % (file, function)] = never
    return 100.0 * hit / total, total, missing, set(told["rules_used"])


def release_builds(interpreter):
    """One of every minor version, and the distribution's, whose modules are patched."""
    return (interpreter.kind in ("pyenv", "distribution")
            or interpreter.kind == "chrootless-sid" and interpreter.version_info >= (3, 14))


def pytest_generate_tests(metafunc):
    if "release" in metafunc.fixturenames:
        metafunc.parametrize("release", conftest.interpreter_parameters(metafunc.config, release_builds))


def test_corpus_runs_what_format_exception_can_run(release, tmp_path, record_property):
    share, total, missing, _ = measure(release, tmp_path)
    rest = "; ".join("%s %s" % (place, ", ".join(map(str, lines))) for place, lines in sorted(missing.items()))
    record_property("shown", "the corpus runs %.1f %% of the %d lines that format_exception of %s %s can reach; not run: %s" % (
        share, total, release.name, release.version, rest or "none"))
    assert share >= REQUIRED, "%.2f %% of %d lines; never run: %s" % (share, total, rest)


def test_every_exclusion_is_in_use():
    """A rule that no Python matches any more would hide nothing, or the wrong thing."""
    rules = json.loads(EXCLUSIONS.read_text(encoding="utf-8"))
    releases = [interpreter for interpreter in conftest.supported_interpreters() if release_builds(interpreter)]
    if len({interpreter.version_info[:2] for interpreter in releases}) < 8:
        pytest.skip("needs every version from 3.8 to 3.15")
    with concurrent.futures.ThreadPoolExecutor(2) as pool:
        told = pool.map(lambda interpreter: json.loads(run_python(
            interpreter, conftest.TARGETS / "fidelity_reachable.py", EXCLUSIONS))["rules_used"], releases)
        used = set().union(*told)
    assert not [rule for number, rule in enumerate(rules) if number not in used]
    assert all(rule["reason"] for rule in rules)
