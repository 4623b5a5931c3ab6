"""A server of asyncio that never rests: its tasks raise, handle, wait inside handlers, gather children and hold suspended
generators, in two loops.

Everything is numbered: the name of a task says which worker and which round it belongs to, and from it follows the coroutine it
runs, what it may handle with which traceback, and whom it may wait for. A test that attaches at any moment can so tell a true
report from an invented one. At the end the counts must be right.
"""

import asyncio
import threading

import sync

WORKERS = 6
KINDS = 5
stop = False


class Numbered(Exception):
    pass


class Counts:
    raised = handled = 0


def fail(counts, label):
    counts.raised += 1
    raise Numbered(label)


async def pause(n):
    for _ in range(n % 3 + 1):
        await asyncio.sleep(0)


def numbers(counts, label):
    try:
        fail(counts, label + " generator")
    except Numbered:
        counts.handled += 1
        yield 1
        yield 2


async def inner(counts, label, n):
    try:
        fail(counts, label + " inner")
    except Numbered:
        counts.handled += 1
        await pause(n)


async def child(counts, label, n):
    try:
        fail(counts, label)
    except Numbered:
        counts.handled += 1
        await pause(n)


async def request(counts, label, n):
    await pause(n)
    kind = n % KINDS
    if kind == 1:
        try:
            fail(counts, label + " outer")
        except Numbered:
            counts.handled += 1
            await pause(n)
    elif kind == 2:
        try:
            fail(counts, label + " outer")
        except Numbered:
            counts.handled += 1
            await inner(counts, label, n)
    elif kind == 3:
        await asyncio.gather(*[asyncio.create_task(child(counts, "%s c%d" % (label, i), n + i), name="%s c%d" % (label, i))
                               for i in range(3)])
    elif kind == 4:
        rows = numbers(counts, label)
        next(rows)
        await pause(n)
        next(rows)
        rows.close()


async def worker(counts, w):
    n = 0
    while not stop:
        if n % 500 == 0:
            rows = numbers(counts, "w%d r%d" % (w, n))
            next(rows)
        label = "w%d n%d" % (w, n)
        await asyncio.create_task(request(counts, label, n), name=label)
        n += 1
    rows.close()


async def main(counts, first):
    tasks = [asyncio.create_task(worker(counts, w), name="worker %d" % w) for w in range(first, first + WORKERS)]
    for task in tasks:
        await task


def run(counts, first):
    asyncio.run(main(counts, first))


def wait_for_end():
    global stop
    sync.ready_and_wait()
    stop = True


if __name__ == "__main__":
    both = [Counts(), Counts()]
    threading.Thread(target=wait_for_end, name="waiter").start()
    other = threading.Thread(target=run, args=(both[1], WORKERS), name="other")
    other.start()
    run(both[0], 0)
    other.join()
    sync.say(b"%d %d" % (sum(c.raised for c in both), sum(c.handled for c in both)))
