"""Variables that are too much for anybody: large_values.py KIND, one of

    mixed    a frame with 100 variables of mixed kinds
    list     a list of 10 million items
    bytes    a bytes object of 1 GiB
    deep     a list nested 100,000 deep
    wide     a dict of 100,000 lists that share one another: a text without end
    crowd    one thread with 10 GiB of variables beside 40 ordinary ones
    objects  objects that hold each other in rings

Each stands in an `except` and waits. The variable `marker` of every ordinary frame says which one it is.
"""

import sys
import threading

import sync

GIB = 1 << 30


def hold(call):
    try:
        raise ValueError("held")
    except ValueError:
        call()


def mixed(wait):
    marker = "mixed"
    source = {"int": 12345678901234567890, "float": 2.5, "text": "x" * 100, "bytes": b"y" * 100, "none": None,
              "list": list(range(30)), "dict": {str(n): n for n in range(30)}, "tuple": (1, ("a", [2])),
              "set": set(range(20)), "type": dict}
    names = ["%s_%d" % (kind, n) for n in range(10) for kind in source]
    code = "def frame(wait, source):\n" + "".join("    %s = source[%r]\n" % (name, name.rsplit("_", 1)[0]) for name in names)
    code += "    hold(wait)\n"
    scope = {"hold": hold}
    exec(code, scope)
    scope["frame"](wait, source)
    del marker


def large_list(wait):
    marker, items = "list", list(range(10_000_000))
    hold(wait)
    del marker, items


def large_bytes(wait):
    marker, data = "bytes", bytes(GIB)
    hold(wait)
    del marker, data


def deep(wait):
    marker, nested = "deep", []
    for _ in range(100_000):
        nested = [nested]
    try:
        hold(wait)
    finally:
        # Freed from the outside in, one level at a time: not by recursion.
        while nested:
            nested = nested.pop()
    del marker


def wide(wait):
    marker, shared = "wide", [0]
    for _ in range(60):
        shared = [shared] * 10
    everything = {n: shared for n in range(100_000)}
    hold(wait)
    del marker, everything


def objects(wait):
    class Node:
        def __init__(self, name):
            self.name, self.others = name, []

        def __repr__(self):
            return "unknowable"

    marker, nodes = "objects", [Node("node %d" % n) for n in range(1000)]
    for node in nodes:
        node.others = nodes
    first = nodes[0]
    hold(wait)
    del marker, first


def crowd(wait):
    standing, end = threading.Semaphore(0), threading.Event()

    def park():
        standing.release()
        end.wait()

    def ordinary(number):
        marker, text, numbers = "ordinary %d" % number, "t" * number, list(range(number))
        hold(park)
        del marker, text, numbers

    def fat():
        marker = "fat"
        pieces = [bytes(1 << 20) for _ in range(10 * 1024)]
        one, another, whole = pieces[:5000], {n: piece for n, piece in enumerate(pieces)}, bytes(4 * GIB)
        # Each of these alone is shown whole with --full; together they are beyond what is read.
        scope = {"hold": hold}
        exec("def many(park, pieces):\n" + "".join("    piece_%d = pieces[%d]\n" % (n, n) for n in range(400)) +
             "    hold(park)\n", scope)
        scope["many"](park, [bytes(200 << 10) for _ in range(400)])
        del marker, one, another, whole

    threads = [threading.Thread(target=fat, daemon=True)]
    threads += [threading.Thread(target=ordinary, args=(n,), daemon=True) for n in range(40)]
    for thread in threads:
        thread.start()
    for _ in threads:
        standing.acquire()
    hold(wait)
    end.set()


KINDS = {"mixed": mixed, "list": large_list, "bytes": large_bytes, "deep": deep, "wide": wide, "objects": objects,
         "crowd": crowd}

if __name__ == "__main__":
    KINDS[sys.argv[1]](sync.ready_and_wait)
