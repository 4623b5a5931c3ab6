"""The target's half of the handshake that live tests use instead of sleeping.

A script started by the `start_target` fixture says `sync.ready()` when it stands where the test wants it, and
`sync.wait()` blocks until the test sends a byte or closes its end (then the script should come to its end).
Works on every Python from 2.7 on, imports nothing that a target would not have anyway.
"""

import os

_OUT = int(os.environ.get("PYEXC_READY_FD", "1"))
_IN = int(os.environ.get("PYEXC_GO_FD", "0"))


def say(line):
    """Sends one line (bytes, without the newline) to the test."""
    data = line + b"\n"
    while data:
        data = data[os.write(_OUT, data):]


def ready():
    say(b"ready")


def wait():
    """One byte from the test; b"" when the test has gone."""
    return os.read(_IN, 1)


def ready_and_wait():
    ready()
    return wait()
