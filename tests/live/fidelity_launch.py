"""Starts one entry of tests/fidelity/launches.py, with the standard input that it wants."""

import os
import pty
import subprocess
import termios
import threading

import conftest
import launches
from fidelity_runner import WaitingTarget


class Launch:
    """A started launch; a context manager that ends what it started."""

    def __init__(self, interpreter, name, directory, env=None):
        self.interpreter, self.launch = interpreter, launches.LAUNCHES[name]
        self.directory, self.env = str(directory), env or {}
        self.terminal = None

    def __enter__(self):
        launches.write_files(self.launch, self.directory)
        environment = self.interpreter.environment({
            "PYTHONPATH": str(conftest.TARGETS), "FIDELITY_WAIT": str(conftest.TARGETS / "fidelity_wait.py"),
            **self.launch.get("env", {}), **self.env})
        argv = self.interpreter.command(*launches.command(self.launch, self.directory))
        self.errors = open(os.path.join(self.directory, "output-of-target"), "w+b")
        text = self.launch.get("stdin")
        stdin, streams = subprocess.DEVNULL, dict(stdout=self.errors, stderr=self.errors)
        if text is not None and self.launch.get("terminal"):
            self.terminal, stdin = self._open_terminal()
            streams = dict(stdout=stdin, stderr=stdin, start_new_session=True)
        elif text is not None:
            stdin = subprocess.PIPE
        self.target = WaitingTarget(argv, environment, cwd=self.directory, stdin=stdin, **streams)
        if self.terminal is not None:
            os.close(stdin)
            self._feed_terminal(text.encode("utf-8"))
        elif text is not None:
            # Kept open until the end: an interactive interpreter leaves at the end of its input.
            self.target.process.stdin.write(text.encode("utf-8"))
            self.target.process.stdin.flush()
            if not self.launch.get("options") and "code.interact" not in str(self.launch.get("argv")):
                self.target.process.stdin.close()
        return self

    def _open_terminal(self):
        leader, follower = pty.openpty()
        settings = termios.tcgetattr(follower)
        settings[3] &= ~termios.ECHO
        termios.tcsetattr(follower, termios.TCSANOW, settings)
        return leader, follower

    def _feed_terminal(self, data):
        """Types it once a prompt was shown, and goes on reading: a full terminal would block the target."""
        def drain():
            shown, typed = b"", False
            while True:
                try:
                    piece = os.read(self.terminal, 65536)
                except OSError:
                    return
                if not piece:
                    return
                shown += piece
                if not typed and b">>> " in shown:
                    typed = True
                    os.write(self.terminal, data.replace(b"\n", b"\r"))
        self.reader = threading.Thread(target=drain, daemon=True)
        self.reader.start()

    def arrive(self):
        try:
            assert self.target.arrive(), self.target.said
        except (EOFError, TimeoutError) as error:
            self.errors.seek(0)
            raise AssertionError("%s\n%s" % (error, self.errors.read().decode("utf-8", "replace")[-2000:]))
        if self.launch.get("fork"):
            self.target.pid = self.target.tid
        return self.target

    def __exit__(self, *info):
        self.target.end()
        if self.terminal is not None:
            # The reader ends with the last holder of the other side; a number that it still reads from must not
            # be given to anybody else.
            self.reader.join(conftest.READY_TIMEOUT)
            assert not self.reader.is_alive(), "the terminal of a target that has ended is still open"
            os.close(self.terminal)
        self.errors.close()
