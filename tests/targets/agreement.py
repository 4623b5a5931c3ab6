"""Threads that stand still in different places, and what Python itself says of all of them.

Says "ready" when every thread has arrived; for each line "dump" that the test asks for, one line of JSON with
sys._current_frames(), faulthandler's text and, of the loop of one thread, asyncio.all_tasks().
"""

import asyncio
import faulthandler
import json
import os
import queue
import sys
import tempfile
import threading

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
import sync

lock = threading.Lock()
condition = threading.Condition()
never = threading.Event()
empty = queue.Queue()
lock.acquire()
arrived = threading.Semaphore(0)


class Handler(object):
    def run(self, how, depth):
        if depth:
            return self.run(how, depth - 1)
        arrived.release()
        how()


def in_condition():
    with condition:
        condition.wait()


def in_generator():
    def produce():
        yield lock.acquire()
    return list(produce())


def in_comprehension():
    return [one() for one in [never.wait]]


def in_class_body():
    class Body(object):
        value = never.wait()
    return Body


def in_lambda():
    return (lambda: sorted([3, 1], key=lambda x: never.wait()))()


def in_exec():
    exec(compile("def inner():\n  never.wait()\n\ninner()\n", "<made up>", "exec"), {"never": never})


def handling():
    try:
        raise ValueError("handled while waiting")
    except ValueError:
        never.wait()


async def innermost():
    await asyncio.get_running_loop().create_future()


async def middle():
    await innermost()


async def outer():
    await middle()


async def gathering():
    await asyncio.gather(middle(), outer())


loops = []


def in_loop():
    loop = asyncio.new_event_loop()

    async def start():
        tasks = [loop.create_task(outer()), loop.create_task(gathering()), loop.create_task(asyncio.sleep(100000))]
        for _ in range(10):  # until each stands where it stays
            await asyncio.sleep(0)
        loops.append(loop)
        arrived.release()
        await asyncio.wait(tasks)
    loop.run_until_complete(start())


WAYS = [lock.acquire, in_condition, never.wait, empty.get, in_generator, in_comprehension, in_class_body, in_lambda, in_exec, handling]
for number, way in enumerate(WAYS):
    threading.Thread(target=Handler().run, args=(way, number * 7), name="way-%d" % number, daemon=True).start()
threading.Thread(target=in_loop, name="loop", daemon=True).start()
for _ in range(len(WAYS) + 1):
    arrived.acquire()


def entries(frame):
    found = []
    while frame is not None:
        found.append([frame.f_code.co_filename, frame.f_lineno, frame.f_code.co_name])
        frame = frame.f_back
    return found[::-1]


def dump():
    with tempfile.TemporaryFile() as stream:
        faulthandler.dump_traceback(stream, all_threads=True)
        stream.seek(0)
        text = stream.read().decode()
    names = {thread.ident: thread.name for thread in threading.enumerate()}
    native = {thread.ident: thread.native_id for thread in threading.enumerate()}
    return {"frames": {ident: entries(frame) for ident, frame in sys._current_frames().items()}, "faulthandler": text,
            "names": names, "native": native,
            "tasks": sorted(task.get_name() for task in asyncio.all_tasks(loops[0]))}


sync.ready()
while sync.wait():
    sync.say(json.dumps(dump()).encode())
os._exit(0)
