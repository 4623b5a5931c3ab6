"""--times: which threads moved between several looks. The target moves only when the test lets it."""

import json
import os
import subprocess
import time

import pytest

from conftest import TARGETS


@pytest.fixture
def walker(interpreter, start_target, json_report):
    """All its threads wait: between saying where it is and waiting the walking one has still a step to go."""
    walker = start_walker(start_target, interpreter)
    for _ in range(100):
        threads = threads_of(json_report(walker.pid))
        if threads["walker"]["stack"][-1]["function"] == "wait" and threads["walker"]["waiting"]:
            return walker
    raise AssertionError("the walking thread does not come to wait: %s" % threads["walker"])


def start_walker(start_target, interpreter, *args):
    target = start_target(interpreter, TARGETS / "movement.py", *args, wait=False)
    assert {target.read_line(), target.read_line()} == {b"a", b"ready"}
    return target


def threads_of(report):
    return {thread["name"]: thread for interpreter in report["interpreters"] for thread in interpreter["threads"]}


def test_nothing_moves(walker, json_report):
    begin = time.monotonic()
    threads = threads_of(json_report(walker.pid, "--times=4", "--every=20ms"))
    passed = time.monotonic() - begin
    for name in ("stuck", "walker", "MainThread"):
        movement = threads[name]["movement"]
        assert (movement["looks"], movement["moved"], movement["places"]) == (4, False, 1), name
        assert 0 < movement["over_ms"] <= passed * 1000
        assert movement["cpu_ms"] is None or movement["cpu_ms"] <= 20
    assert threads["stuck"]["handling"]


def test_one_moves(walker, tool):
    """The walker changes its place while the tool looks again and again; --verbose says when it has looked."""
    run = subprocess.Popen([tool, "--format=json", "--times=12", "--every=100ms", "--verbose", str(walker.pid)],
                           stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    try:
        for line in run.stderr:
            if "freeze" in line:  # it has looked once: from now on every step is between two looks
                walker.go()
                assert walker.read_line() == b"b"
                break
        out = run.communicate(timeout=60)[0]
    finally:
        if run.poll() is None:
            run.kill()
            run.wait()
    assert run.returncode == 0
    threads = threads_of(json.loads(out))
    assert threads["walker"]["movement"]["moved"] is True
    assert threads["walker"]["movement"]["places"] >= 2
    assert threads["walker"]["stack"][-2]["function"] == "step_b"
    assert threads["stuck"]["movement"]["moved"] is False
    assert threads["MainThread"]["movement"]["moved"] is False


def test_text(walker, run_tool):
    run = run_tool("--times=3", "--every=10ms", walker.pid)
    assert run.code == 0
    header = next(line for line in run.out.splitlines() if line.startswith("Thread") and '"stuck"' in line)
    assert "at the same place in 3 looks over " in header
    once = run_tool(walker.pid)
    assert "looks" not in once.out


def test_what_computes_in_one_place_used_the_processor(interpreter, start_target, json_report):
    walker = start_walker(start_target, interpreter, "busy")
    for _ in range(50):  # until it has begun
        threads = threads_of(json_report(walker.pid, "--times=5", "--every=100ms"))
        movement = threads["busy"]["movement"]
        if movement["looks"] == 5 and not movement["moved"]:
            break
    assert movement["moved"] is False
    assert movement["cpu_ms"] > threads["stuck"]["movement"]["cpu_ms"]


def test_usage(run_tool):
    for options, words in ((("--times=0",), "--times"), (("--times=x",), "--times"), (("--every=1s",), "--every"),
                           (("--times=2", "--record=/nonexistent/x"), "--record"), (("--times=2", "--every=soon"), "--every")):
        run = run_tool(*options, os.getpid())
        assert run.code == 2 and words in run.err and run.out == "", (options, run)
