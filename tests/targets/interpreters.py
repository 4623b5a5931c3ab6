"""Everything that is a CPython: each mode says as one line of JSON what it knows of itself, then stands still.

sub-thread: a sub-interpreter runs in a thread of its own; sub-main: in the main thread, below the main
interpreter's frames; own-gil: with a GIL of its own (3.12+, where _xxsubinterpreters and its successors make it so);
c-thread: a thread that C made calls back; fork-thread: a forked child whose main thread was another one of the
parent's; shutdown: the interpreter is going away while a daemon thread stands.
"""

import json
import os
import sys
import threading

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
import sync

COMMON = '''
import json, os, sys, threading, traceback
def fail():
    raise LookupError("in " + WHERE)
def say(**known):
    known.update(where=WHERE, pid=os.getpid(), ident=threading.get_ident(), tid=threading.get_native_id(),
                 exception=traceback.format_exc())
    os.write(READY, json.dumps(known).encode() + b"\\n")
def hold():
    try:
        fail()
    except LookupError:
        say()
        os.read(GO, 1)
'''
GO, READY = int(os.environ["PYEXC_GO_FD"]), int(os.environ["PYEXC_READY_FD"])


def code_of(where):
    return "WHERE, GO, READY = %r, %d, %d\n" % (where, GO, READY) + COMMON + "hold()\n"


def run_in_sub_interpreter(where):
    try:
        import _interpreters as interpreters
    except ImportError:
        import _xxsubinterpreters as interpreters
    identity = interpreters.create()
    interpreters.run_string(identity, code_of(where))


def in_this(where):
    exec(compile(code_of(where), "<held>", "exec"), {"__name__": "held"})


mode = sys.argv[1]
if mode == "sub-thread":
    threading.Thread(target=run_in_sub_interpreter, args=("sub",), name="sub").start()
    in_this("main")
elif mode == "sub-main":
    try:
        raise ValueError("around it")
    except ValueError:
        run_in_sub_interpreter("sub")
elif mode == "c-thread":
    import ctypes
    libc = ctypes.CDLL(None)
    routine = ctypes.CFUNCTYPE(ctypes.c_void_p, ctypes.c_void_p)(lambda argument: in_this("c-thread"))
    thread = ctypes.c_ulong()
    assert libc.pthread_create(ctypes.byref(thread), None, routine, None) == 0
    libc.pthread_join.argtypes = [ctypes.c_ulong, ctypes.c_void_p]
    libc.pthread_join(thread, None)
elif mode == "fork-thread":
    def fork():
        child = os.fork()
        if child == 0:
            in_this("child")
            os._exit(0)
        os.waitpid(child, 0)
    threading.Thread(target=fork, name="forks").start()
elif mode == "shutdown":
    class Late(object):
        """Ends with the modules, when nothing can be imported any more: all that it needs it has."""

        def __del__(self, fail=LookupError, write=os.write, read=os.read, ready=READY, go=GO):
            try:
                raise fail("in shutdown")
            except fail as error:  # neither traceback nor json work any more
                line = '{"where": "shutdown", "exception": ["%s", "%s", %d]}\n' % (
                    error.__class__.__name__, error.args[0], error.__traceback__.tb_lineno)
                write(ready, line.encode())
                read(go, 1)

    ready = threading.Event()

    def stand():
        ready.set()
        os.read(GO, 1)
    threading.Thread(target=stand, name="daemon", daemon=True).start()
    ready.wait()
    sys.late = Late()  # goes with the last module; the daemon thread keeps this one
