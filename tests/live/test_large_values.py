"""Variables of any size: the report comes in bounded time and memory, says what it left out, and what one thread has too
much of costs no other thread its stack or its variables."""

import json
import subprocess
import sys

import pytest

from conftest import TARGETS

# A process counts the memory of the one that it was forked from: so a small one starts the tool. An allocation of
# unchecked size fails instead of taking the machine along.
LAUNCHER = """
import resource, subprocess, sys
limit = 4 << 30
code = subprocess.call(sys.argv[1:], preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_AS, (limit, limit)))
print(resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss, file=sys.stderr)
sys.exit(code)
"""
KINDS = ["mixed", "list", "bytes", "deep", "wide", "objects"]
MAX_FREEZE_US = 1_000_000
MAX_MEMORY_MB = {"default": 250, "full": 700}  # 32 and 128 MiB of pages, the texts made of them, JSON


def pytest_generate_tests(metafunc):
    from conftest import interpreter_parameters
    wanted = ("pyenv-3.8", "pyenv-3.11", "pyenv-3.12", "sid-3.15")
    metafunc.parametrize("interpreter", interpreter_parameters(
        metafunc.config, lambda interpreter: interpreter.name in wanted))


def attach(tool, pid, *options):
    """(report, peak memory of the tool in MB)"""
    run = subprocess.run([sys.executable, "-I", "-S", "-c", LAUNCHER, tool, "--format=json", "--locals", *options, str(pid)],
                         stdout=subprocess.PIPE, stderr=subprocess.PIPE, timeout=120)
    *said, memory = run.stderr.decode().splitlines()
    assert run.returncode in (0, 1), said
    return json.loads(run.stdout), int(memory) / 1024


def variables(frames):
    return {value["name"]: value for frame in frames for value in frame["locals"] or []}


def check_bounds(report, memory, options):
    print("freeze %d us, peak %.0f MB, problems %s" % (report["freeze"]["duration_us"], memory, [
        (p["code"], p["what"]) for p in report["problems"]]))
    assert report["freeze"]["duration_us"] <= MAX_FREEZE_US + 100_000
    assert memory <= MAX_MEMORY_MB["full" if "--full" in options else "default"]


@pytest.mark.parametrize("options", [(), ("--full",)], ids=["default", "full"])
@pytest.mark.parametrize("kind", KINDS)
def test_bounded(interpreter, start_target, tool, kind, options):
    target = start_target(interpreter, TARGETS / "large_values.py", kind)
    report, memory = attach(tool, target.pid, *options)
    check_bounds(report, memory, options)
    main = report["interpreters"][0]["threads"][0]
    found = variables(main["stack"])
    if kind == "mixed":
        assert sum(len(frame["locals"]) for frame in main["stack"]) >= 100
        assert found["int_3"]["repr"] == "12345678901234567890" and found["int_3"]["exact"]
        assert all(value["exact"] for name, value in found.items() if name.endswith("_7"))
        return
    assert found["marker"]["repr"] == repr(kind)
    large = found[{"list": "items", "bytes": "data", "deep": "nested", "wide": "everything", "objects": "nodes"}[kind]]
    assert not large["exact"]
    # The cut is visible, and with how much was left out where that can be said.
    assert "...<" in large["repr"] or kind == "objects" and options
    if kind == "list":
        shown = large["repr"].count(", ")
        assert "...<%d more>" % (10_000_000 - shown) in large["repr"] or "...<cut>" in large["repr"]


@pytest.mark.parametrize("options", [(), ("--full",)], ids=["default", "full"])
def test_one_fat_thread_costs_the_others_nothing(interpreter, start_target, tool, options):
    target = start_target(interpreter, TARGETS / "large_values.py", "crowd")
    report, memory = attach(tool, target.pid, *options)
    check_bounds(report, memory, options)
    threads = report["interpreters"][0]["threads"]
    assert len(threads) == 42
    ordinary = 0
    for thread in threads:
        assert thread["stack"] and len(thread["handling"]) == 1
        found = variables(thread["stack"])
        marker = found.get("marker", {"repr": "None"})["repr"].strip("'")
        if marker.startswith("ordinary"):
            number = int(marker.split()[1])
            ordinary += 1
            assert found["text"]["repr"] == repr("t" * number) and found["text"]["exact"]
            assert found["numbers"]["repr"] == repr(list(range(number))) and found["numbers"]["exact"]
        elif marker == "fat":
            assert not found["one"]["exact"] and not found["whole"]["exact"]
            pieces = [value for name, value in found.items() if name.startswith("piece_")]
            assert len(pieces) == 400
            if options:
                assert any(value["exact"] for value in pieces)
                assert any(value["repr"] in ("<not read>", "<not shown>") for value in pieces)
                assert "limit" in [problem["code"] for problem in report["problems"]]
    assert ordinary == 40


def test_reading_stops_with_the_freeze(interpreter, start_target, tool):
    """Less time than the values of all threads take: it is kept and said, and the stacks, which come first, stay."""
    target = start_target(interpreter, TARGETS / "large_values.py", "crowd")
    limit_us = 64_000
    for _ in range(20):
        report, _ = attach(tool, target.pid, "--full", "--max-freeze=%dus" % limit_us)
        codes = {problem["code"] for problem in report["problems"]}
        if "max-freeze" not in codes:
            limit_us = max(limit_us // 2, 500)
            continue
        assert not report["complete"]
        assert codes & {"limit", "not-captured"}, "nothing says which variables were left out"
        threads = report["interpreters"][0]["threads"]
        # On a crowded machine the time may pass before the stacks are read: then once more.
        if len(threads) == 42 and all(thread["stack"] and len(thread["handling"]) == 1 for thread in threads):
            return
    pytest.fail("never cut among the values")
