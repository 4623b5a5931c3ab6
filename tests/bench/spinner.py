"""The target of attach.py: threads asleep in an `except` at a given depth, and a main thread that spins and notes
the longest gap between two looks at the clock. With a third number one more thread runs an event loop with so many tasks, each
three coroutines deep, of which every tenth handles an exception. Commands on stdin, a byte each: `r` resets, `g` prints the gap in
nanoseconds, `q` ends."""

import asyncio
import os
import select
import sys
import threading
import time

THREADS, DEPTH = int(sys.argv[1]), int(sys.argv[2])
TASKS = int(sys.argv[3]) if len(sys.argv) > 3 else 0
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


async def waits(number, future):
    if number % 10:
        await future
    else:
        try:
            raise LookupError("held by task %d" % number)
        except LookupError:
            await future


async def request(number, future):
    query = {"number": number, "rows": [number, str(number)]}
    await waits(query["number"], future)


async def serve(number, future):
    await request(number, future)


async def loop():
    future = asyncio.get_running_loop().create_future()
    tasks = [asyncio.create_task(serve(number, future)) for number in range(TASKS)]
    await asyncio.sleep(0)
    standing.release()
    await asyncio.wait(tasks)


if TASKS:
    threading.Thread(target=lambda: asyncio.run(loop()), daemon=True).start()
    standing.acquire()
workers = [threading.Thread(target=down, args=(DEPTH, handle), daemon=True) for _ in range(THREADS - 1)]
for worker in workers:
    worker.start()
for worker in workers:
    standing.acquire()
down(DEPTH, hold)
end.set()
