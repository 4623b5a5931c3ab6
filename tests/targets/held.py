"""Two threads that each handle an exception and wait; the plainest target there is."""

import os
import sys
import threading

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
import sync


def fail(what):
    raise ValueError(what)


def hold(what, standing):
    try:
        fail(what)
    except ValueError:
        standing()
        end.wait()


end = threading.Event()
started = threading.Semaphore(0)
other = threading.Thread(target=hold, args=("in the thread", started.release), name="other")
other.start()
started.acquire()
try:
    fail("in the main thread")
except ValueError:
    sync.ready_and_wait()
end.set()
other.join()
