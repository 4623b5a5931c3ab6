"""The target of attach.py: threads asleep in an `except` at a given depth, and a main thread that spins and notes
the longest gap between two looks at the clock. Commands on stdin, a byte each: `r` resets, `g` prints the gap in
nanoseconds, `q` ends."""

import os
import select
import sys
import threading
import time

THREADS, DEPTH = int(sys.argv[1]), int(sys.argv[2])
sys.setrecursionlimit(DEPTH * 3 + 1000)
threading.stack_size(max(256 * 1024, DEPTH * 1024))
end = threading.Event()
standing = threading.Semaphore(0)


def down(n, then):
    if n > 1:
        down(n - 1, then)
    else:
        then()


def handle():
    try:
        raise ValueError("held at depth %d" % DEPTH)
    except ValueError:
        standing.release()
        end.wait()


def spin():
    clock = time.perf_counter_ns
    poll = select.poll()
    poll.register(0, select.POLLIN)
    print("ready", flush=True)
    while True:
        gap, last, looks = 0, clock(), 0
        while True:
            now = clock()
            if now - last > gap:
                gap = now - last
            last = now
            looks += 1
            if looks & 1023 == 0 and poll.poll(0):
                break
            if looks & 1023 == 0:
                last = clock()
        command = os.read(0, 1)
        if command == b"g":
            print(gap, flush=True)
        elif command != b"r":
            return


def hold():
    try:
        raise KeyError("held by the main thread")
    except KeyError:
        spin()


workers = [threading.Thread(target=down, args=(DEPTH, handle), daemon=True) for _ in range(THREADS - 1)]
for worker in workers:
    worker.start()
for worker in workers:
    standing.acquire()
down(DEPTH, hold)
end.set()
