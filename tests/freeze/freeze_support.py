"""What the live tests of the freeze share: the drivers built from this directory, and odd_target's dialogue."""

import json
import os
import pathlib
import select
import signal
import subprocess
import time

import pytest

REPOSITORY = pathlib.Path(__file__).resolve().parent.parent.parent
TIMEOUT = 60


def build_directories():
    given = os.environ.get("PYEXC_BUILDDIR")
    return [pathlib.Path(given)] if given else sorted(REPOSITORY.glob("build*"))


def program(name):
    found = [place / "tests/freeze" / name for place in build_directories()
             if os.access(place / "tests/freeze" / name, os.X_OK)]
    if not found:
        pytest.skip("tests/freeze/%s is not built (set PYEXC_BUILDDIR)" % name)
    return str(max(found, key=lambda path: path.stat().st_mtime))


def attach_tool():
    """The real tool, or a stated skip."""
    path = os.environ.get("PYEXC_ATTACH")
    if not path:
        found = [place / "src/app/pyexc-attach" for place in build_directories()
                 if os.access(place / "src/app/pyexc-attach", os.X_OK)]
        path = str(max(found, key=lambda entry: entry.stat().st_mtime)) if found else None
    if not path or not os.access(path, os.X_OK):
        pytest.skip("pyexc-attach is not built (set PYEXC_ATTACH or PYEXC_BUILDDIR)")
    return path


def may_trace():
    """Skips where the kernel or a container forbids ptrace altogether."""
    target = OddTarget("count", 1)
    try:
        result = probe(target.pid)
        if result.get("error") == "not-permitted":
            pytest.skip("ptrace is not permitted here: " + result["what"])
    finally:
        target.end()


def run_driver(name, *arguments, timeout=600):
    """Runs a driver; returns its JSON line. Its own checks fail it by exit status."""
    run = subprocess.run([program(name), *map(str, arguments)], stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                         stderr=subprocess.PIPE, timeout=timeout, text=True)
    print(run.stdout.strip())
    assert run.returncode == 0, "%s: %s %s" % (name, run.stdout.strip(), run.stderr.strip())
    return json.loads(run.stdout)


def start_probe(pid, *options, **kwargs):
    return subprocess.Popen([program("freeze_probe"), str(pid), *map(str, options)], stdin=subprocess.DEVNULL,
                            stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, **kwargs)


def probe(pid, *options, timeout=TIMEOUT):
    """One run of freeze_probe; its last JSON line, with the exit status as "status"."""
    process = start_probe(pid, *options)
    out, err = process.communicate(timeout=timeout)
    assert out, "freeze_probe ended with status %d and said nothing: %s" % (process.returncode, err)
    result = json.loads(out.splitlines()[-1])
    result["status"] = process.returncode
    return result


class OddTarget:
    """tests/freeze/odd_target: a process that is hard to stop or to let go."""

    def __init__(self, mode, *arguments):
        self.process = subprocess.Popen([program("odd_target"), mode, *map(str, arguments)], stdin=subprocess.PIPE,
                                        stdout=subprocess.PIPE, bufsize=0)
        self.pid = self.process.pid
        self._buffer = b""
        if mode not in ("exec",):
            self.ready = self.read_line().split()
            if self.ready[0] == "skip":
                self.end()
                pytest.skip(" ".join(self.ready[1:]))
            assert self.ready[0] == "ready", self.ready

    def read_line(self, timeout=TIMEOUT):
        deadline = time.monotonic() + timeout
        while b"\n" not in self._buffer:
            left = deadline - time.monotonic()
            if left <= 0 or not select.select([self.process.stdout], [], [], left)[0]:
                raise TimeoutError("target %d said nothing for %g s" % (self.pid, timeout))
            data = os.read(self.process.stdout.fileno(), 65536)
            if not data:
                raise EOFError("target %d ended with status %s" % (self.pid, self.process.wait()))
            self._buffer += data
        line, self._buffer = self._buffer.split(b"\n", 1)
        return line.decode()

    def ask(self, line):
        self.process.stdin.write(line.encode() + b"\n")

    def counts(self):
        self.ask("count")
        words = self.read_line().split()
        assert words[0] == "counts", words
        return [int(word) for word in words[1:]]

    def wait_counting(self, timeout=TIMEOUT):
        """Returns once every counter has advanced since now; fails with the ones that have not."""
        before = self.counts()
        deadline = time.monotonic() + timeout
        while True:
            now = self.counts()
            still = [i for i, (a, b) in enumerate(zip(before, now)) if a == b]
            if not still:
                return
            assert time.monotonic() < deadline, "threads that do not run: %s" % still
            time.sleep(0.001)

    def threads(self):
        """{tid: (state, tracer)} from /proc."""
        result = {}
        for tid in os.listdir("/proc/%d/task" % self.pid):
            try:
                with open("/proc/%d/task/%s/status" % (self.pid, tid), encoding="utf-8") as stream:
                    fields = dict(line.split(":", 1) for line in stream if ":" in line)
            except (FileNotFoundError, ProcessLookupError):
                continue
            result[int(tid)] = (fields["State"].split()[0], int(fields["TracerPid"]))
        return result

    def assert_untouched(self):
        """No thread is traced, none is stopped."""
        threads = self.threads()
        assert threads
        wrong = {tid: state for tid, state in threads.items() if state[0] in "tT" or state[1] != 0}
        assert not wrong, wrong

    def wait_state(self, letters, timeout=TIMEOUT):
        """Until every thread's state is one of the letters (stops asked for from outside take effect later)."""
        deadline = time.monotonic() + timeout
        while not all(state in letters for state, _ in self.threads().values()):
            assert time.monotonic() < deadline, self.threads()
            time.sleep(0.001)

    def finish(self):
        self.process.stdin.close()
        return self.process.wait(TIMEOUT)

    def end(self):
        if self.process.poll() is None:
            self.process.send_signal(signal.SIGCONT)
            self.process.kill()
            self.process.wait()
        for stream in (self.process.stdin, self.process.stdout):
            if not stream.closed:
                stream.close()


def wait_until(condition, what, timeout=TIMEOUT):
    deadline = time.monotonic() + timeout
    while not condition():
        assert time.monotonic() < deadline, what
        time.sleep(0.0005)
