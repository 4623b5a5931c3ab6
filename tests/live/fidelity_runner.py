"""The test's side of the fidelity corpus: targets that run cases, and the comparison of three texts."""

import concurrent.futures
import json
import os
import pathlib
import resource
import shutil
import subprocess
import tempfile

import conftest

TARGET = conftest.TARGETS / "fidelity_target.py"
PYTHON_OPTIONS = ("-W", "ignore")
STACK_LIMIT = 512 << 10


def list_cases(interpreter):
    """The cases, as dicts (see corpus.Case), as this interpreter itself tells."""
    run = subprocess.run(interpreter.command(*PYTHON_OPTIONS, TARGET, "--list"), stdin=subprocess.DEVNULL,
                         stdout=subprocess.PIPE, stderr=subprocess.PIPE, env=interpreter.environment(),
                         timeout=conftest.READY_TIMEOUT)
    if run.returncode != 0:
        raise RuntimeError("%s cannot list the corpus: %s" % (
            interpreter.name, run.stderr.decode("utf-8", "replace").strip()[-2000:]))
    return json.loads(run.stdout)


def list_all(interpreters):
    with concurrent.futures.ThreadPoolExecutor(4) as pool:
        return dict(zip([interpreter.name for interpreter in interpreters],
                        pool.map(list_cases, interpreters)))


class WaitingTarget(conftest.Target):
    """A target inside fidelity_wait.wait()."""

    tid = None

    def arrive(self):
        """Waits until the case waits; False if it ended without (the line that says why is kept)."""
        line = self.read_line()
        if not line.startswith(b"ready "):
            self.said = line.decode("utf-8", "replace")
            return False
        self.tid = int(line.split()[1])
        return True

    def read_text(self):
        """(what the target's own traceback module prints or None, the type of its failure or None)."""
        kind, length = self.read_line().split()
        data = self.read_exactly(int(length)).decode("utf-8")
        return (data, None) if kind == b"text" else (None, data)

    def format(self):
        self.go(b"f")
        return self.read_text()

    def leave(self):
        self.go(b"x")


class CorpusProcess:
    """One process that runs cases of one file, started anew when it has died."""

    def __init__(self, interpreter, file, python_options=()):
        self.interpreter, self.file, self.python_options = interpreter, file, tuple(python_options)
        self.target = self.scratch = self.errors = None

    def start(self):
        self.close()
        self.scratch = tempfile.mkdtemp(prefix="pyexc-fidelity-")
        self.errors = open(os.path.join(self.scratch, "stderr"), "w+b")
        work = os.path.join(self.scratch, "work")
        os.mkdir(work)
        command = self.interpreter.command(*PYTHON_OPTIONS, *self.python_options, TARGET, "--run", work, self.file)
        self.target = WaitingTarget(command, self.interpreter.environment(), stderr=self.errors)
        line = self.target.read_line()
        assert line == b"started", line

    def command(self, names):
        if self.target is None or not self.target.alive():
            self.start()
        self.target.go(" ".join(names).encode("ascii") + b"\n")

    def explain(self, what, error):
        self.errors.seek(0)
        return RuntimeError("%s: %s\n%s" % (what, error, self.errors.read().decode("utf-8", "replace")[-2000:]))

    def enter(self, name):
        """Runs one case in the main thread up to the point where it waits."""
        self.command([name])
        try:
            arrived = self.target.arrive()
        except (EOFError, TimeoutError) as error:
            raise self.explain(name, error)
        assert arrived, "%s: %s" % (name, self.target.said)
        return self.target

    def park(self, names):
        """Runs several cases, each in a thread that waits; their thread ids."""
        self.command(names)
        try:
            line = self.target.read_line()
        except (EOFError, TimeoutError) as error:
            raise self.explain("%d cases" % len(names), error)
        word, *tids = line.split()
        assert word == b"parked" and len(tids) == len(names), line
        return [int(tid) for tid in tids]

    def settle(self):
        line = self.target.read_line()
        assert line == b"done", line

    def close(self):
        if self.target is not None:
            self.target.end()
            self.errors.close()
            shutil.rmtree(self.scratch, ignore_errors=True)
            self.target = None


# What a report says when the machine was too busy for the freeze to be long enough. The target of these tests
# stands still, so looking again must give the whole of it.
BUSY = {"hung-read", "changing"}


class Look:
    """What one run of the tool says about a target; again, at most twice, if it says that time ran out."""

    def __init__(self, tool, pid, small_stack=False, options=()):
        for _ in range(3):
            run = conftest.call_tool(tool, "--format=json", "--no-redact", *options, pid,
                                     preexec_fn=limit_stack if small_stack else None)
            assert run.code in (0, 1), "exit status %d: %s" % (run.code, run.err.strip())
            self.code, self.report = run.code, run.json()
            if not BUSY & {problem["code"] for problem in self.report["problems"]}:
                break
        self.exceptions = {exception["id"]: exception for exception in self.report["exceptions"]}
        self.threads = [thread for part in self.report["interpreters"] for thread in part["threads"]]

    def handled(self, tid):
        """The exception that the thread `tid` handles."""
        chosen = [thread for thread in self.threads if tid in (thread["tid"], thread.get("ns_tid"))]
        assert len(chosen) == 1, "thread %d is %d times in the report" % (tid, len(chosen))
        assert chosen[0]["handling"], "nothing is handled in thread %d" % tid
        return self.exceptions[chosen[0]["handling"][0]]


def limit_stack():
    """A stack on which recursion over thousands of links could not survive."""
    resource.setrlimit(resource.RLIMIT_STACK, (STACK_LIMIT, STACK_LIMIT))


def expected_text(own, instead):
    """The target's own text, but for the pieces where its Python code would have to run."""
    for theirs, ours in instead:
        assert own.count(theirs) == 1, "%r is %d times in the target's own text" % (theirs, own.count(theirs))
        own = own.replace(theirs, ours)
    return own


def record_failure(**facts):
    """For whoever repairs things: one JSON line per failing case in $PYEXC_FIDELITY_FAILURES."""
    name = os.environ.get("PYEXC_FIDELITY_FAILURES")
    if name:
        with pathlib.Path(name).open("a", encoding="utf-8") as stream:
            stream.write(json.dumps(facts) + "\n")


def stack_part(text, is_syntax_error):
    """What comes before the message: all lines up to the last indented one, or the block of a SyntaxError."""
    lines = text.splitlines(True)
    starts = [number for number, line in enumerate(lines)
              if line.startswith('  File "' if is_syntax_error else "  ")]
    return "".join(lines[:starts[-1] + (not is_syntax_error)]) if starts else ""


def check_cut(own, text, report):
    """One piece is missing, a line or two say so in its place, and the report says it is not complete."""
    own_lines, lines = own.splitlines(), text.splitlines()
    start = 0
    while start < min(len(lines), len(own_lines)) and lines[start] == own_lines[start]:
        start += 1
    end = 0
    while end < min(len(lines), len(own_lines)) - start and lines[-1 - end] == own_lines[-1 - end]:
        end += 1
    said = lines[start:len(lines) - end]
    assert 1 <= len(said) <= 4, "the cut is told in %d lines: %r" % (len(said), said[:5])
    assert any(character.isdigit() for line in said for character in line), said
    assert start + end >= 100, "only %d lines are left" % (start + end)
    assert not report["complete"] and report["problems"]


def check(case, own, look, tid, first):
    """Holds one look of the tool against what the target prints itself."""
    exception, report = look.handled(tid), look.report
    text, exact = exception["formatted"], exception["message_exact"]
    if case.get("large") and text != own:
        check_cut(own, text, report)
        return
    if case.get("inexact") and not (exact and exception["formatted_exact"]):
        # Code of the target decides that line: it is marked, and all the rest is still right.
        syntax = exception["type"].endswith("SyntaxError")
        assert stack_part(text, syntax) == stack_part(own, syntax)
        return
    # On a busy machine a thread may not be scheduled in time to stop; it waits, so what is read of it stands.
    problems = [problem for problem in report["problems"] if problem["code"] != "not-stopped"]
    if case.get("unreadable") and [problem["code"] for problem in problems] == ["source-unreadable"]:
        assert text == own or (first and without_source(text) == without_source(own))
        return
    assert text == own
    wanted = case.get("exact", True)
    assert wanted is None or exact == wanted
    if exact and not case.get("large"):
        assert not problems
        assert (look.code == 0) == report["complete"] == (not report["problems"])


def without_source(text):
    return "".join(line for line in text.splitlines(True) if not line.startswith("    "))


def judge(case, interpreter, own, failure, before, after, tid):
    """The texts of both looks and the target's own must be equal, byte for byte."""
    stage, text, expected = "first look", None, own
    try:
        if own is None:
            # The target's own module fails on it: nothing to be equal to, but the report must be whole.
            text = before.handled(tid)["formatted"]
            assert text == after.handled(tid)["formatted"], failure
            return
        expected = expected_text(own, case.get("instead") or [])
        if interpreter.version_info >= (3, 15) and "ModuleNotFoundError: " in own.rstrip().rpartition("\n")[2]:
            # What might have been meant is what the finders of sys.meta_path would list: code of the target.
            case = dict(case, inexact=case.get("inexact") or "maybe", exact=None)
        text = before.handled(tid)["formatted"]
        check(case, expected, before, tid, True)
        stage, text = "second look", after.handled(tid)["formatted"]
        check(case, expected, after, tid, False)
    except Exception as error:
        record_failure(case=case["name"], interpreter=interpreter.name, stage=stage, expected=expected, actual=text,
                       error="%s: %s" % (type(error).__name__, str(error)[:1500]),
                       problems=before.report["problems"], exact=before.handled(tid)["message_exact"])
        raise


def compare(tool, target, case, interpreter):
    """Attach, let the target format, attach again, and judge."""
    small = bool(case.get("large"))
    try:
        try:
            before = Look(tool, target.pid, small)
            own, failure = target.format()
            after = Look(tool, target.pid, small)
        finally:
            target.leave()  # if it has not formatted yet, this lets it go as well
    except Exception as error:
        record_failure(case=case["name"], interpreter=interpreter.name, stage="run", expected=None, actual=None,
                       error="%s: %s" % (type(error).__name__, str(error)[:1500]))
        raise
    judge(case, interpreter, own, failure, before, after, target.tid)


class Batch:
    """Cases parked in threads of one process and looked at together: two runs of the tool for all of them."""

    def __init__(self, tool, process, cases):
        tids = process.park([case["name"] for case in cases])
        target = process.target
        try:
            before = Look(tool, target.pid)
            target.go(b"f")
            texts = [target.read_text() for _ in cases]
            after = Look(tool, target.pid)
        finally:
            target.go(b"x")
        process.settle()
        self.facts = {case["name"]: (*text, before, after, tid) for case, text, tid in zip(cases, texts, tids)}

    def judge(self, case, interpreter):
        judge(case, interpreter, *self.facts[case["name"]])
