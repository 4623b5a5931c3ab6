"""A master that handles nothing, two forked workers that each handle an exception, a child that is no Python,
and a grandchild that is. Says "pid NAME" lines, then ready; every process waits for the end of the same pipe."""

import os
import subprocess
import sys

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
import sync


def work(number):
    try:
        raise ValueError("in worker %d" % number)
    except ValueError:
        sync.say(("worker %d" % os.getpid()).encode())
        sync.wait()
    os._exit(0)


for number in (1, 2):
    if os.fork() == 0:
        work(number)
go, ready = int(os.environ["PYEXC_GO_FD"]), int(os.environ["PYEXC_READY_FD"])
GRANDCHILD = """
import os
try:
    1 / 0
except ZeroDivisionError:
    os.write(%d, b"grandchild %%d\\n" %% os.getpid())
    os.read(%d, 1)
""" % (ready, go)
if sys.argv[1:] == ["--plain"]:
    words = []
else:
    words = ["--password", "correct-horse-battery"]
shell = subprocess.Popen(["/bin/sh", "-c", '"$0" -c "$1"; :', sys.executable, GRANDCHILD] + words,
                         pass_fds=(go, ready))
sync.say(("shell %d" % shell.pid).encode())
sync.ready_and_wait()
shell.wait()
for _ in range(2):
    os.wait()
