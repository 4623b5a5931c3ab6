"""Stacks, thread names and tasks against what Python says of itself: sys._current_frames(), faulthandler,
asyncio.all_tasks(), and from 3.15 on its own tool that looks from outside."""

import json
import os
import re
import subprocess

import pytest

from conftest import TARGETS


@pytest.fixture
def standing(interpreter, start_target, json_report):
    """(target, report, what the target says) once every thread but the main one stands still."""
    target = start_target(interpreter, TARGETS / "agreement.py")

    def said():
        target.go()
        return json.loads(target.read_line())

    def others(dump):
        return {ident: entries for ident, entries in dump["frames"].items() if dump["names"].get(ident) != "MainThread"}

    # A thread says that it has arrived just before it comes to stand.
    before = said()
    for _ in range(100):
        report = json_report(target.pid)
        after = said()
        if others(before) == others(after):
            return target, report, after
        before = after
    raise AssertionError("the threads of the target do not come to stand")


def threads_of(report):
    return {str(thread["ident"]): thread for interpreter in report["interpreters"] for thread in interpreter["threads"]}


def entries(thread):
    return [[frame["file"], frame["line"], frame["function"]] for frame in thread["stack"]]


def test_current_frames(standing):
    _, report, said = standing
    threads = threads_of(report)
    assert set(threads) == set(said["frames"])
    for ident, thread in threads.items():
        assert (thread["name"], thread["tid"]) == (said["names"][ident], said["native"][ident])
        if thread["main"]:  # it was somewhere else: it made the list
            assert entries(thread)[0][2] == "<module>"
        else:
            assert entries(thread) == said["frames"][ident]


def test_faulthandler(standing):
    _, report, said = standing
    shown = {}
    for line in said["faulthandler"].splitlines():
        head = re.match(r"(?:Current thread|Thread) 0x([0-9a-f]+)", line)
        entry = re.match(r'  File "(.*)", line (\d+) in (.*)$', line)
        if head:
            current = shown.setdefault(str(int(head.group(1), 16)), [])
        elif entry:
            current.append([entry.group(1), int(entry.group(2)), entry.group(3)])
    threads = threads_of(report)
    assert set(shown) == set(threads)
    for ident, thread in threads.items():
        if not thread["main"]:
            # It is most recent call first, and ends after 100 frames.
            assert [[file, line, function] for file, line, function in entries(thread)[::-1][:100]] == shown[ident]


def test_tasks(standing):
    _, report, said = standing
    assert sorted(task["name"] for task in report["tasks"]) == said["tasks"]


def test_pythons_own_dump(standing, interpreter):
    """profiling.sampling dump, of the same binary."""
    if interpreter.version_info < (3, 15):
        pytest.skip("Python's own tool dumps stacks from 3.15 on")
    target, report, _ = standing
    run = subprocess.run(interpreter.command("-m", "profiling.sampling", "dump", "--all-threads", "--blocking", target.pid), env=interpreter.environment({"NO_COLOR": "1"}),
                         stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, timeout=60)
    assert run.returncode == 0, run.stderr
    print(run.stdout)
    shown = {}
    for line in run.stdout.splitlines():
        head = re.match(r"Stack dump.*, thread (\d+) ", line)
        entry = re.match(r'\s+File "(.*)", line (\d+), in (.*)$', line)
        if head:
            current = shown.setdefault(int(head.group(1)), [])
        elif entry:
            current.append([entry.group(1), int(entry.group(2)), entry.group(3)])
    by_tid = {thread["tid"]: thread for thread in threads_of(report).values()}
    assert set(shown) == set(by_tid)
    for tid, thread in by_tid.items():
        if not thread["main"]:
            # It shows paths below its own working directory as relative ones.
            assert [[os.path.abspath(file) if os.path.exists(file) else file, line, function]
                    for file, line, function in shown[tid]] == [
                        [frame["file"], frame["line"], frame["qualname"]] for frame in thread["stack"]]


def test_pythons_own_task_list(standing, interpreter):
    """asyncio ps, of the same binary: one line for each task and each of those that await it."""
    if interpreter.version_info < (3, 15):
        pytest.skip("before 3.15 Python's own tool shows no task of a loop that runs beside the main thread")
    target, report, _ = standing
    run = subprocess.run(interpreter.command("-m", "asyncio", "ps", target.pid), env=interpreter.environment({"NO_COLOR": "1"}),
                         stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, timeout=60)
    assert run.returncode == 0, run.stderr
    header, _, *rows = run.stdout.splitlines()
    columns = [header.index(word) for word in ("tid", "task id", "task name", "coroutine stack", "awaiter chain",
                                               "awaiter name", "awaiter id")] + [None]
    theirs = {}
    for row in rows:
        tid, _, name, stack, _, awaiter, _ = [row[begin:end].strip() for begin, end in zip(columns, columns[1:])]
        one = theirs.setdefault(name, (int(tid), [function.split(".")[-1] for function in stack.split(" -> ")][::-1], set()))
        if awaiter:
            one[2].add(awaiter)
    tasks = report["tasks"]
    assert theirs == {task["name"]: (task["tid"], [frame["function"] for frame in task["stack"]],
                                     {tasks[other]["name"] for other in task["awaited_by"]}) for task in tasks}
