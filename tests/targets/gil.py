"""gil.py KIND: a process whose GIL, garbage collector or end is in a known state.

    held      a thread is inside one call in C that never gives the GIL away; the others wait for nothing
    free      every thread waits without the GIL
    collecting  the garbage collector waits in one of its own callbacks
"""

import gc
import itertools
import sys
import threading

import sync


def held():
    release = threading.Lock()
    release.acquire()

    def spin():
        release.acquire()
        sum(itertools.repeat(1))  # a loop in C that asks nobody

    thread = threading.Thread(target=spin, name="spinner", daemon=True)
    thread.start()
    # The other thread takes the GIL for good as soon as this one gives it away to read from its pipe, or before: then this
    # one never gets as far. Either way there is one holder from some moment on.
    sync.ready()
    release.release()
    sync.wait()


def collecting():
    def callback(phase, info):
        if phase == "start":
            gc.callbacks.clear()
            sync.ready_and_wait()
    gc.callbacks.append(callback)
    gc.collect()


def free():
    threading.Thread(target=threading.Event().wait, name="idle", daemon=True).start()
    sync.ready_and_wait()


if __name__ == "__main__":
    {"held": held, "free": free, "collecting": collecting}[sys.argv[1]]()
