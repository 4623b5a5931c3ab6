"""Generators, coroutines and async generators that are suspended inside an `except` or a `finally` and on no stack are found
wherever they are held, with what Python itself knows of each; none is invented."""

import json

import pytest

from conftest import TARGETS


@pytest.fixture
def described(interpreter, start_target):
    target = start_target(interpreter, TARGETS / "suspended.py", wait=False)
    facts = json.loads(target.read_line())
    facts.append(json.loads(target.read_line()))
    target.wait_ready()
    return target, {fact["label"]: fact for fact in facts}


def seen(report, one):
    exceptions = report["exceptions"]
    return {"kind": one["kind"], "qualname": one["qualname"],
            "stack": [[frame["function"], frame["line"]] for frame in one["stack"]],
            "handling": [exceptions[number]["formatted"] for number in one["handling"]]}


def label_of(report, one):
    message = report["exceptions"][one["handling"][0]]["message"]
    return message.strip("'").replace(" again", "")


def test_all_are_found(described, json_report):
    target, facts = described
    report = json_report(target.pid, "--no-redact")
    found = {}
    for one in report["suspended"]:
        assert label_of(report, one) not in found, "one was found twice"
        found[label_of(report, one)] = one
    assert sorted(found) == sorted(facts)
    assert len(facts) == 23 and not report["search_cut"]
    for label, fact in facts.items():
        one = found[label]
        expected = {key: fact[key] for key in ("kind", "qualname", "stack", "handling")}
        assert seen(report, one) == expected, label
        assert not one["stack_cut"] and one["interpreter"] == 0
        for words in fact["words"]:
            assert words in one["found_in"], (label, one["found_in"])


def test_text_and_replay(described, run_tool, tmp_path):
    target, facts = described
    recording = tmp_path / "recording"
    run = run_tool("--no-redact", "--record", recording, target.pid)
    assert run.code == 0, run.err
    for fact in facts.values():
        for text in fact["handling"]:
            assert text in run.out
    assert run.out.count("\nSuspended: ") == len(facts)
    again = run_tool("--no-redact", "replay", recording)
    assert again.code == 0
    assert again.out.split("\n", 2)[2] == run.out.split("\n", 2)[2]


def test_not_looked_at(described, json_report):
    target, _ = described
    report = json_report(target.pid, "--tasks=none")
    assert report["suspended"] is None and report["search_cut"] is False
    assert not any("in_except" in frame["function"] for e in report["exceptions"] for frame in e["frames"])
