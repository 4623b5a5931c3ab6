"""Runs cases of the fidelity corpus on demand, many in one process.

    fidelity_target.py --list                    prints the cases that this Python has, as JSON
    fidelity_target.py --run SCRATCH FILE...     obeys lines: the name of a case; then the steps of fidelity_wait
    fidelity_target.py --coverage SCRATCH        runs them all (see fidelity_wait about PYEXC_COVERAGE_FILE)
"""

import gc
import json
import os
import sys

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, os.path.join(os.path.dirname(HERE), "fidelity"))
sys.path.insert(0, HERE)

import corpus  # noqa: E402
import fidelity_wait  # noqa: E402

CASES = os.path.join(os.path.dirname(HERE), "fidelity", "cases")


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


def prepare():
    """What a case may have changed and the next one must not see."""
    if hasattr(sys, "tracebacklimit"):
        del sys.tracebacklimit
    os.chdir(corpus.scratch)
    corpus.fresh_linecache()


def serve(cases):
    by_name = {case.name: case for case in cases}
    prepare()
    fidelity_wait.send(b"started\n")
    commands = os.fdopen(os.dup(fidelity_wait._IN), "rb", 0)
    while True:
        line = commands.readline()
        if not line:
            return
        case = by_name[line.decode("ascii").strip()]
        prepare()
        try:
            outcome = b"done" if run_case(case) else b"broken: nothing was raised"
        except corpus.CorpusError as error:
            outcome = b"broken: " + str(error).encode("ascii", "backslashreplace")
        fidelity_wait.send(outcome + b"\n")
        gc.collect()


def main():
    mode = sys.argv[1]
    only = set(sys.argv[3:])
    corpus.scratch = os.path.realpath(sys.argv[2]) if len(sys.argv) > 2 else "/nonexistent"
    cases = corpus.load(CASES, only)
    if mode == "--list":
        for case in cases:
            getattr(case.function, "check", lambda: None)()
        json.dump([{"name": case.name, "instead": case.instead, "inexact": case.inexact, "exact": case.exact,
                    "large": case.large}
                   for case in cases], sys.stdout)
    elif mode == "--run":
        serve(cases)
    elif mode == "--coverage":
        for case in (case for case in cases if not case.large):  # they would take minutes when traced
            prepare()
            if not run_case(case):
                sys.exit("%s raised nothing" % case.name)
    else:
        sys.exit(__doc__)


if __name__ == "__main__":
    main()
