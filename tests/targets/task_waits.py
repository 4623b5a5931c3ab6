"""Tasks that wait for others behind a plain future, or at a lock, event or queue; for each its name and what it waits for, as one
line of JSON. With the argument "python" the tasks are those written in Python."""

import asyncio
import json
import sys

import sync

FOR = {}  # name -> names of tasks
AT = {}   # name -> repr() of what it waits at


async def sleeps(future):
    await future


async def waits(tasks, when):
    await asyncio.wait(tasks, return_when=when)


async def waits_for(task):
    await asyncio.wait_for(task, 10_000)


async def shields(task):
    await asyncio.shield(task)


async def as_completed(tasks):
    for task in asyncio.as_completed(tasks):
        await task


async def gathers(tasks):
    await asyncio.gather(*tasks)


async def in_group(future, name):
    async with asyncio.TaskGroup() as group:
        FOR[name] = [name + " child %d" % i for i in range(3)]
        for child in FOR[name]:
            group.create_task(sleeps(future)).set_name(child)


async def times_out(task):
    async with asyncio.timeout(10_000):
        await task


async def ends():
    pass


async def with_lock(lock):
    async with lock:
        pass


async def at_condition(condition):
    async with condition:
        await condition.wait()


async def main():
    loop = asyncio.get_running_loop()
    if sys.argv[1:] == ["python"]:
        loop.set_task_factory(lambda loop, coroutine, **kwargs: asyncio.tasks._PyTask(coroutine, loop=loop, **kwargs))
    future = loop.create_future()
    made = {}

    def start(name, coroutine, tasks=None, at=None):
        made[name] = asyncio.create_task(coroutine)
        made[name].set_name(name)
        if tasks is not None:
            FOR[name] = tasks
        if at is not None:
            AT[name] = at
        return made[name]

    a, b, done = start("a", sleeps(future), []), start("b", sleeps(future), []), start("done", ends())
    await asyncio.sleep(0)
    start("wait", waits([a, b, done], asyncio.ALL_COMPLETED), ["a", "b"])
    start("wait first", waits([a, b], asyncio.FIRST_COMPLETED), ["a", "b"])
    start("wait_for", waits_for(a), ["a"])
    start("shield", shields(b), ["b"])
    start("as_completed", as_completed([a, b]), ["a", "b"])
    start("gather", gathers([a, done, b]), ["a", "b"])
    if hasattr(asyncio, "TaskGroup"):
        start("group", in_group(future, "group"))
        start("timeout", times_out(a), ["a"])
    lock, event, semaphore, condition = asyncio.Lock(), asyncio.Event(), asyncio.Semaphore(1), asyncio.Condition()
    empty, full, unfinished = asyncio.Queue(), asyncio.Queue(1), asyncio.Queue()
    await lock.acquire()
    await semaphore.acquire()
    full.put_nowait(1)
    unfinished.put_nowait(1)
    start("lock", with_lock(lock), [], lock)
    start("semaphore", with_lock(semaphore), [], semaphore)
    start("event", event.wait(), [], event)
    start("condition", at_condition(condition), [], condition)
    start("get", empty.get(), [], empty)
    start("put", full.put(2), [], full)
    start("join", unfinished.join(), [], unfinished)
    for _ in range(5):
        await asyncio.sleep(0)
    # From 3.14 on asyncio.current_task() does not know the tasks written in Python, and timeout() refuses them.
    for name in [name for name in FOR if name in made and made[name].done()]:
        del FOR[name]
    sync.say(json.dumps({"for": FOR, "at": {name: repr(thing) for name, thing in AT.items()}}).encode())
    sync.ready_and_wait()
    for task in asyncio.all_tasks() - {asyncio.current_task()}:
        task.cancel()


if __name__ == "__main__":
    asyncio.run(main())
