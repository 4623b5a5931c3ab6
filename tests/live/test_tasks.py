"""The tasks of asyncio, read from outside, are those that Python itself knows, with the stacks that it can show and the
exceptions that they handle while they are suspended."""

import json

import pytest

from conftest import TARGETS


@pytest.fixture
def described(interpreter, start_target):
    target = start_target(interpreter, TARGETS / "asyncio_tasks.py", wait=False)
    facts = json.loads(target.read_line())
    target.wait_ready()
    return target, facts


def by_name(report):
    found = {}
    for task in report["tasks"]:
        assert task["name"] not in found, "two tasks are called " + task["name"]
        found[task["name"]] = task
    return found


def is_subsequence(few, many):
    rest = iter(many)
    return all(any(item == other for other in rest) for item in few)


def test_tasks_are_those_of_the_target(described, json_report, interpreter):
    target, facts = described
    report = json_report(target.pid, "--no-redact")
    found = by_name(report)
    exceptions = report["exceptions"]
    missing = [name for name in facts["all"] if name not in found]
    assert not missing
    pending = [task["name"] for task in facts["tasks"] if task["state"] == "pending"]
    assert len(pending) == 24 and sum(1 for task in facts["tasks"] if task["handling"]) == 16
    for expected in facts["tasks"]:
        if expected["name"] not in found:
            # A finished C task is in no list of 3.14 and later any more.
            assert expected["state"] == "finished" and interpreter.version_info >= (3, 14), expected
            continue
        task = found[expected["name"]]
        assert task["state"] == expected["state"], expected["name"]
        assert task["coroutine"] == expected["coroutine"]
        assert task["unreadable"] is None and not task["stack_cut"]
        seen = [[frame["function"], frame["line"]] for frame in task["stack"]]
        if task["state"] == "pending":
            # Python itself cannot look through the iterators of async generators and of coroutine.__await__().
            assert is_subsequence(expected["chain"], seen), (expected["name"], expected["chain"], seen)
            assert seen[:len(expected["chain"])] == expected["chain"]
        texts = [exceptions[number]["formatted"] for number in task["handling"]]
        assert texts == expected["handling"], expected["name"]


def test_ends_and_waiters(described, json_report, interpreter):
    target, _ = described
    report = json_report(target.pid, "--no-redact")
    found, tasks = by_name(report), report["tasks"]
    names = lambda numbers: sorted(tasks[number]["name"] for number in numbers)  # noqa: E731
    for prefix in ("c ", "python "):
        assert names(found[prefix + "waits"]["waits_for"]) == [prefix + "in_except"]
        assert names(found[prefix + "in_except"]["awaited_by"]) == [prefix + "waits"]
        assert names(found[prefix + "gathers"]["waits_for"]) == [prefix + "in_two", prefix + "waits"]
        if prefix + "lost" in found:
            lost = report["exceptions"][found[prefix + "lost"]["exception"]]
            assert (lost["type"], lost["message"]) == ("ArithmeticError", "lost")
        assert prefix + "fetched" not in found or found[prefix + "fetched"]["exception"] is None
    threads = {thread["name"]: thread["tid"] for thread in report["interpreters"][0]["threads"]}
    assert found["c waits"]["tid"] == threads["MainThread"] == target.pid
    others = {task["tid"] for task in tasks if task["name"].startswith("python ")}
    assert len(others) == 1 and others <= set(threads.values()) - {target.pid}


def test_nothing_is_on_a_stack(described, json_report):
    """None of these handlers is visible in a thread: without looking at tasks there is nothing."""
    target, facts = described
    report = json_report(target.pid, "--tasks=none")
    assert report["tasks"] is None
    assert not report["exceptions"]
    assert any(task["handling"] for task in facts["tasks"])


def test_text(described, run_tool):
    target, facts = described
    run = run_tool("--no-redact", target.pid)
    assert run.code == 0
    for expected in facts["tasks"]:
        for text in expected["handling"]:
            assert text in run.out
    assert "handle nothing" in run.out
    tree = run_tool("--tasks=tree", target.pid).out.split("Who waits for whom:")[1]
    gathers = next(line for line in tree.splitlines() if '"c gathers"' in line)
    below = tree.splitlines()[tree.splitlines().index(gathers) + 1]
    assert below.startswith("  Task") and '"c waits"' in below or '"c in_two"' in below
