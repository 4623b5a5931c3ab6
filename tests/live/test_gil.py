"""Who holds the GIL, and whether the garbage collector is at work, against targets that arrange it."""

import pytest

from conftest import TARGETS


def needs_gil(interpreter):
    if interpreter.entry["free_threaded"]:
        pytest.skip("a free-threaded build runs without a GIL")


def start(start_target, interpreter, kind):
    return start_target(interpreter, TARGETS / "gil.py", kind)


def test_the_holder_is_named(interpreter, start_target, json_report):
    """One thread keeps the GIL for ever, inside one call; it has it from some moment on, and then nobody else ever has."""
    needs_gil(interpreter)
    target = start(start_target, interpreter, "held")
    seen = set()
    for _ in range(50):
        report = json_report(target.pid)
        threads = {thread["name"]: thread["gil"] for thread in report["interpreters"][0]["threads"]}
        holders = [name for name, gil in threads.items() if gil == "holding"]
        assert len(holders) <= 1
        seen.add(tuple(holders))
        if holders == ["spinner"]:
            break
    assert ("spinner",) in seen, seen
    for _ in range(5):
        report = json_report(target.pid)
        assert [thread["name"] for thread in report["interpreters"][0]["threads"] if thread["gil"] == "holding"] == ["spinner"]
    assert report["interpreters"][0]["gc_collecting"] is False
    text = next(thread for thread in report["interpreters"][0]["threads"] if thread["name"] == "spinner")
    assert text["stack"][-1]["function"] == "spin"


def test_nobody_holds_it(interpreter, start_target, json_report):
    target = start(start_target, interpreter, "free")
    # The main thread says that it is ready a moment before it reads without the GIL.
    for _ in range(50):
        threads = json_report(target.pid)["interpreters"][0]["threads"]
        if all(thread["gil"] != "holding" for thread in threads):
            break
    assert [thread["gil"] for thread in threads if thread["gil"] not in (None, "none")] == []


def test_collector_at_work(interpreter, start_target, json_report):
    busy = json_report(start(start_target, interpreter, "collecting").pid)["interpreters"][0]
    idle = json_report(start(start_target, interpreter, "free").pid)["interpreters"][0]
    assert (busy["gc_collecting"], idle["gc_collecting"]) == (True, False)
    assert (busy["finalizing"], idle["finalizing"]) == (False, False)


def test_who_waits_is_named(interpreter, start_target, json_report, run_tool):
    """The main thread comes back from its read and never gets the GIL again."""
    needs_gil(interpreter)
    target = start(start_target, interpreter, "held")
    for _ in range(50):
        threads = {thread["name"]: thread for thread in json_report(target.pid)["interpreters"][0]["threads"]}
        if threads["spinner"]["gil"] == "holding" and threads["MainThread"]["waiting"] is not None:
            break
    if (threads["MainThread"]["waiting"] or {}).get("call") == "read":
        assert threads["MainThread"]["gil"] == "none"
    target.go()
    for _ in range(50):
        threads = {thread["name"]: thread for thread in json_report(target.pid)["interpreters"][0]["threads"]}
        # 3.15 tells by a flag of its own, also of one that is awake at that moment.
        if threads["MainThread"]["gil"] == "waiting" and threads["MainThread"]["waiting"]:
            break
    assert (threads["MainThread"]["gil"], threads["spinner"]["gil"]) == ("waiting", "holding")
    assert threads["MainThread"]["waiting"]["call"] == "futex" and threads["MainThread"]["waits_for"] is None
    # It wakes up every 5 ms to ask for it anew (sys.setswitchinterval()): one look may catch it awake.
    for _ in range(50):
        lines = [line for line in run_tool(target.pid).out.splitlines() if line.startswith("Thread ")]
        waiting = next(line for line in lines if '"MainThread"' in line)
        if "waits for the GIL" in waiting:
            break
    assert "waits for the GIL" in waiting
    assert "holds the GIL" in next(line for line in lines if '"spinner"' in line)


def test_a_lock_is_not_the_gil(interpreter, start_target, json_report):
    target = start(start_target, interpreter, "free")
    for _ in range(50):
        threads = {thread["name"]: thread for thread in json_report(target.pid)["interpreters"][0]["threads"]}
        if threads["idle"]["waits_for"] is not None:
            break
    assert threads["idle"]["waiting"]["call"] == "futex"
    # Where there is no GIL, nothing is claimed.
    assert threads["idle"]["gil"] == (None if interpreter.entry["free_threaded"] else "none")
    assert threads["idle"]["waits_for"] is not None
