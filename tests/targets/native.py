"""Threads that stand in calls from C into Python and from Python into C. Says per line a JSON object for each
thread that stands: its case and tid. The first argument names what else is wanted: "strangers" or "deep"."""

import ctypes
import functools
import json
import os
import select
import sys
import threading
import time

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
import sync

libc = ctypes.CDLL(None)
held = threading.Lock()
held.acquire()


def say(case):
    sync.say(json.dumps({"case": case, "tid": threading.get_native_id()}).encode())


def wait_in_lock(case):
    say(case)
    held.acquire()
    held.release()


def sorted_by_key():
    def key(item):
        if item == 2:
            wait_in_lock("sorted_by_key")
        return item
    return sorted([3, 2, 1], key=key)


def reduce_in_reduce():
    def inner(left, right):
        wait_in_lock("reduce_in_reduce")
        return left + right
    return functools.reduce(lambda left, right: functools.reduce(inner, [left, right]), [1, 2])


def qsort_callback():
    numbers = (ctypes.c_int * 2)(2, 1)
    compare_type = ctypes.CFUNCTYPE(ctypes.c_int, ctypes.POINTER(ctypes.c_int), ctypes.POINTER(ctypes.c_int))

    def compare(left, right):
        wait_in_lock("qsort_callback")
        return left[0] - right[0]
    libc.qsort(numbers, 2, ctypes.sizeof(ctypes.c_int), compare_type(compare))


def in_sleep():
    say("in_sleep")
    time.sleep(1000)


def in_poll():
    poller = select.poll()
    poller.register(never[0], select.POLLIN)
    say("in_poll")
    poller.poll()


def generators():
    def inner():
        yield 1
        wait_in_lock("generators")

    def outer():
        yield from inner()
    return list(outer())


class Attribute:
    def __getattr__(self, name):
        wait_in_lock("special_methods")
        return len(name)

    def __len__(self):
        return self.missing


def special_methods():
    return len(Attribute())


def recursion():
    def down(depth):
        if depth:
            return down(depth - 1)
        return max([1], key=lambda item: wait_in_lock("recursion"))
    down(2)


def deep():
    """Far more than 256 KiB of C stack: each step goes through sorted() and a key function."""
    def down(depth):
        if depth:
            return sorted([depth], key=lambda item: down(item - 1))
        wait_in_lock("deep")
    sys.setrecursionlimit(100000)
    down(300)


def strangers():
    """Threads of C, which never run Python."""
    create = libc.pthread_create
    thread = ctypes.c_ulong()
    for _ in range(2):
        pause = ctypes.cast(libc.pause, ctypes.c_void_p)
        create(ctypes.byref(thread), None, pause, None)


never = os.pipe()
wanted = sys.argv[1:]
if "deep" in wanted:
    threading.stack_size(64 << 20)
    cases = [deep]
else:
    cases = [sorted_by_key, reduce_in_reduce, qsort_callback, in_sleep, in_poll, generators, special_methods, recursion]
if "strangers" in wanted:
    strangers()
for case in cases:
    threading.Thread(target=case, daemon=True).start()
sync.wait()
os._exit(0)
