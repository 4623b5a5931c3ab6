"""The fidelity corpus with --locals: the frames' variables are those of the target's own
TracebackException(..., capture_locals=True), in its form and order, byte for byte, or declared inexact.

Cases about frames are tests/fidelity/locals_cases/; of the other cases those that several threads can run at once
are taken as well. Many cases wait in threads of one process; it is attached, then looks itself (which in 3.8 to 3.12
leaves a dict of its locals in each frame), then is attached again: nothing may differ.
"""

import json
import os
import shutil
import subprocess
import tempfile

import pytest

import conftest
import fidelity_runner

TARGET = conftest.TARGETS / "locals_target.py"
CASES = {"locals": conftest.TESTS / "fidelity" / "locals_cases", "corpus": conftest.TESTS / "fidelity" / "cases"}
BATCH = 40


def list_cases(interpreter, directory):
    run = subprocess.run(interpreter.command("-W", "ignore", TARGET, "--list", directory), stdin=subprocess.DEVNULL,
                         stdout=subprocess.PIPE, stderr=subprocess.PIPE, env=interpreter.environment(),
                         timeout=conftest.READY_TIMEOUT)
    if run.returncode != 0:
        raise RuntimeError("%s cannot list the cases: %s" % (interpreter.name, run.stderr.decode("utf-8", "replace")))
    return json.loads(run.stdout)


class Process:
    """A running target for the cases of one file."""

    def __init__(self, interpreter, directory, file):
        self.scratch = tempfile.mkdtemp(prefix="pyexc-locals-")
        command = interpreter.command("-W", "ignore", TARGET, "--run", directory, self.scratch, file)
        self.target = conftest.Target(command, interpreter.environment())
        assert self.target.read_line() == b"started"

    def look(self, tool, names):
        """For each case what the target says of itself and where the tool found it, in both looks."""
        target = self.target
        target.go(" ".join(names).encode("ascii") + b"\n")
        word, *tids = target.read_line().split()
        assert word == b"parked" and len(tids) == len(names)
        options = ("--locals", "--full")
        try:
            before = fidelity_runner.Look(tool, target.pid, options=options)
            target.go(b"f")
            own = [json.loads(target.read_line()) for _ in names]
            after = fidelity_runner.Look(tool, target.pid, options=options)
            run = conftest.call_tool(tool, "--no-redact", *options, target.pid)
            assert run.code in (0, 1), run.err
        finally:
            target.go(b"x")
        outcome = target.read_line()
        assert outcome == b"done", outcome
        return {name: (said, int(tid), before, after, run.out) for name, said, tid in zip(names, own, tids)}

    def close(self):
        self.target.end()
        shutil.rmtree(self.scratch, ignore_errors=True)


def compare_frames(own, frames, where, first):
    """Value by value: equal, or marked. Returns those that are marked."""
    assert len(own) == len(frames), where
    marked = []
    for (function, values, first_names), frame in zip(own, frames):
        assert frame["function"] == function
        place = "%s, in %s" % (where, function)
        if not frame["locals_exact"]:
            marked.append(place)
            continue
        assert values is not None, place + ": the target could not list its own"
        if first and len(set(first_names)) == len(first_names):
            values = sorted(values, key=lambda item: first_names.index(item[0]))
        assert [value["name"] for value in frame["locals"]] == [name for name, _ in values], place
        for (name, text), value in zip(values, frame["locals"]):
            if not value["exact"]:
                marked.append((name, value["repr"][:200]))
            else:
                assert value["repr"] == ("<local repr() failed>" if text is None else text), (place, name)
    return marked


def judge_look(case, own, tid, look, first, strict):
    exception = look.handled(tid)
    thread = next(thread for thread in look.threads if thread["tid"] == tid)
    where = case["name"]
    assert not [problem for problem in look.report["problems"] if problem["code"] != "not-stopped"]
    in_frames = compare_frames(own["frames"], exception["frames"], where + ": traceback", first)
    in_stack = compare_frames(own["stack"], thread["stack"], where + ": stack", first)
    # In the corpus there are exceptions that the target's own module fails on, whatever their locals.
    if exception["formatted_exact"] and exception["message_exact"] and (strict or own["text"] is not None):
        assert exception["formatted"] == own["text"], own["failure"]
    return in_frames, in_stack, exception["formatted_exact"] and exception["message_exact"]


def judge(case, facts, strict):
    own, tid, before, after, text = facts
    for look in (before, after):
        in_frames, in_stack, text_exact = judge_look(case, own, tid, look, look is before, strict)
        if not strict:
            continue
        if not case["inexact"]:
            assert not in_frames and not in_stack
        if case["inexact"] != "maybe":
            assert text_exact != bool(case["inexact"]), "the text is %smarked inexact" % ("not " if text_exact else "")
    if strict and not in_stack and own["stack_text"].isprintable() is False and own["stack_text"].isascii():
        if all(character.isprintable() or character in "\n" for character in own["stack_text"]):
            assert own["stack_text"] in text


class Running:
    """The process for the cases of one interpreter and file, and the batch that was looked at last."""

    def __init__(self):
        self.key = self.process = self.batch = self.facts = None

    def facts_of(self, tool, interpreter, case):
        key = (interpreter.name, case["set"], case["name"].split(".")[0])
        if key != self.key:
            self.close()
            self.process, self.key = Process(interpreter, CASES[case["set"]], key[2]), key
        if case["batch"] != self.batch:
            self.batch, self.facts = case["batch"], None
            try:
                self.facts = self.process.look(tool, case["batch"])
            except BaseException:
                self.close()
                raise
        return self.facts[case["name"]]

    def close(self):
        if self.process is not None:
            self.process.close()
        self.key = self.process = self.batch = self.facts = None


def add_batches(cases):
    files = {}
    for case in cases:
        files.setdefault((case["set"], case["name"].split(".")[0]), []).append(case)
    for together in files.values():
        shared = [case for case in together if case["shared"]]
        for start in range(0, len(shared), BATCH):
            names = [case["name"] for case in shared[start:start + BATCH]]
            for case in shared[start:start + BATCH]:
                case["batch"] = names
        for case in together:
            case.setdefault("batch", [case["name"]])


def cases_of(interpreter):
    cases = []
    for name, directory in CASES.items():
        for case in list_cases(interpreter, directory):
            case["set"] = name
            if name == "locals" or (case["shared"] and not case["large"]):
                cases.append(case)
    add_batches(cases)
    return cases


def pytest_generate_tests(metafunc):
    if "locals_case" not in metafunc.fixturenames:
        return
    parameters = []
    for parameter in conftest.interpreter_parameters(metafunc.config):
        interpreter = parameter.values[0]
        if interpreter is None:
            parameters.append(pytest.param(None, None, id=parameter.id, marks=parameter.marks))
            continue
        for case in cases_of(interpreter):
            group = pytest.mark.xdist_group("%s-%s-%s" % (interpreter.name, case["set"], case["name"].split(".")[0]))
            parameters.append(pytest.param(interpreter, case, marks=group,
                                           id="%s-%s-%s" % (interpreter.name, case["set"], case["name"])))
    metafunc.parametrize("interpreter, locals_case", parameters)


@pytest.fixture(scope="module")
def running():
    state = Running()
    yield state
    state.close()


def test_same_locals(tool, interpreter, locals_case, running):
    facts = running.facts_of(tool, interpreter, locals_case)
    judge(locals_case, facts, strict=locals_case["set"] == "locals")
