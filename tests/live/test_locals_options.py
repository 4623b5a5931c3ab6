"""--locals beside other options: in a recording, without stacks, and where a recording has no values."""

import pytest

import conftest
from test_fidelity_locals import CASES, Process

CHOSEN = ["values.context", "values.chain_of_three", "values.contains_itself"]


@pytest.fixture
def process(interpreter):
    process = Process(interpreter, CASES["locals"], "values")
    process.target.go(" ".join(CHOSEN).encode("ascii") + b"\n")
    word, *tids = process.target.read_line().split()
    assert word == b"parked" and len(tids) == len(CHOSEN)
    try:
        yield process
        process.target.go(b"x")
        assert process.target.read_line() == b"done"
    finally:
        process.close()


def report(tool, *options):
    run = conftest.call_tool(tool, "--format=json", "--no-redact", *options)
    assert run.code in (0, 1), run.err
    return run.json()


def frames_of(found):
    return [frame for exception in found["exceptions"] for frame in exception["frames"]] + [
        frame for part in found["interpreters"] for thread in part["threads"] for frame in thread["stack"]]


def test_recorded(tool, process, tmp_path):
    recording = tmp_path / "recording"
    live = report(tool, "--locals", "--full", "--record", recording, process.target.pid)
    assert all(frame["locals_exact"] for exception in live["exceptions"] for frame in exception["frames"])
    replayed = report(tool, "replay", recording, "--locals", "--full")
    for part in ("exceptions", "interpreters"):
        assert replayed[part] == live[part]
    without = report(tool, "replay", recording)
    assert all(frame["locals"] is None and "locals_exact" not in frame for frame in frames_of(without))
    assert "error = " not in without["exceptions"][0]["formatted"]


def test_recorded_without(tool, process, tmp_path):
    recording = tmp_path / "recording"
    live = report(tool, "--record", recording, process.target.pid)
    replayed = report(tool, "replay", recording, "--locals")
    assert [problem["code"] for problem in replayed["problems"]] == ["not-recorded"]
    assert [exception["formatted"] for exception in replayed["exceptions"]] == [
        exception["formatted"] for exception in live["exceptions"]]
    assert all(frame["locals"] is None for frame in frames_of(replayed))


def test_without_stacks(tool, process):
    whole = report(tool, "--locals", "--full", process.target.pid)
    short = report(tool, "--locals", "--full", "--exceptions-only", process.target.pid)
    assert short["exceptions"] == whole["exceptions"]
    assert not any(thread["stack"] for part in short["interpreters"] for thread in part["threads"])


def test_no_locals(tool, process):
    assert all(frame["locals"] is None for frame in frames_of(report(tool, process.target.pid)))
