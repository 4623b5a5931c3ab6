"""Fixtures of the live tests: the interpreters, the tool, and targets that are waited for by pipe.

What a target must do is in tests/targets/sync.py. Every process started here is ended by its own pid.
"""

import json
import os
import pathlib
import select
import subprocess
import sys
import time

import pytest

TESTS = pathlib.Path(__file__).resolve().parent.parent
REPOSITORY = TESTS.parent
TARGETS = TESTS / "targets"
READY_TIMEOUT = 60  # a hang is a failure; no test waits this long otherwise
TOOL_TIMEOUT = 60

sys.path.insert(0, str(TESTS / "fidelity"))


def cache_directory():
    given = os.environ.get("PYEXC_TEST_CACHE")
    if given:
        return pathlib.Path(given)
    base = os.environ.get("XDG_CACHE_HOME") or os.path.join(os.path.expanduser("~"), ".cache")
    return pathlib.Path(base) / "pyexc-tests"


class Interpreter:
    """One entry of interpreters.json; `version` compares: interpreter.version_info >= (3, 11)."""

    def __init__(self, entry):
        self.entry = entry
        self.name = entry["name"]
        self.kind = entry["kind"]
        self.path = entry["path"]
        self.argv = entry["argv"]
        self.version = entry["version"]
        self.version_info = tuple(entry["version_info"])
        self.supported = entry["supported"]
        self.debug = entry["debug"]
        self.stripped = entry["stripped"]

    def command(self, *args):
        return [*self.argv, *map(str, args)]

    def environment(self, extra=None):
        """A small, fixed environment: the caller's must not decide what a target prints."""
        environment = {"PATH": "/usr/local/bin:/usr/bin:/bin", "HOME": os.environ.get("HOME", "/"),
                       "LC_ALL": "C.UTF-8", "PYTHONDONTWRITEBYTECODE": "1"}
        environment.update(self.entry["env"])
        environment.update(extra or {})
        return environment

    def __repr__(self):
        return "Interpreter(%s)" % self.name


def read_json(name):
    try:
        with open(cache_directory() / name, encoding="utf-8") as stream:
            return json.load(stream)
    except FileNotFoundError:
        return []


def all_interpreters():
    return [Interpreter(entry) for entry in read_json("interpreters.json")]


def supported_interpreters():
    return [interpreter for interpreter in all_interpreters() if interpreter.supported]


def interpreter_parameters(config, want=lambda interpreter: True):
    """pytest parameters: one per supported interpreter, and a stated skip for each that cannot be had."""
    chosen = config.getoption("--interpreter")
    parameters = []
    for interpreter in supported_interpreters():
        if want(interpreter) and (not chosen or interpreter.name in chosen):
            parameters.append(pytest.param(interpreter, id=interpreter.name))
    for entry in [] if chosen else read_json("interpreters-skipped.json"):
        parameters.append(pytest.param(None, id=entry["name"],
                                       marks=pytest.mark.skip(reason=entry["name"] + ": " + entry["reason"])))
    if not parameters:
        parameters.append(pytest.param(None, id="none", marks=pytest.mark.skip(
            reason="no such interpreter; run tests/interpreters.sh")))
    return parameters


def pytest_addoption(parser):
    parser.addoption("--interpreter", action="append", default=[], metavar="NAME",
                     help="only this interpreter of interpreters.json (may be given several times)")


def pytest_configure(config):
    config.addinivalue_line("markers", "xdist_group(name): tests that run on one worker")
    config.addinivalue_line("markers", "serial: measures time; tests/run.sh runs it with nothing beside it")


def pytest_generate_tests(metafunc):
    own = hasattr(metafunc.module, "pytest_generate_tests")  # such a module chooses its interpreters itself
    if "interpreter" in metafunc.fixturenames and not own:
        metafunc.parametrize("interpreter", interpreter_parameters(metafunc.config))


def find_tool():
    given = os.environ.get("PYEXC_ATTACH")
    if given:
        return given if os.access(given, os.X_OK) else None
    builddir = os.environ.get("PYEXC_BUILDDIR")
    places = [pathlib.Path(builddir)] if builddir else sorted(REPOSITORY.glob("build*"))
    found = [place / "src/app/pyexc-attach" for place in places
             if os.access(place / "src/app/pyexc-attach", os.X_OK)]
    return str(max(found, key=lambda path: path.stat().st_mtime)) if found else None


@pytest.fixture(scope="session")
def tool():
    path = find_tool()
    if path is None and os.environ.get("PYEXC_ATTACH"):
        pytest.fail("PYEXC_ATTACH names no program: " + os.environ["PYEXC_ATTACH"])
    if path is None:
        pytest.skip("pyexc-attach is not built (set PYEXC_ATTACH or PYEXC_BUILDDIR)")
    return path


class ToolRun(tuple):
    """(code, out, err), out and err as str; `raw` is stdout as bytes."""

    code = property(lambda self: self[0])
    out = property(lambda self: self[1])
    err = property(lambda self: self[2])

    def __new__(cls, code, out, err):
        run = super().__new__(cls, (code, out.decode("utf-8", "surrogateescape"),
                                    err.decode("utf-8", "surrogateescape")))
        run.raw = out
        return run

    def json(self):
        return json.loads(self.raw.decode("utf-8"))


def call_tool(path, *args, timeout=TOOL_TIMEOUT, env=None, **kwargs):
    environment = {key: value for key, value in os.environ.items()
                   if key not in ("NO_COLOR", "FORCE_COLOR", "PYTHON_COLORS")}
    environment.update(env or {})
    run = subprocess.run([path, *map(str, args)], stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                         stderr=subprocess.PIPE, timeout=timeout, env=environment, **kwargs)
    return ToolRun(run.returncode, run.stdout, run.stderr)


@pytest.fixture
def run_tool(tool):
    """run_tool(*args) -> (code, out, err)."""
    def run(*args, **kwargs):
        return call_tool(tool, *args, **kwargs)
    return run


@pytest.fixture
def json_report(run_tool):
    """json_report(pid, *options) -> the report as a dict; a failure names what the tool said."""
    def report(pid, *options, codes=(0,)):
        run = run_tool("--format=json", *options, pid)
        assert run.code in codes, "exit status %d: %s" % (run.code, run.err.strip())
        return run.json()
    return report


class Target:
    """A process that the test started, with the two pipes of tests/targets/sync.py."""

    def __init__(self, argv, env, cwd=None, stdin=subprocess.DEVNULL, **kwargs):
        ready_read, ready_write = os.pipe()
        go_read, go_write = os.pipe()
        try:
            environment = dict(env, PYEXC_READY_FD=str(ready_write), PYEXC_GO_FD=str(go_read))
            self.process = subprocess.Popen(argv, env=environment, cwd=cwd, stdin=stdin,
                                            pass_fds=(ready_write, go_read), **kwargs)
        except BaseException:
            os.close(ready_read)
            os.close(go_write)
            raise
        finally:
            os.close(ready_write)
            os.close(go_read)
        self.pid = self.process.pid
        os.set_blocking(ready_read, False)
        self._ready, self._go = ready_read, go_write
        self._buffer = b""

    def _fill(self, timeout):
        deadline = time.monotonic() + timeout
        readable, _, _ = select.select([self._ready], [], [], max(0, deadline - time.monotonic()))
        if not readable:
            raise TimeoutError("target %d said nothing for %g s" % (self.pid, timeout))
        try:
            data = os.read(self._ready, 1 << 20)
        except BlockingIOError:
            return  # nothing there after all; the caller asks again, and the next select() has its own limit
        if not data:
            code = self.process.wait(timeout)
            raise EOFError("target %d ended with status %s" % (self.pid, code))
        self._buffer += data

    def read_line(self, timeout=READY_TIMEOUT):
        while b"\n" not in self._buffer:
            self._fill(timeout)
        line, self._buffer = self._buffer.split(b"\n", 1)
        return line

    def read_exactly(self, count, timeout=READY_TIMEOUT):
        while len(self._buffer) < count:
            self._fill(timeout)
        data, self._buffer = self._buffer[:count], self._buffer[count:]
        return data

    def wait_ready(self, timeout=READY_TIMEOUT):
        line = self.read_line(timeout)
        assert line == b"ready", line
        return self

    def go(self, data=b"."):
        os.write(self._go, data)

    def alive(self):
        return self.process.poll() is None

    def finish(self, timeout=READY_TIMEOUT):
        """Closes the test's ends, so that the script comes to its own end; returns its exit status."""
        self._close_pipes(go_only=True)
        return self.process.wait(timeout)

    def _close_pipes(self, go_only=False):
        if self._go is not None:
            os.close(self._go)
            self._go = None
        if not go_only and self._ready is not None:
            os.close(self._ready)
            self._ready = None

    def end(self):
        """Ends exactly this process, whatever it is doing, and reaps it."""
        self._close_pipes()
        if self.process.poll() is None:
            self.process.kill()  # Popen only signals a child that it has not yet reaped
            self.process.wait()
        for stream in (self.process.stdin, self.process.stdout, self.process.stderr):
            if stream is not None:
                stream.close()


@pytest.fixture
def start_target():
    """start_target(interpreter, script, *args) -> a Target that has said ready; ended after the test.

    `script` is a path, or a name in tests/targets. Options: python_options=(...), env={...}, cwd=...,
    wait=False (do not wait for "ready"), and what Popen takes.
    """
    targets = []

    def start(interpreter, script, *args, python_options=(), env=None, cwd=None, wait=True, **kwargs):
        script = str(script)
        if not os.path.exists(os.path.join(cwd or ".", script)) and (TARGETS / script).exists():
            script = str(TARGETS / script)
        extra = {"PYTHONPATH": str(TARGETS)}
        extra.update(env or {})
        target = Target(interpreter.command(*python_options, script, *args), interpreter.environment(extra),
                        cwd=cwd, **kwargs)
        targets.append(target)
        return target.wait_ready() if wait else target

    yield start
    for target in targets:
        target.end()
