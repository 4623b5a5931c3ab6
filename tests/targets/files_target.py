"""A process whose code objects name the files given on its command line, one exception each.

    files_target.py [--root DIR] [--user UID] NAME...

It may move below DIR and become another user first, as a service does. Every exception is being handled by a
thread of its own when the test looks.
"""

import argparse
import ctypes
import os
import sys
import threading

import sync

LINES = 40  # line on which the raise stands: files of the test have a marker on every line up to it

parser = argparse.ArgumentParser()
parser.add_argument("--root")
parser.add_argument("--user", type=int)
parser.add_argument("--line", type=int, default=LINES)
parser.add_argument("names", nargs="+")
options = parser.parse_args()

ctypes.CDLL("libgcc_s.so.1")  # wanted when a thread ends, and out of reach by then
if options.root:
    os.chroot(options.root)
    os.chdir("/")
if options.user is not None:
    os.setgroups([])
    os.setgid(options.user)
    os.setuid(options.user)
    if sys.platform == "linux":  # a process that changed its user is not dumpable; most services exec after it
        ctypes.CDLL(None).prctl(4, 1, 0, 0, 0)

handling, end = threading.Semaphore(0), threading.Event()


def handle(name):
    code = compile("\n" * (options.line - 1) + "raise LookupError(name)", name, "exec")
    try:
        exec(code, {"name": name, "__name__": "made"})
    except LookupError:
        handling.release()
        end.wait()


for name in options.names:
    threading.Thread(target=handle, args=(name,), daemon=True).start()
for name in options.names:
    handling.acquire()
sync.ready_and_wait()
end.set()
