"""`wait()`: the moment at which a case of the fidelity corpus is looked at from outside.

Called where an exception is being handled, in whatever thread. One step per byte from the test:
it says `ready TID`; on `f` it formats what sys.exc_info() gives with this Python's own traceback module and
sends `text N` and N bytes (or `unformattable N`, where that module itself fails); on any other byte it returns.

With PYEXC_COVERAGE_FILE set there is no test: it formats at once, and appends to that file which lines of
traceback.py and linecache.py were run.
"""

import json
import linecache
import os
import sys
import threading
import traceback

_OUT = int(os.environ.get("PYEXC_READY_FD", "1"))
_IN = int(os.environ.get("PYEXC_GO_FD", "0"))
_COVERAGE = os.environ.get("PYEXC_COVERAGE_FILE")
_WATCHED = {traceback.__file__: "traceback.py", linecache.__file__: "linecache.py",
            traceback.format_exception.__code__.co_filename: "traceback.py",
            linecache.getline.__code__.co_filename: "linecache.py"}


def send(data):
    while data:
        data = data[os.write(_OUT, data):]


def receive():
    return os.read(_IN, 1)


def format_handled():
    """(kind, bytes) of the handled exception, as this Python prints it."""
    try:
        text = "".join(traceback.format_exception(*sys.exc_info()))
    except Exception as error:
        return b"unformattable", repr(type(error)).encode("ascii", "backslashreplace")
    return b"text", text.encode("utf-8", "backslashreplace")


def wait():
    if _COVERAGE:
        _trace_formatting()
        return
    send(b"ready %d\n" % threading.get_native_id())
    if receive() == b"f":
        kind, data = format_handled()
        send(b"%s %d\n" % (kind, len(data)) + data)
        receive()


_lines_run = set()


def _trace_formatting():
    def in_frame(frame, event, argument):
        if event == "line":
            _lines_run.add((_WATCHED[frame.f_code.co_filename], frame.f_lineno))
        return in_frame

    def on_call(frame, event, argument):
        if frame.f_code.co_filename not in _WATCHED:
            return None
        _lines_run.add((_WATCHED[frame.f_code.co_filename], frame.f_lineno))
        return in_frame

    known = len(_lines_run)
    sys.settrace(on_call)
    try:
        format_handled()
    finally:
        sys.settrace(None)
    if len(_lines_run) != known:
        with open(_COVERAGE, "a", encoding="ascii") as stream:
            stream.write(json.dumps(sorted(_lines_run)) + "\n")
