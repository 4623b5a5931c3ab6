"""Generators, coroutines and async generators that are suspended inside a handler, held in every way that is looked at, and
what Python itself knows of each, as one line of JSON.

Each has a label, which is in the message of what it raises. What it handles is what traceback.format_exc() gave inside it just
before it was suspended; where it stands is what its frame says. Runs on every Python from 3.8 on.
"""

import asyncio
import collections
import contextlib
import gc
import inspect
import json
import os
import threading
import traceback
import types

import sync

HANDLED = {}  # label -> [format_exc() of the innermost handler, ...]
FACTS = []


def handling(label):
    HANDLED.setdefault(label, []).insert(0, traceback.format_exc())


def in_except(label):
    try:
        raise ValueError(label)
    except ValueError:
        handling(label)
        yield label


def in_finally(label):
    try:
        raise KeyError(label)
    finally:
        handling(label)
        yield label


def in_two(label):
    try:
        raise LookupError(label)
    except LookupError:
        handling(label)
        yield from in_except(label)


def chained(label):
    try:
        try:
            raise ValueError(label)
        except ValueError as error:
            raise OSError(label + " again") from error
    except OSError:
        handling(label)
        yield label


def iterates(label):
    """Its own frame holds one that handles something, as the iterator of a loop."""
    for item in in_except(label):
        yield item


def over(label):
    try:
        raise ValueError(label)
    except ValueError:
        pass
    yield label


@types.coroutine
def switch():
    yield


async def coroutine(label):
    try:
        raise TypeError(label)
    except TypeError:
        handling(label)
        await switch()


async def async_numbers(label):
    try:
        raise ArithmeticError(label)
    except ArithmeticError:
        handling(label)
        yield 1


@contextlib.contextmanager
def manager(label):
    try:
        raise RuntimeError(label)
    except RuntimeError:
        handling(label)
        yield label


class Holder:
    def __init__(self, generator):
        self.generator = generator


KINDS = {types.GeneratorType: ("generator", "gi_frame", "gi_yieldfrom"),
         types.CoroutineType: ("coroutine", "cr_frame", "cr_await"),
         types.AsyncGeneratorType: ("async_generator", "ag_frame", "ag_await")}


def stack_of(generator):
    stack = []
    while type(generator) in KINDS:
        _, frame, inner = KINDS[type(generator)]
        frame = getattr(generator, frame)
        stack.append([frame.f_code.co_name, frame.f_lineno])
        generator = getattr(generator, inner)
    return stack


def note(generator, label, words):
    """`words`: what must be in the text that says where it was found."""
    FACTS.append({"label": label, "kind": KINDS[type(generator)][0], "qualname": generator.__qualname__,
                  "stack": stack_of(generator), "handling": HANDLED[label], "words": words})


def started(generator, label, *words):
    """Runs it to where it is suspended."""
    if isinstance(generator, types.GeneratorType):
        next(generator)
        assert inspect.getgeneratorstate(generator) == inspect.GEN_SUSPENDED
    elif isinstance(generator, types.CoroutineType):
        generator.send(None)
        assert inspect.getcoroutinestate(generator) == inspect.CORO_SUSPENDED
    else:
        with contextlib.suppress(StopIteration):
            generator.asend(None).send(None)
    note(generator, label, words)
    return generator


def note_used(code, label, *words):
    """One that only the stack of a frame holds."""
    found = [x for x in gc.get_objects() if isinstance(x, types.GeneratorType) and x.gi_code is code
             and x.gi_frame is not None and x.gi_frame.f_locals["label"] == label]
    assert len(found) == 1
    note(found[0], label, words)


def in_variables():
    here = "in_variables in thread %d" % threading.get_native_id()
    plain = started(in_except("plain"), "plain", "variable plain of " + here)
    ending = started(in_finally("finally"), "finally", "variable ending of " + here)
    twice = started(in_two("two"), "two", "variable twice of " + here)
    caused = started(chained("chained"), "chained", "variable caused of " + here)
    coro = started(coroutine("coroutine"), "coroutine", "variable coro of " + here)
    numbers = started(async_numbers("async"), "async", "variable numbers of " + here)
    in_list = [None, started(in_except("list"), "list", "variable in_list[1] of " + here)]
    in_tuple = ("x", started(in_except("tuple"), "tuple", "variable in_tuple[1] of " + here))
    in_dict = {"key": started(in_except("dict"), "dict", "variable in_dict['key'] of " + here)}
    in_set = {started(in_except("set"), "set", "variable in_set", "of " + here)}
    in_deque = collections.deque([1, 2, started(in_except("deque"), "deque", "variable in_deque[2] of " + here)])
    holder = Holder(started(in_except("attribute"), "attribute", "variable holder.generator of " + here))
    two_deep = [{"x": started(in_except("deep"), "deep", "variable two_deep[0]['x'] of " + here)}]
    cell = started(in_except("cell"), "cell", "variable cell of " + here)
    method = started(in_except("method"), "method", "variable method.__self__ of " + here).send
    wrapped = coroutine("awaiter")
    awaiter = wrapped.__await__()
    next(awaiter)
    note(wrapped, "awaiter", ["variable awaiter of " + here])
    del wrapped
    # Nothing is handled by these.
    done, created, finished = over("over"), in_except("created"), in_except("finished")
    next(done)
    list(finished)
    outer = iterates("outer")
    next(outer)
    note_used(in_except.__code__, "outer", "used by iterates, which is variable outer of " + here)
    for label in in_except("loop"):
        note_used(in_except.__code__, label, "used by " + here)
        with manager("manager"):
            note_used(manager.__wrapped__.__code__, "manager", "used by " + here)
            with_loop()
    return [lambda: cell, plain, ending, twice, caused, coro, numbers, in_list, in_tuple, in_dict, in_set, in_deque, holder,
            two_deep, method, awaiter, done, created, finished, outer]


def with_loop():
    standing, end = threading.Event(), []
    thread = threading.Thread(target=asyncio_thread, args=(standing, end), name="loop")
    thread.start()
    standing.wait()
    sync.say(json.dumps(FACTS).encode())
    in_leaf()
    end[0]()
    thread.join()


def in_leaf():
    """The frame that blocks in C itself."""
    here = "in_leaf in thread %d" % threading.get_native_id()
    for label in in_except("leaf"):
        note_used(in_except.__code__, label, "used by " + here)
        sync.say(json.dumps(FACTS[-1]).encode())
        os.write(sync._OUT, b"ready\n")
        os.read(sync._IN, 1)


def asyncio_thread(standing, end):
    def block():
        go = threading.Event()
        end.append(go.set)
        standing.set()
        go.wait()
        asyncio.get_running_loop().stop()

    async def holds(own, finish):
        await finish

    async def main():
        loop = asyncio.get_running_loop()
        finish = loop.create_future()
        own = started(in_except("task"), "task", "variable own of", "holds in task \"holds\"")
        held = asyncio.create_task(holds(own, finish))
        held.set_name("holds")
        del own
        await asyncio.sleep(0)
        loop.call_later(10_000, next, started(in_except("scheduled"), "scheduled", "_scheduled[0]"))
        loop.call_soon(block)
        loop.call_soon(inspect.getgeneratorstate, started(in_except("ready"), "ready", "_ready[0]"))
        await finish

    with contextlib.suppress(RuntimeError):
        asyncio.run(main())


if __name__ == "__main__":
    in_variables()
