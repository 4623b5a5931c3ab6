"""Exceptions that are kept without being handled, and what Python itself says of each, as one line of JSON."""

import asyncio
import code
import concurrent.futures
import contextlib
import io
import json
import sys
import threading
import traceback

import sync

FACTS = []
KEEP = []


def text_of(error):
    return "".join(traceback.format_exception(type(error), error, error.__traceback__))


def note(kind, error, *words):
    FACTS.append({"kind": kind, "formatted": text_of(error), "words": words})


def fail(text):
    raise ValueError(text)


async def fails(text):
    fail(text)


async def stubborn(finish):
    try:
        await finish
    except asyncio.CancelledError:
        await asyncio.shield(finish)


async def grouped(finish, standing):
    async with asyncio.TaskGroup() as group:
        group.create_task(stubborn(finish))
        await asyncio.sleep(0)
        group.create_task(fails("in a group"))
        standing.append(group)


async def main():
    loop = asyncio.get_running_loop()
    finish = loop.create_future()
    here = "main in thread %d" % threading.get_native_id()
    with contextlib.redirect_stderr(io.StringIO()):
        code.InteractiveInterpreter().runsource("1/0")
    note("last_exc", sys.last_value, "sys.last_exc" if hasattr(sys, "last_exc") else "sys.last_value")
    with concurrent.futures.ThreadPoolExecutor(1) as executor:
        pending = [executor.submit(fail, "in a pool"), executor.submit(len, "")]
    note("future", pending[0].exception(), "variable pending[0] of ")
    kept = loop.create_future()
    kept.set_exception(KeyError("kept"))
    note("asyncio_future", kept._exception, "variable kept of ")
    fetched = loop.create_future()
    fetched.set_exception(KeyError("fetched"))
    fetched.exception()
    lost = asyncio.create_task(fails("lost"))
    standing = []
    if hasattr(asyncio, "TaskGroup"):
        KEEP.append(asyncio.create_task(grouped(finish, standing)))
    while not lost.done() or (KEEP and not (standing and standing[0]._errors)):
        await asyncio.sleep(0)
    if standing:
        note("task_group", standing[0]._errors[0], "_errors[0] of ")
    sync.say(json.dumps({"stored": FACTS, "lost": text_of(lost._exception), "here": here}).encode())
    sync.ready_and_wait()
    finish.set_result(None)
    if KEEP:
        await asyncio.wait(KEEP)
    return kept, fetched, lost, pending


if __name__ == "__main__":
    asyncio.run(main())
