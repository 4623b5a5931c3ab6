"""Tasks of every kind in two loops, and what Python itself knows of each, as one line of JSON.

For each task: its name, state, coroutine, the frames from its coroutine down to the innermost one that it awaits, found
through cr_await and its like, and the tracebacks of the exceptions that it handled when it went to sleep, as
traceback.format_exc() gave them there. Runs on every Python from 3.8 on.
"""

import asyncio
import inspect
import json
import sys
import threading
import traceback

import sync

HANDLED = {}  # task name -> [format_exc() of the innermost handler, ...]
KEEP = []


def handling():
    """Called inside an `except`, just before the task waits."""
    # 3.14 and later: the C function does not know of tasks written in Python.
    task = asyncio.current_task() or asyncio.tasks._py_current_task()
    HANDLED.setdefault(task.get_name(), []).insert(0, traceback.format_exc())


async def leaf(future):
    await future


async def in_except(future):
    try:
        raise ValueError("in except")
    except ValueError:
        handling()
        await leaf(future)


async def in_finally(future):
    try:
        raise KeyError("in finally")
    finally:
        handling()
        await leaf(future)


async def in_two(future):
    try:
        raise LookupError("outer")
    except LookupError:
        handling()
        await in_except(future)


async def after(future):
    try:
        raise ValueError("over")
    except ValueError:
        pass
    await leaf(future)


class Awaitable:
    def __init__(self, future):
        self.future = future

    def __await__(self):
        try:
            raise OSError("in __await__")
        except OSError:
            handling()
            yield from self.future


async def through_generator(future):
    await Awaitable(future)


async def numbers(future):
    try:
        raise TypeError("in an async generator")
    except TypeError:
        handling()
        await future
        yield 1


async def through_async_generator(future):
    async for _ in numbers(future):
        pass


class Manager:
    def __init__(self, future):
        self.future = future

    async def __aenter__(self):
        pass

    async def __aexit__(self, kind, value, tb):
        handling()
        await self.future


async def in_aexit(future):
    async with Manager(future):
        raise RuntimeError("in __aexit__")


async def chained(future):
    try:
        try:
            raise ValueError("first")
        except ValueError as error:
            raise KeyError("second") from error
    except KeyError:
        handling()
        await future


async def waits_for(task):
    await task


async def gathers(*tasks):
    await asyncio.gather(*tasks)


async def shields(task):
    await asyncio.shield(task)


async def fails():
    raise ArithmeticError("lost")


async def deep(level, future):
    if level:
        await deep(level - 1, future)
    else:
        await in_except(future)


KINDS = [in_except, in_finally, in_two, after, through_generator, through_async_generator, in_aexit, chained]


def inner(awaitable):
    for name in ("cr_await", "gi_yieldfrom", "ag_await"):
        if hasattr(awaitable, name):
            return getattr(awaitable, name)
    return None


def chain(coroutine):
    """[[function, line], ...] of what Python lets us see: some awaitables in between hide what is behind them."""
    frames, seen = [], coroutine
    while seen is not None:
        frame = next((getattr(seen, name) for name in ("cr_frame", "gi_frame", "ag_frame") if hasattr(seen, name)), None)
        if frame is not None:
            frames.append([frame.f_code.co_name, frame.f_lineno])
        seen = inner(seen)
    return frames


def state(task):
    return "cancelled" if task.cancelled() else "finished" if task.done() else "pending"


def describe(task):
    coroutine = task.get_coro()
    return {"name": task.get_name(), "state": state(task), "coroutine": coroutine.__qualname__,
            "chain": chain(coroutine), "handling": HANDLED.get(task.get_name(), [])}


async def fill(prefix):
    loop = asyncio.get_running_loop()
    future = loop.create_future()
    made = {}

    def start(name, coroutine):
        try:
            made[name] = asyncio.create_task(coroutine, name=prefix + name)
        except TypeError:  # a task factory of 3.8 to 3.10 takes no name
            made[name] = asyncio.create_task(coroutine)
            made[name].set_name(prefix + name)
        return made[name]

    for kind in KINDS:
        start(kind.__name__, kind(future))
    start("deep", deep(20, future))
    start("waits", waits_for(made["in_except"]))
    start("gathers", gathers(made["waits"], made["in_two"]))
    start("shields", shields(made["after"]))
    KEEP.append(start("lost", fails()))
    fetched = start("fetched", fails())
    KEEP.extend([future, made])
    for _ in range(5):
        await asyncio.sleep(0)
    fetched.exception()
    return [made[name] for name in made if not made[name].done()] + [made["lost"]]


def second_loop(standing, results, end):
    async def main():
        loop = asyncio.get_running_loop()
        # The tasks written in Python.
        loop.set_task_factory(lambda loop, coroutine, **kwargs: asyncio.tasks._PyTask(coroutine, loop=loop, **kwargs))
        results.extend(await fill("python "))
        finish = loop.create_future()
        KEEP.append(finish)
        end.append(lambda: loop.call_soon_threadsafe(finish.set_result, None))
        standing.set()
        await finish
    asyncio.run(main())


async def main():
    tasks = await fill("c ")
    standing, others, end = threading.Event(), [], []
    thread = threading.Thread(target=second_loop, args=(standing, others, end))
    thread.start()
    standing.wait()
    loop = asyncio.get_running_loop()
    known = asyncio.all_tasks()
    facts = [describe(task) for task in tasks + others]
    sync.say(json.dumps({"tasks": facts, "all": sorted(task.get_name() for task in known),
                         "main": asyncio.current_task().get_name()}).encode())
    sync.ready()
    finish = loop.create_future()
    threading.Thread(target=lambda: (sync.wait(), loop.call_soon_threadsafe(finish.set_result, None)), daemon=True).start()
    await finish
    end[0]()
    thread.join()


if __name__ == "__main__":
    asyncio.run(main())
