"""Sub-interpreters, threads that C made, forked threads and an interpreter that is going away."""

import json

import pytest

from conftest import TARGETS


def start(start_target, interpreter, mode, lines=1):
    target = start_target(interpreter, TARGETS / "interpreters.py", mode, wait=False)
    said = [json.loads(target.read_line()) for _ in range(lines)]
    return target, {one["where"]: one for one in said}


def handlers(report):
    """(interpreter, thread, formatted) of each thread that handles something."""
    return [(interpreter, thread, [report["exceptions"][id]["formatted"] for id in thread["handling"]])
            for interpreter in report["interpreters"] for thread in interpreter["threads"] if thread["handling"]]


def test_sub_interpreter_in_a_thread(interpreter, start_target, json_report):
    target, said = start(start_target, interpreter, "sub-thread", 2)
    report = json_report(target.pid)
    assert len(report["interpreters"]) == 2
    found = {thread["tid"]: (one["id"], texts) for one, thread, texts in handlers(report)}
    assert found[said["main"]["tid"]] == (0, [said["main"]["exception"]])
    number, texts = found[said["sub"]["tid"]]
    assert number != 0 and texts == [said["sub"]["exception"]]


def test_sub_interpreter_on_the_main_thread(interpreter, start_target, json_report):
    """Two thread states of one thread: what the main interpreter handles around the call, and what is handled in it."""
    target, said = start(start_target, interpreter, "sub-main")
    report = json_report(target.pid)
    found = handlers(report)
    assert [(one["id"] != 0, texts) for one, _, texts in found if one["id"] != 0] == [(True, [said["sub"]["exception"]])]
    outer = [texts for one, _, texts in found if one["id"] == 0]
    assert len(outer) == 1 and len(outer[0]) == 1 and outer[0][0].endswith("ValueError: around it\n")
    assert {thread["tid"] for _, thread, _ in found} == {target.pid}


def test_a_thread_that_c_made(interpreter, start_target, json_report):
    target, said = start(start_target, interpreter, "c-thread")
    found = handlers(json_report(target.pid))
    assert [(thread["tid"], thread["ident"], texts) for _, thread, texts in found] == [
        (said["c-thread"]["tid"], said["c-thread"]["ident"], [said["c-thread"]["exception"]])]
    assert said["c-thread"]["tid"] != target.pid


def test_child_of_a_thread_that_forked(interpreter, start_target, json_report):
    """The only thread of the child has the child's pid, and a thread state that was made for another tid."""
    _, said = start(start_target, interpreter, "fork-thread")
    child = said["child"]["pid"]
    report = json_report(child)
    found = handlers(report)
    assert [(thread["tid"], texts) for _, thread, texts in found] == [(child, [said["child"]["exception"]])]


def test_shutting_down(interpreter, start_target, json_report, run_tool):
    """A finalizer that hangs at the very end, when every name of sys is None."""
    target, said = start(start_target, interpreter, "shutdown")
    if interpreter.version_info < (3, 11):  # nothing but sys.hexversion tells which release it is
        run = run_tool(target.pid)
        assert (run.code, run.out) == (5, "") and "shutting down" in run.err
        return
    report = json_report(target.pid)
    found = [thread for thread in report["interpreters"][0]["threads"] if thread["handling"]]
    assert [thread["tid"] for thread in found] == [target.pid]
    exception = report["exceptions"][found[0]["handling"][0]]
    assert [exception["type"], exception["message"], exception["frames"][0]["line"]] == said["shutdown"]["exception"]
    assert report["interpreters"][0]["finalizing"] is True
