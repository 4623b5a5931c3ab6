"""Attaching at any moment to a process that never rests (tests/targets/churn.py).

Each report is held against the target's own numbering: what a message says determines the traceback and the
context it must have; which function may call which is read from the target's source. Nothing is compared with
another report of ours.
"""

import ast
import os
import re

import pytest

from conftest import TARGETS, call_tool, interpreter_parameters

ATTACHES = int(os.environ.get("PYEXC_RANDOM_ATTACHES", "2000"))
CHURN = TARGETS / "churn.py"
MESSAGE = re.compile(r"([abg]) t(\d+) n(\d+)\Z")
DEPTHS = 7
SHIFT = {"a": 0, "b": 3, "g": 5}
HANDLER = {"a": "round_trip", "b": "handle_again", "g": "suspended"}

CHOSEN = ("pyenv-3.8", "pyenv-3.11", "pyenv-3.13", "distribution", "sid-3.15")


def pytest_generate_tests(metafunc):
    if "churned" in metafunc.fixturenames:
        metafunc.parametrize("churned", interpreter_parameters(
            metafunc.config, lambda interpreter: interpreter.name in CHOSEN))


def calls_of_source():
    """function -> {callee: lines on which it is called}, from the target's syntax tree."""
    calls = {}
    tree = ast.parse(CHURN.read_text())
    bodies = [(node.name, node) for node in tree.body if isinstance(node, ast.FunctionDef)]
    for name, body in bodies:
        found = calls.setdefault(name, {})
        for node in ast.walk(body):
            if isinstance(node, ast.Call):
                function = node.func
                callee = function.id if isinstance(function, ast.Name) else getattr(function, "attr", None)
                if callee == "next":
                    callee = "suspended"
                elif callee == "Thread":
                    callee = "__init__"
                found.setdefault(callee, set()).update(range(node.lineno, node.end_lineno + 1))
    return calls


CALLS = calls_of_source()


def expected_traceback(kind, n):
    depth = (n + SHIFT[kind]) % DEPTHS
    return [HANDLER[kind]] + ["down"] * (depth + 1) + ["fail"]


class Judge:
    """Collects what is wrong with one report, in words."""

    def __init__(self, report):
        self.report = report
        self.wrong = []
        self.exceptions = report["exceptions"]

    def check(self, condition, *words):
        if not condition:
            self.wrong.append(" ".join(map(str, words)))
        return condition

    def exception(self, index, thread, complete):
        e = self.exceptions[index]
        if e["type"].endswith("SystemExit") or e["type"] == "StopIteration":
            return None
        if e["type"] == "AttributeError" and "'_thread." in e["message"]:
            return None  # threading.Condition tries what its lock can do
        match = MESSAGE.match(e["message"] or "")
        if not self.check(e["type"].endswith("Numbered") and match, "strange exception", e["type"], e["message"]):
            return None
        kind, t, n = match.group(1), int(match.group(2)), int(match.group(3))
        names = [frame["function"] for frame in e["frames"]]
        expected = expected_traceback(kind, n)
        if complete:
            self.check(names == expected, "traceback of", e["message"], "is", names, "not", expected)
        else:
            self.check(names == expected[len(expected) - len(names):], "unwinding traceback of", e["message"],
                       "is", names)
        name = thread["name"]
        if name is not None and name != "MainThread":
            self.check(name == "t%d" % t, "exception of thread", t, "in thread", name)
        if kind == "b":
            self.context(e, "a t%d n%d" % (t, n))
        return kind, t, n

    def context(self, e, message):
        if self.check(e["context"] is not None, e["message"], "lost its context"):
            self.check(self.exceptions[e["context"]]["message"] == message, "context of", e["message"], "is",
                       self.exceptions[e["context"]]["message"])

    def thread(self, thread):
        numbers = [self.exception(i, thread, True) for i in thread["handling"]]
        rounds = {(x[1], x[2]) for x in numbers if x}
        self.check(len(rounds) <= 1, "one thread handles rounds", rounds)
        if thread["raising"] is not None:
            self.exception(thread["raising"], thread, False)
        stack = [f for f in thread["stack"] if f["file"].endswith("churn.py")]
        for caller, callee in zip(stack, stack[1:]):
            lines = CALLS.get(caller["function"], {}).get(callee["function"])
            if caller["function"] == "<module>":
                continue
            if self.check(lines, caller["function"], "does not call", callee["function"]):
                self.check(caller["line"] in lines, caller["function"], "calls", callee["function"], "not on line",
                           caller["line"])
        if stack and stack[-1]["function"] in ("fail", "down", "suspended", "handle_again"):
            self.check(any(f["function"] == "round_trip" for f in stack), "an uprooted stack", stack)


@pytest.mark.xdist_group("churn")
def test_random_moments(churned, tool, start_target, record_property):
    target = start_target(churned, CHURN)
    complete = torn = handling = raising = rounds = 0
    failures = []
    for number in range(ATTACHES):
        run = call_tool(tool, "--format=json", "--no-redact", target.pid)
        if run.code not in (0, 1):
            failures.append("attach %d: status %d: %s" % (number, run.code, run.err.strip()))
            continue
        report = run.json()
        judge = Judge(report)
        threads = [thread for i in report["interpreters"] for thread in i["threads"]]
        judge.check(3 <= len(threads) <= 5, len(threads), "threads")
        for thread in threads:
            judge.thread(thread)
            handling += len(thread["handling"])
            raising += thread["raising"] is not None
        complete += report["complete"]
        rounds += report["freeze"]["rounds"]
        if report["complete"]:
            failures += ["attach %d: %s" % (number, words) for words in judge.wrong]
        else:
            torn += 1
            failures += ["attach %d (incomplete): %s" % (number, words) for words in judge.wrong]
    target.go()
    raised, handled = map(int, target.read_line().split())
    assert target.finish() == 0
    print("%s: %d attaches, %d complete, %d freezes, %d exceptions handled, %d in flight, target raised %d" % (
        churned.name, ATTACHES, complete, rounds, handling, raising, raised))
    assert not failures, "%d of %d:\n%s" % (len(failures), ATTACHES, "\n".join(failures[:20]))
    assert raised == handled and raised > 0
    assert complete >= 0.995 * ATTACHES
    assert handling > ATTACHES / 10, "the target hardly handled anything: this run shows nothing"
