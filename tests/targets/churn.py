"""A process that never rests: raises, handles, chains, recurses, switches generators, starts and ends threads.

Everything it raises is numbered: the message says which thread raised it, in which round, and by its first
letter in which way, and from these alone follow the exact traceback and the exact context. A test that
attaches at any moment can so tell a true report from an invented one. At the end the counts must be right.
"""

import os
import sys
import threading

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
import sync

DEPTHS = 7
stop = False


class Numbered(Exception):
    pass


class Counts(object):
    def __init__(self):
        self.raised = 0
        self.handled = 0


def fail(counts, kind, t, n):
    counts.raised += 1
    raise Numbered("%s t%d n%d" % (kind, t, n))


def down(counts, kind, t, n, depth):
    if depth:
        down(counts, kind, t, n, depth - 1)
    else:
        fail(counts, kind, t, n)


def handle_again(counts, t, n):
    try:
        down(counts, "b", t, n, (n + 3) % DEPTHS)
    except Numbered:
        counts.handled += 1
        spin(n % 5)


def spin(rounds):
    while rounds:
        rounds -= 1


def suspended(counts, t, n):
    try:
        down(counts, "g", t, n, (n + 5) % DEPTHS)
    except Numbered:
        counts.handled += 1
        yield 1
        spin(3)
        yield 2


def switch(counts, t, n):
    generator = suspended(counts, t, n)
    next(generator)
    spin(2)
    next(generator)
    next(generator, None)


def round_trip(counts, t, n):
    try:
        down(counts, "a", t, n, n % DEPTHS)
    except Numbered:
        counts.handled += 1
        handle_again(counts, t, n)
        switch(counts, t, n)
    switch(counts, t, n)


def worker(counts, t, rounds):
    n = 0
    while not stop and (rounds is None or n < rounds):
        round_trip(counts, t, n)
        n += 1


def short_lived(all_counts, t):
    counts = Counts()
    all_counts.append(counts)
    thread = threading.Thread(target=worker, args=(counts, t, 20), name="t%d" % t)
    thread.start()
    return thread


def wait_for_end():
    global stop
    sync.wait()
    stop = True


def main():
    all_counts = []
    threads = []
    for t in range(1, 3):
        counts = Counts()
        all_counts.append(counts)
        thread = threading.Thread(target=worker, args=(counts, t, None), name="t%d" % t)
        thread.start()
        threads.append(thread)
    waiter = threading.Thread(target=wait_for_end, name="waiter")
    waiter.start()
    counts = Counts()
    all_counts.append(counts)
    sync.ready()
    n, t, passing = 0, 1000, None
    while not stop:
        round_trip(counts, 0, n)
        n += 1
        if n % 50 == 0:
            if passing is not None:
                passing.join()
            passing = short_lived(all_counts, t)
            t += 1
    for thread in threads + [waiter] + ([passing] if passing else []):
        thread.join()
    raised = sum(c.raised for c in all_counts)
    handled = sum(c.handled for c in all_counts)
    sync.say(("%d %d" % (raised, handled)).encode())


if __name__ == "__main__":
    main()
