"""Who holds the GIL, and whether the garbage collector is at work, against targets that arrange it."""

from conftest import TARGETS


def start(start_target, interpreter, kind):
    return start_target(interpreter, TARGETS / "gil.py", kind)


def test_the_holder_is_named(interpreter, start_target, json_report):
    """One thread keeps the GIL for ever, inside one call; it has it from some moment on, and then nobody else ever has."""
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
