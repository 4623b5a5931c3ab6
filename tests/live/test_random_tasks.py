"""Attaching at any moment to a server of asyncio that never rests (tests/targets/churn_tasks.py): each task's name determines what
may be said of it. Nothing is compared with another report of ours."""

import os
import re

import pytest

from conftest import TARGETS, call_tool, interpreter_parameters

ATTACHES = int(os.environ.get("PYEXC_RANDOM_ATTACHES", "2000"))
REQUEST = re.compile(r"w(\d+) n(\d+)\Z")
CHILD = re.compile(r"w(\d+) n(\d+) c(\d)\Z")
HELD = re.compile(r"w(\d+) r\d+\Z")
WORKER = re.compile(r"worker (\d+)\Z")
KINDS = 5
# What a request of each kind may handle while it waits, innermost first, and the frames of each traceback.
MAY_HANDLE = {0: [[]], 1: [[], ["outer"]], 2: [[], ["inner", "outer"]], 3: [[]], 4: [[]]}
FRAMES = {"outer": ["request", "fail"], "inner": ["inner", "fail"], "generator": ["numbers", "fail"], "child": ["child", "fail"]}

CHOSEN = ("pyenv-3.8", "pyenv-3.12", "sid-3.14")


def pytest_generate_tests(metafunc):
    if "churned" in metafunc.fixturenames:
        metafunc.parametrize("churned", interpreter_parameters(
            metafunc.config, lambda interpreter: interpreter.name in CHOSEN))


class Judge:
    def __init__(self, report):
        self.report, self.wrong = report, []

    def check(self, condition, *words):
        if not condition:
            self.wrong.append(" ".join(map(str, words)))
        return condition

    def exception(self, number, message, which):
        e = self.report["exceptions"][number]
        self.check(e["type"].endswith("Numbered") and e["message"] == message, "not", message, "but", e["type"], e["message"])
        names = [frame["function"] for frame in e["frames"]]
        self.check(names == FRAMES[which], "traceback of", message, "is", names)

    def task(self, task):
        name, stack = task["name"], [frame["function"] for frame in task["stack"]]
        waits = [self.report["tasks"][number]["name"] for number in task["waits_for"]]
        if task["state"] != "pending":
            self.check(not task["handling"] and not task["waits_for"] and task["exception"] is None, "a finished task", task)
            return
        if name.startswith("Task-") and task["coroutine"] != "main":
            # Up to 3.12 BaseEventLoop.create_task() names a task when it is made already; it has not begun then.
            self.check(task["coroutine"] in ("worker", "request", "child") and len(stack) <= 1 and not task["handling"]
                       and not waits, name, "has no name yet, but", task)
            return
        if name.startswith("Task-"):
            self.check(task["coroutine"] == "main", name, "runs", task["coroutine"])
            self.check(all(WORKER.match(other) for other in waits), name, "waits for", waits)
            return
        worker, request, child = WORKER.match(name), REQUEST.match(name), CHILD.match(name)
        if not self.check(worker or request or child, "a task called", name):
            return
        function = "worker" if worker else "request" if request else "child"
        self.check(task["coroutine"] == function, name, "runs", task["coroutine"])
        self.check(stack[:1] == [function] or not stack, name, "stands in", stack)
        allowed = {"worker": ["worker"], "request": ["request", "inner", "pause", "sleep", "__sleep0"],
                   "child": ["child", "pause", "sleep", "__sleep0"]}[function]
        if not task["running"]:
            self.check(set(stack) <= set(allowed), name, "has the stack", stack)
        messages = [self.report["exceptions"][number]["message"] for number in task["handling"]]
        if worker:
            self.check(not messages, name, "handles", messages)
            self.check(all(re.match(r"w%s n\d+\Z" % worker.group(1), other) for other in waits), name, "waits for", waits)
        elif request:
            kind = int(request.group(2)) % KINDS
            which = [message[len(name) + 1:] for message in messages]
            self.check(all(message.startswith(name + " ") for message in messages), name, "handles", messages)
            # On its way into or out of its coroutine a task is on no stack, and handles what it does between its awaits.
            self.check(which in MAY_HANDLE[kind] or which in (["inner"], ["outer"]), name, "handles", messages)
            for number, one in zip(task["handling"], which):
                if one in FRAMES:
                    self.exception(number, name + " " + one, one)
            self.check(all(other.startswith(name + " c") for other in waits), name, "waits for", waits)
        else:
            self.check(messages in ([], [name]), name, "handles", messages)
            for number in task["handling"]:
                self.exception(number, name, "child")
            self.check(not waits, name, "waits for", waits)

    def suspended(self, one):
        self.check(one["kind"] == "generator" and one["qualname"] == "numbers", "suspended", one["kind"], one["qualname"])
        self.check([frame["function"] for frame in one["stack"]] == ["numbers"], "a stack of", one["stack"])
        self.check(len(one["handling"]) == 1, "handles", one["handling"])
        for number in one["handling"]:
            message = self.report["exceptions"][number]["message"]
            label = message.replace(" generator", "")
            match, held = REQUEST.match(label), HELD.match(label)
            if not self.check(held or match and int(match.group(2)) % KINDS == 4, "a generator handles", message):
                continue
            self.exception(number, label + " generator", "generator")
            where = "variable rows of worker in task \"worker %s\"" % held.group(1) if held else \
                "variable rows of request in task \"%s\"" % label
            self.check(one["found_in"] in (where, re.sub(" in task .*", " in thread %d" % self.tid(one), where)), label,
                       "was found in", one["found_in"])

    def tid(self, one):
        """Of a thread that runs a loop: the task that holds it may be running."""
        return next((thread["tid"] for i in self.report["interpreters"] for thread in i["threads"]
                     if one["found_in"].endswith("thread %d" % thread["tid"]) and thread["name"] in ("MainThread", "other")), 0)


@pytest.mark.xdist_group("churn")
def test_random_moments_of_tasks(churned, tool, start_target):
    target = start_target(churned, TARGETS / "churn_tasks.py")
    failures, complete, tasks, handling, suspended = [], 0, 0, 0, 0
    for number in range(ATTACHES):
        run = call_tool(tool, "--format=json", "--no-redact", target.pid)
        if run.code not in (0, 1):
            failures.append("attach %d: status %d: %s" % (number, run.code, run.err.strip()))
            continue
        report = run.json()
        judge = Judge(report)
        for task in report["tasks"]:
            judge.task(task)
            handling += len(task["handling"])
        for one in report["suspended"]:
            judge.suspended(one)
        judge.check(not report["stored"], "stored", report["stored"])
        tasks += len(report["tasks"])
        suspended += len(report["suspended"])
        complete += report["complete"]
        failures += ["attach %d%s: %s" % (number, "" if report["complete"] else " (incomplete)", words) for words in judge.wrong]
    target.go()
    raised, handled = map(int, target.read_line().split())
    assert target.finish() == 0
    print("%s: %d attaches, %d complete, %d tasks, %d exceptions handled by them, %d generators, target raised %d" % (
        churned.name, ATTACHES, complete, tasks, handling, suspended, raised))
    assert not failures, "%d:\n%s" % (len(failures), "\n".join(failures[:20]))
    assert raised == handled and raised > 0
    # On a busy machine a few are caught halfway each time, and say so.
    assert complete >= 0.95 * ATTACHES
    assert tasks > 10 * ATTACHES and handling > ATTACHES and suspended > ATTACHES, "the target hardly handled anything: this run shows nothing"
