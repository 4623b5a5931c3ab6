"""Memory that never answers a read (userfaultfd) costs what lies on it, and a bounded time."""

import time

import pytest

from conftest import TARGETS, interpreter_parameters


def pytest_generate_tests(metafunc):
    if "unanswering" in metafunc.fixturenames:
        metafunc.parametrize("unanswering", interpreter_parameters(
            metafunc.config, lambda i: i.name in ("pyenv-3.8", "distribution", "pyenv-3.12")))


def test_a_page_that_never_answers(unanswering, start_target, run_tool):
    target = start_target(unanswering, TARGETS / "unanswered.py", wait=False)
    line = target.read_line()
    if line == b"unsupported":
        pytest.skip("this kernel refuses userfaultfd")
    assert line == b"ready"
    begin = time.monotonic()
    run = run_tool("--format=json", target.pid)
    elapsed = time.monotonic() - begin
    assert run.code == 1, run.err
    report = run.json()
    assert "hung-read" in {problem["code"] for problem in report["problems"]}
    threads = {t["name"]: t for i in report["interpreters"] for t in i["threads"]}
    handled = {name: report["exceptions"][t["handling"][0]] for name, t in threads.items()}
    assert handled["other"]["formatted"].endswith("KeyError: 'readable'\n")
    assert handled["MainThread"]["type"] == "ValueError"
    assert not handled["MainThread"]["message_exact"]
    assert handled["MainThread"]["frames"][-1]["function"] == "main"
    assert threads["MainThread"]["stack"]
    # Far from "for ever"; how long exactly is the machine's business.
    assert elapsed < 20
    with open("/proc/%d/status" % target.pid) as status:
        state = next(line for line in status if line.startswith("State:"))
    assert target.alive() and "stop" not in state
    target.go()
    assert target.finish() == 0
