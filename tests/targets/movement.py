"""A thread that waits for ever inside an `except`, one that goes from place to place, one that computes in one call."""

import hashlib
import os
import sys
import threading

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
import sync

end = threading.Event()
turn = threading.Semaphore(0)


def stuck():
    try:
        raise KeyError("stuck")
    except KeyError:
        turn.release()
        end.wait()


def step_a():
    sync.say(b"a")
    sync.wait()


def step_b():
    sync.say(b"b")
    sync.wait()


def walk():
    turn.release()
    while not end.is_set():
        step_a()
        step_b()


threads = [threading.Thread(target=stuck, name="stuck", daemon=True), threading.Thread(target=walk, name="walker", daemon=True)]
for thread in threads:
    thread.start()
    turn.acquire()
if sys.argv[1:] == ["busy"]:
    data = bytes(1 << 16)
    threading.Thread(target=lambda: hashlib.pbkdf2_hmac("sha256", data, data, 2000000000), name="busy", daemon=True).start()
sync.ready()
end.wait()
