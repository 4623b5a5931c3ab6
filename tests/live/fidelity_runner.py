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
    """[{"name", "instead", "inexact", "exact", "large"}] as this interpreter itself tells."""
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

    def format(self):
        """(what the target's own traceback module prints or None, the type of its failure or None)."""
        self.go(b"f")
        kind, length = self.read_line().split()
        data = self.read_exactly(int(length)).decode("utf-8")
        return (data, None) if kind == b"text" else (None, data)

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

    def enter(self, name):
        if self.target is None or not self.target.alive():
            self.start()
        self.target.go(name.encode("ascii") + b"\n")
        try:
            arrived = self.target.arrive()
        except (EOFError, TimeoutError) as error:
            self.errors.seek(0)
            raise RuntimeError("%s: %s\n%s" % (name, error, self.errors.read().decode("utf-8", "replace")[-2000:]))
        assert arrived, "%s: %s" % (name, self.target.said)
        return self.target

    def settle(self):
        line = self.target.read_line()
        assert line == b"done", line

    def close(self):
        if self.target is not None:
            self.target.end()
            self.errors.close()
            shutil.rmtree(self.scratch, ignore_errors=True)
            self.target = None


def handled(report, tid):
    """The exception that the thread `tid` handles, and that thread."""
    threads = [thread for part in report["interpreters"] for thread in part["threads"]]
    chosen = [thread for thread in threads if tid in (thread["tid"], thread.get("ns_tid"))]
    assert len(chosen) == 1, "thread %d is %d times in the report" % (tid, len(chosen))
    assert chosen[0]["handling"], "nothing is handled in thread %d" % tid
    by_id = {exception["id"]: exception for exception in report["exceptions"]}
    return by_id[chosen[0]["handling"][0]], chosen[0]


def small_stack():
    resource.setrlimit(resource.RLIMIT_STACK, (STACK_LIMIT, STACK_LIMIT))


def look(tool, target, large=False):
    """One attach. Large cases get a stack on which recursion over their thousands of links could not survive."""
    run = conftest.call_tool(tool, "--format=json", "--no-redact", target.pid,
                             preexec_fn=small_stack if large else None)
    assert run.code in (0, 1), "exit status %d: %s" % (run.code, run.err.strip())
    report = run.json()
    exception, _ = handled(report, target.tid)
    return run, report, exception


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


def check(case, own, exception, report):
    """Holds one look of the tool against what the target prints itself."""
    text, exact = exception["formatted"], exception["message_exact"]
    if case.get("large") and text != own:
        check_cut(own, text, report)
        return
    if case.get("inexact") and not exact:
        # Code of the target decides that line: it is marked, and all the rest is still right.
        syntax = exception["type"].endswith("SyntaxError")
        assert stack_part(text, syntax) == stack_part(own, syntax)
        return
    assert text == own
    assert exact == case.get("exact", True)


def compare(tool, target, case, interpreter):
    """Attach, let the target format, attach again: the three texts must be equal, byte for byte."""
    instead = case.get("instead") or []
    facts = {"case": case["name"], "interpreter": interpreter.name}
    stage = "before"
    own = text = None
    try:
        try:
            run, report, exception = look(tool, target, case.get("large"))
            stage = "format"
            own, failure = target.format()
            stage = "after"
            run2, report2, exception2 = look(tool, target, case.get("large"))
        finally:
            if stage == "before":
                own, failure = target.format()
            target.leave()
        text = exception["formatted"]
        if own is None:
            # The target's own module fails on it: nothing to be equal to, but the report must be whole.
            assert text == exception2["formatted"] and text.endswith("\n")
            return
        own = expected_text(own, instead)
        stage = "first look"
        check(case, own, exception, report)
        text, stage = exception2["formatted"], "second look"
        check(case, own, exception2, report2)
        if case.get("exact", True) and not case.get("large"):
            assert (run.code, run2.code) == (0, 0), "the report says it is incomplete: %s" % report["problems"]
    except Exception as error:
        record_failure(**facts, stage=stage, expected=own, actual=text, error="%s: %s" % (
            type(error).__name__, str(error)[:1500]))
        raise
