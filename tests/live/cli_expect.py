"""What every failure of the command line has in common, for the tests of this folder."""

import os
import shutil
import subprocess
import tempfile
import time

import pytest

NOBODY = 65534


def assert_failure(run, code, *words):
    """Exit status `code`, nothing on stdout, one line that says what and one hint; returns (line, hint)."""
    assert run.code == code, (run.code, run.out, run.err)
    assert run.raw == b"", run.out
    lines = run.err.splitlines()
    assert len(lines) == 2, run.err
    line, hint = lines
    assert line.startswith("pyexc-attach: ") and len(line) > len("pyexc-attach: "), run.err
    assert hint.startswith("hint: ") and len(hint) > len("hint: "), run.err
    for word in words:
        assert word in run.err, (word, run.err)
    return line, hint


def process_state(pid):
    """The letter of /proc/PID/stat."""
    with open("/proc/%d/stat" % pid, encoding="utf-8", errors="replace") as stream:
        return stream.read().rpartition(")")[2].split()[0]


def wait_until(condition, what, timeout=30):
    """Polls what no pipe can tell: a state that the kernel keeps."""
    deadline = time.monotonic() + timeout
    while not condition():
        assert time.monotonic() < deadline, "never: " + what
        time.sleep(0.005)


def need_root(what):
    if os.geteuid() != 0:
        pytest.skip("%s needs root" % what)


class Place:
    """A directory that any user can enter, unlike pytest's own below /tmp."""

    def __init__(self):
        self.path = tempfile.mkdtemp(prefix="pyexc-cli-")
        os.chmod(self.path, 0o755)

    def __truediv__(self, name):
        return os.path.join(self.path, name)

    def copy_tool(self, tool):
        path = self / "pyexc-attach"
        shutil.copy(tool, path)
        os.chmod(path, 0o755)
        return path

    def remove(self):
        shutil.rmtree(self.path, ignore_errors=True)


@pytest.fixture
def place():
    made = Place()
    yield made
    made.remove()


def as_nobody():
    """Keyword arguments of subprocess that make the child an ordinary user."""
    need_root("running as another user")
    return {"user": NOBODY, "group": NOBODY, "extra_groups": []}


def ended_pid():
    """The pid of a process that existed a moment ago."""
    child = subprocess.Popen(["true"])
    child.wait()
    return child.pid
