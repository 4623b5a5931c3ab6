"""Which tasks a task of asyncio waits for behind a plain future, and at which lock, event or queue, is what the program knows."""

import json

import pytest

from conftest import TARGETS


@pytest.mark.parametrize("made", ["c", "python"])
def test_waits(interpreter, start_target, json_report, made):
    target = start_target(interpreter, TARGETS / "task_waits.py", made, wait=False)
    facts = json.loads(target.read_line())
    target.wait_ready()
    report = json_report(target.pid, "--no-redact")
    tasks = {task["name"]: task for task in report["tasks"]}
    awaited_by = {}
    for name, others in facts["for"].items():
        found = sorted(report["tasks"][number]["name"] for number in tasks[name]["waits_for"])
        assert found == sorted(others), name
        for other in others:
            awaited_by.setdefault(other, []).append(name)
    for name, others in awaited_by.items():
        found = sorted(report["tasks"][number]["name"] for number in tasks[name]["awaited_by"])
        assert found == sorted(others), name
    assert len(facts["at"]) == 7
    refused = {"group", "timeout", "wait_for"} if made == "python" and interpreter.version_info >= (3, 14) else set()
    refused |= {"group", "timeout"} if interpreter.version_info < (3, 11) else set()
    expected = {"wait", "wait first", "wait_for", "shield", "as_completed", "gather", "group", "timeout"} - refused
    assert {name for name, others in facts["for"].items() if others} == expected
    assert {name: tasks[name]["waits_at"] for name in facts["at"]} == facts["at"]
    for name in facts["for"]:
        assert name in facts["at"] or tasks[name]["waits_at"] is None, name
