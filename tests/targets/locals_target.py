"""Runs cases of the fidelity corpus in threads and prints their locals as this Python's own traceback module does.

    locals_target.py --list CASES                 prints the cases that this Python has, as JSON
    locals_target.py --run CASES SCRATCH FILE...  obeys lines of names of cases

A line of names: each runs in a thread and is parked where its exception is handled; `parked` and a line of thread
ids. On `f` the main thread looks at all of them, and for each a line of JSON is sent: see Parked.look(). On any
other byte they end, and `done` is sent. A thread is parked in a read from a pipe, with nothing but ints and plain
objects in its frames, and started without `threading`, so that every value in its stack is printed exactly.
"""

import _thread
import gc
import json
import os
import sys
import traceback

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, os.path.join(os.path.dirname(HERE), "fidelity"))
sys.path.insert(0, HERE)

import corpus  # noqa: E402
import fidelity_wait  # noqa: E402


class Parked:
    def __init__(self, case):
        self.case, self.tid, self.outcome, self.waited, self.triple = case, 0, "done", False, None
        self.arrived, self.say_arrived = os.pipe()
        self.go, self.say_go = os.pipe()
        self.over, self.say_over = os.pipe()
        _thread.start_new_thread(self.run, ())
        os.read(self.arrived, 1)

    def run(self):
        self.tid, self.ident = _thread.get_native_id(), _thread.get_ident()
        try:
            self.run_case(self.case.function, self.park)
            if not self.waited:
                self.outcome = "broken: nothing was raised"
        except corpus.CorpusError as error:
            self.outcome = "broken: %s" % error
        finally:
            os.write(self.say_arrived, b".")
            os.write(self.say_over, b".")

    def run_case(self, function, wait):
        try:
            if function.__code__.co_argcount == 1 and not function.__defaults__:
                function(wait)
            else:
                function()
        except corpus.CorpusError:
            raise
        except BaseException:
            if not self.waited:
                wait()

    def park(self):
        self.waited, self.triple = True, sys.exc_info()
        os.write(self.say_arrived, b".")
        os.read(self.go, 1)

    def end(self):
        os.write(self.say_go, b".")
        os.read(self.over, 1)
        for descriptor in (self.arrived, self.say_arrived, self.go, self.say_go, self.over, self.say_over):
            os.close(descriptor)
        self.triple = None

    def look(self):
        """`text`: TracebackException(..., capture_locals=True).format(), or null and `failure`; `frames`: of its
        traceback and `stack`: of the thread, outermost first, [function, [[name, repr or null], ...] or null,
        [name, ...]], the names as the first look lists them: up to 3.10 an argument that is a cell moves behind the
        other cells by being looked at. `stack_text`: the stack as a StackSummary with locals formats it, or null."""
        found = {"text": None, "failure": None, "stack_text": None}
        first = {}
        self.each_frame(lambda frame: first.setdefault(id(frame), names_of(frame)))
        try:
            found["text"] = plain("".join(traceback.TracebackException(*self.triple, capture_locals=True).format()))
        except BaseException as error:
            found["failure"] = type(error).__name__
        frame = sys._current_frames()[self.ident]
        try:
            summary = traceback.StackSummary.extract(traceback.walk_stack(frame), capture_locals=True)
            summary.reverse()
            found["stack_text"] = plain("".join(summary.format()))
        except BaseException:
            pass
        del frame
        found["frames"], found["stack"] = self.each_frame(lambda frame: listed(frame) + [first[id(frame)]])
        return found

    def each_frame(self, function):
        """Results for the frames of the traceback, and for those of the stack, outermost first."""
        tb, frames = self.triple[2], []
        while tb is not None:
            frames.append(function(tb.tb_frame))
            tb = tb.tb_next
        frame, stack = sys._current_frames()[self.ident], []
        while frame is not None:
            stack.append(function(frame))
            frame = frame.f_back
        return frames, stack[::-1]


def plain(text):
    return text.encode("utf-8", "backslashreplace").decode("utf-8")


def listed(frame):
    try:
        # What FrameSummary.__init__ does.
        values = {name: value for name, value in frame.f_locals.items()}
    except BaseException:
        return [plain(frame.f_code.co_name), None]
    return [plain(frame.f_code.co_name), [[name_text(name), safe_repr(value)] for name, value in values.items()]]


def names_of(frame):
    try:
        return [name_text(name) for name, _ in frame.f_locals.items()]
    except BaseException:
        return None


def name_text(name):
    return plain(name) if isinstance(name, str) else repr(name)


def safe_repr(value):
    try:
        return plain(repr(value))
    except BaseException:
        return None


def run_together(cases, base):
    corpus.fresh_linecache()
    parked = []
    for case in cases:
        corpus.scratch = os.path.join(base, case.name)
        os.makedirs(corpus.scratch, exist_ok=True)
        parked.append(Parked(case))
    fidelity_wait.send(b"parked %s\n" % b" ".join(b"%d" % one.tid for one in parked))
    while fidelity_wait.receive() == b"f":
        for one in parked:
            found = one.look() if one.waited else {"outcome": one.outcome}
            fidelity_wait.send(json.dumps(found).encode("ascii") + b"\n")
    for one in parked:
        one.end()
    return next((one.outcome + " " + one.case.name for one in parked if one.outcome != "done"), "done")


def main():
    mode, directory = sys.argv[1:3]
    corpus.short_builtins = True
    if mode == "--list":
        cases = corpus.load(directory)
        for case in cases:
            getattr(case.function, "check", lambda: None)()
        json.dump([{key: getattr(case, key) for key in ("name", "inexact", "shared", "large", "instead")}
                   for case in cases], sys.stdout)
        return
    base = os.path.realpath(sys.argv[3])
    by_name = {case.name: case for case in corpus.load(directory, set(sys.argv[4:]))}
    fidelity_wait.send(b"started\n")
    commands = os.fdopen(os.dup(fidelity_wait._IN), "rb", 0)
    for line in iter(commands.readline, b""):
        outcome = run_together([by_name[name] for name in line.decode("ascii").split()], base)
        fidelity_wait.send(outcome.encode("ascii", "backslashreplace") + b"\n")
        gc.collect()


if __name__ == "__main__":
    main()
