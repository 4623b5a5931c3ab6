"""Runs cases of the fidelity corpus on demand, many in one process.

    fidelity_target.py --list                    prints the cases that this Python has, as JSON
    fidelity_target.py --run SCRATCH FILE...     obeys lines of one or more names of cases
    fidelity_target.py --coverage SCRATCH        runs them all (see fidelity_wait about PYEXC_COVERAGE_FILE)

One name: the case runs in the main thread, then come the steps of fidelity_wait. Several: each runs in a thread
and is parked there; `parked` and a line of thread ids; on `f` all of them format, and their texts are sent; on any
other byte they end. Every line is answered by `done` or `broken: why` in the end.
"""

import gc
import json
import os
import sys
import threading

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, os.path.join(os.path.dirname(HERE), "fidelity"))
sys.path.insert(0, HERE)

import corpus  # noqa: E402
import fidelity_wait  # noqa: E402

CASES = os.path.join(os.path.dirname(HERE), "fidelity", "cases")
base = None  # below it every case has a directory of its own


def run_case(case, wait=fidelity_wait.wait):
    """True if the case waited somewhere, which is the only thing that makes it a case."""
    waited = []

    def counted_wait():
        waited.append(True)
        wait()

    takes_wait = case.function.__code__.co_argcount == 1 and not case.function.__defaults__
    try:
        if takes_wait:
            case.function(counted_wait)
        else:
            case.function()
    except corpus.CorpusError:
        raise
    except BaseException:
        if not waited:
            counted_wait()
    return bool(waited)


def prepare(case):
    """What a case may have changed and the next one must not see."""
    if hasattr(sys, "tracebacklimit"):
        del sys.tracebacklimit
    corpus.scratch = os.path.join(base, case.name)
    os.makedirs(corpus.scratch, exist_ok=True)
    os.chdir(corpus.scratch)


def run_alone(case):
    corpus.fresh_linecache()
    prepare(case)
    try:
        return b"done" if run_case(case) else b"broken: nothing was raised"
    except corpus.CorpusError as error:
        return b"broken: " + str(error).encode("ascii", "backslashreplace")


class Parked:
    """A case in a thread of its own that stops where its exception is handled."""

    def __init__(self, case):
        self.case, self.tid, self.outcome = case, 0, b"done"
        self.arrived, self.may_format, self.formatted, self.may_end = (threading.Event() for _ in range(4))
        self.thread = threading.Thread(target=self.run)
        self.thread.start()
        self.arrived.wait()

    def run(self):
        try:
            if not run_case(self.case, self.park):
                self.outcome = b"broken: nothing was raised"
        except corpus.CorpusError as error:
            self.outcome = b"broken: " + str(error).encode("ascii", "backslashreplace")
        self.arrived.set()

    def park(self):
        self.tid = threading.get_native_id()
        self.arrived.set()
        self.may_format.wait()
        self.text = fidelity_wait.format_handled()
        self.formatted.set()
        self.may_end.wait()


def run_together(cases):
    corpus.fresh_linecache()
    parked = []
    for case in cases:
        prepare(case)
        parked.append(Parked(case))
    fidelity_wait.send(b"parked %s\n" % b" ".join(b"%d" % one.tid for one in parked))
    if fidelity_wait.receive() == b"f":
        for one in parked:
            if one.tid:
                one.may_format.set()
                one.formatted.wait()
                kind, data = one.text
                fidelity_wait.send(b"%s %d\n" % (kind, len(data)) + data)
        fidelity_wait.receive()
    for one in parked:
        one.may_format.set()
        one.may_end.set()
    for one in parked:
        one.thread.join()
    return next((one.outcome + b" " + one.case.name.encode("ascii") for one in parked
                 if one.outcome != b"done"), b"done")


def serve(cases):
    by_name = {case.name: case for case in cases}
    fidelity_wait.send(b"started\n")
    commands = os.fdopen(os.dup(fidelity_wait._IN), "rb", 0)
    while True:
        names = commands.readline().decode("ascii").split()
        if not names:
            return
        outcome = run_alone(by_name[names[0]]) if len(names) == 1 else run_together([by_name[name] for name in names])
        fidelity_wait.send(outcome + b"\n")
        gc.collect()


def main():
    global base
    mode = sys.argv[1]
    only = set(sys.argv[3:])
    base = os.path.realpath(sys.argv[2]) if len(sys.argv) > 2 else "/nonexistent"
    cases = corpus.load(CASES, only)
    if mode == "--list":
        for case in cases:
            getattr(case.function, "check", lambda: None)()
        keys = ("name", "instead", "inexact", "exact", "large", "shared", "unreadable")
        json.dump([{key: getattr(case, key) for key in keys} for case in cases], sys.stdout)
    elif mode == "--run":
        serve(cases)
    elif mode == "--coverage":
        for case in (case for case in cases if not case.large):  # they would take minutes when traced
            outcome = run_alone(case)
            if outcome != b"done":
                sys.exit("%s: %s" % (case.name, outcome.decode("ascii")))
    else:
        sys.exit(__doc__)


if __name__ == "__main__":
    main()
