"""Exceptions that are kept without being handled, in sys.last_exc, futures, task groups and finished tasks, are those that the
program knows, with the text that Python gives them; none is invented."""

import json

from conftest import TARGETS


def test_stored(interpreter, start_target, json_report, run_tool, tmp_path):
    target = start_target(interpreter, TARGETS / "stored.py", wait=False)
    facts = json.loads(target.read_line())
    target.wait_ready()
    report = json_report(target.pid, "--no-redact", "--record", tmp_path / "recording")
    exceptions = report["exceptions"]
    found = {one["kind"]: one for one in report["stored"]}
    assert sorted(one["kind"] for one in report["stored"]) == sorted(fact["kind"] for fact in facts["stored"])
    assert len(found) == (4 if interpreter.version_info >= (3, 11) else 3)
    for fact in facts["stored"]:
        one = found[fact["kind"]]
        assert exceptions[one["exception"]]["formatted"] == fact["formatted"]
        for words in fact["words"]:
            assert words in one["where"]
    # In no list of asyncio any more from 3.14 on; a variable holds it.
    lost = [exceptions[task["exception"]]["formatted"] for task in report["tasks"] if task["exception"] is not None]
    assert facts["lost"] in lost
    again = run_tool("--no-redact", "--format=json", "replay", tmp_path / "recording").json()
    assert (again["stored"], again["exceptions"], again["tasks"]) == (report["stored"], exceptions, report["tasks"])
    text = run_tool("--no-redact", target.pid).out
    assert text.count("\nStored: ") == len(found)
    for fact in facts["stored"]:
        assert fact["formatted"] in text
