"""asyncio in a settled state: the loops of this thread have run until everything waits, and one loop of another thread
is parked inside a callback on a lock."""

import asyncio
import asyncio.base_futures
import concurrent.futures
import functools
import os
import socket
import sys
import threading

NEW = sys.version_info
KEPT = []


class OwnFuture(asyncio.Future):
    pass


class OwnTask(asyncio.Task):
    pass


class OwnName(asyncio.Task):
    def get_name(self):
        return "from code"


class Described(asyncio.Future):
    def __repr__(self):
        return "a future of my own"


class OwnState(asyncio.Future):
    @property
    def _state(self):
        return "FINISHED"


class OwnLock(asyncio.Lock):
    pass


class Between(asyncio.Lock):
    def __repr__(self):
        return super().__repr__()


class Callable:
    def __call__(self, future):
        pass


class Methods:
    def method(self, future):
        pass

    @classmethod
    def of_class(cls, future):
        pass

    @staticmethod
    def static(future):
        pass


class Result:
    def __repr__(self):
        return "own repr"


def decorated(function):
    @functools.wraps(function)
    def wrapper(*args, **keywords):
        return function(*args, **keywords)
    return wrapper


@decorated
def wrapped(future):
    pass


def callback(future=None, *rest, **keywords):
    pass


async def forever(loop_future):
    await loop_future


async def returns(value):
    return value


async def fails(error):
    raise error


async def nested(inner):
    await inner


def results():
    itself = [1]
    itself.append(itself)
    deep = [[[[[[[[1]]]]]]]]
    return [("none", None), ("int", 7), ("int long", 10 ** 60), ("int 40", 10 ** 39), ("int 41", 10 ** 40), ("int negative", -10 ** 50),
            ("str", "text"), ("str 28", "x" * 28), ("str 29", "x" * 29), ("str long", "abc'\n" * 50), ("str quotes", "it's \"so\"" * 9),
            ("str wide", "\U0001f40d\u00e9" * 30), ("str escapes", "\x00" * 40), ("bytes", b"abc" * 40), ("float", 1.5), ("list", [1, 2]),
            ("list long", list(range(20))), ("list of str", ["x" * 100] * 3), ("list 6", [1] * 6), ("list 7", [1] * 7),
            ("tuple", (1,)), ("tuple empty", ()), ("tuple long", tuple(range(9))), ("set", {3, 1, 2}), ("set empty", set()),
            ("set of str", set("qwertyuiop")), ("set long", set(range(50, 0, -1))), ("frozenset", frozenset("ab")),
            ("frozenset empty", frozenset()), ("dict", {"b": 1, "a": 2}), ("dict long", {i: str(i) for i in range(9, 0, -1)}),
            ("dict empty", {}), ("dict mixed", {1: 2, "a": 3}), ("dict none", {None: 1, "a": 2}), ("dict one", {(1, 2): 3}),
            ("dict deep", {"a": {"b": {"c": {"d": {"e": {"f": {"g": 1}}}}}}}), ("deep", deep), ("itself", itself),
            ("object", object), ("function", callback), ("bool", True), ("exception", ValueError("x" * 50)), ("range", range(10 ** 30)),
            ("secret", {"password": "hunter2 and much more than thirty characters", "user": "me"})]


def futures(loop, cls, prefix):
    def made(kind=cls):
        future = kind(loop=loop)
        KEPT.append(future)
        return future

    cancelled, failed, group = made(), made(), made()
    cancelled.cancel()
    failed.set_exception(KeyError("k"))
    group.set_exception(OSError(2, "No such file", "name"))
    failed.exception(), group.exception()
    found = [(prefix + " pending", made()), (prefix + " cancelled", cancelled), (prefix + " failed", failed), (prefix + " failed 2", group)]
    for label, value in results():
        future = made()
        future.set_result(value)
        found.append(("%s result %s" % (prefix, label), future))
    own = made()
    own.set_result(Result())
    itself = made()
    itself.set_result([itself])
    for label, callbacks in [
            ("one", [callback]), ("two", [callback, wrapped]), ("three", [callback, len, wrapped]), ("many", [callback] * 9 + [Methods.static]),
            ("method", [Methods().method]), ("class method", [Methods.of_class]), ("builtin", [print]), ("builtin method", [[].append]),
            ("type", [Methods]), ("callable", [Callable()]), ("lambda", [lambda future: None]),
            ("partial", [functools.partial(callback, 1, "x" * 50, key=[1] * 9)]),
            ("partial twice", [functools.partial(functools.partial(callback, 1), a=2)]), ("partial of builtin", [functools.partial(print, {1: 2})]),
            ("partial of wrapped", [functools.partial(wrapped, None)])]:
        future = made()
        for function in callbacks:
            future.add_done_callback(function)
        found.append(("%s callback %s" % (prefix, label), future))
    return found + [(prefix + " result own", own), (prefix + " itself", itself)]


def tasks(loop, cls, prefix):
    waiting = loop.create_future()

    def made(coroutine, kind=cls, **keywords):
        task = kind(coroutine, loop=loop, **keywords)
        KEPT.append(task)
        return task

    plain, named, inner = made(forever(waiting)), made(forever(waiting), name="it's named"), made(forever(waiting))
    outer = made(nested(inner))
    done, failed, cancelled = made(returns([1, 2])), made(fails(KeyError("k"))), made(forever(waiting))
    asked, many = made(forever(waiting)), made(forever(waiting))
    many.add_done_callback(callback)
    many.add_done_callback(functools.partial(callback, 1))
    renamed = made(forever(waiting))
    loop.run_until_complete(asyncio.sleep(0))
    cancelled.cancel()
    loop.run_until_complete(asyncio.sleep(0))
    loop.run_until_complete(asyncio.sleep(0))
    asked.cancel()
    renamed.set_name(5)
    fresh = made(forever(waiting))
    failed.exception()
    odd = made(forever(waiting), OwnTask) if cls is asyncio.Task else made(forever(waiting))
    found = [(prefix + " task", plain), (prefix + " task named", named), (prefix + " task outer", outer), (prefix + " task done", done),
             (prefix + " task failed", failed), (prefix + " task cancelled", cancelled), (prefix + " task cancelling", asked),
             (prefix + " task callbacks", many), (prefix + " task renamed", renamed), (prefix + " task fresh", fresh),
             (prefix + " task subclass", odd), (prefix + " waited for", waiting)]
    if cls is asyncio.Task:
        found.append((prefix + " task own name", made(forever(waiting), OwnName)))
    return found


def locks(loop):
    async def make():
        lock, held, waited = asyncio.Lock(), asyncio.Lock(), asyncio.Lock()
        await held.acquire()
        await waited.acquire()
        event, is_set, event_waited = asyncio.Event(), asyncio.Event(), asyncio.Event()
        is_set.set()
        condition, condition_held = asyncio.Condition(), asyncio.Condition()
        await condition_held.acquire()
        semaphore, zero, bounded = asyncio.Semaphore(3), asyncio.Semaphore(0), asyncio.BoundedSemaphore(2)
        await bounded.acquire()
        own = OwnLock()
        for coroutine in (waited.acquire(), waited.acquire(), event_waited.wait(), zero.acquire()):
            KEPT.append(asyncio.ensure_future(coroutine))
        queue, filled, empty, full = asyncio.Queue(), asyncio.Queue(5), asyncio.Queue(), asyncio.Queue(1)
        for item in ("a", 1, [2]):
            filled.put_nowait(item)
        full.put_nowait(1)
        KEPT.append(asyncio.ensure_future(empty.get()))
        KEPT.append(asyncio.ensure_future(full.put(2)))
        priority, lifo = asyncio.PriorityQueue(), asyncio.LifoQueue()
        priority.put_nowait((2, "b"))
        priority.put_nowait((1, "a"))
        lifo.put_nowait("x")
        many = asyncio.Queue()
        for number in range(200):
            many.put_nowait(number)
        for _ in range(3):
            await asyncio.sleep(0)
        found = [("lock", lock), ("lock held", held), ("lock waited for", waited), ("event", event), ("event set", is_set),
                 ("event waited for", event_waited), ("condition", condition), ("condition held", condition_held),
                 ("semaphore", semaphore), ("semaphore zero", zero), ("bounded semaphore", bounded), ("lock subclass", own),
                 ("lock own repr", Between()), ("queue", queue), ("queue filled", filled), ("queue waited for", empty),
                 ("queue full", full), ("priority queue", priority), ("lifo queue", lifo), ("queue of many", many)]
        if NEW >= (3, 13):
            shut = asyncio.Queue()
            shut.shutdown()
            found.append(("queue shut down", shut))
        if NEW >= (3, 11):
            barrier, broken = asyncio.Barrier(3), asyncio.Barrier(2)
            KEPT.append(asyncio.ensure_future(barrier.wait()))
            await asyncio.sleep(0)
            await broken.abort()
            group, timeout, no_timeout = asyncio.TaskGroup(), asyncio.timeout(12345.678), asyncio.timeout(None)
            found += [("barrier waited for", barrier), ("barrier broken", broken), ("task group", group), ("timeout new", asyncio.timeout(5))]
            entered = asyncio.TaskGroup()
            await entered.__aenter__()
            KEPT.append(entered.create_task(forever(asyncio.get_running_loop().create_future())))
            await timeout.__aenter__()
            await no_timeout.__aenter__()
            found += [("task group entered", entered), ("timeout entered", timeout), ("timeout none", no_timeout)]
        return found
    return loop.run_until_complete(make())


def handles(loop):
    def made(handle):
        KEPT.append(handle)
        return handle

    cancelled = made(loop.call_later(1e6, callback, 2))
    cancelled.cancel()
    soon = made(loop.call_soon(callback, "an argument", 5))
    gone = made(loop.call_soon(callback))
    gone.cancel()
    return [("handle", soon), ("handle cancelled", gone), ("timer", made(loop.call_later(1e6, callback, {"password": "x"}))),
            ("timer cancelled", cancelled), ("timer at", made(loop.call_at(10 ** 7, functools.partial(callback, 1), 2)))]


def streams(loop):
    left, right = socket.socketpair()
    read_end, write_end = os.pipe()

    async def make():
        reader, writer = await asyncio.open_connection(sock=left)
        closed_reader, closed_writer = await asyncio.open_connection(sock=socket.socketpair()[0])
        closed_writer.close()
        piped = await loop.connect_read_pipe(asyncio.Protocol, os.fdopen(read_end, "rb", 0))
        writing = await loop.connect_write_pipe(asyncio.Protocol, os.fdopen(write_end, "wb", 0))
        for _ in range(3):
            await asyncio.sleep(0)
        fed = asyncio.StreamReader(limit=100)
        fed.feed_data(b"some bytes")
        failed = asyncio.StreamReader()
        failed.set_exception(ConnectionResetError(104, "reset"))
        ended = asyncio.StreamReader()
        ended.feed_eof()
        server = await asyncio.start_server(print, "127.0.0.1", 0)
        closed_server = await asyncio.start_server(print, "127.0.0.1", 0)
        closed_server.close()
        KEPT.extend([right, server, closed_reader])
        return [("reader", reader), ("writer", writer), ("writer closed", closed_writer), ("transport", writer.transport),
                ("transport closed", closed_writer.transport), ("read pipe", piped[0]), ("write pipe", writing[0]), ("reader fed", fed),
                ("reader failed", failed), ("reader ended", ended), ("server", server), ("server closed", closed_server)]
    return loop.run_until_complete(make())


def in_another_thread():
    """A loop that runs, with its current task, and waits inside a callback."""
    parked, found = threading.Lock(), []
    parked.acquire()
    ready = threading.Semaphore(0)

    async def park():
        found.append(asyncio.current_task())
        ready.release()
        parked.acquire()

    loop = asyncio.new_event_loop()
    threading.Thread(target=loop.run_until_complete, args=(park(),), daemon=True).start()
    ready.acquire()
    KEPT.append(parked)
    return [("loop running", loop), ("task running", found[0])]


def values():
    loop = asyncio.new_event_loop()
    asyncio.set_event_loop(loop)
    KEPT.append(loop)
    debug = asyncio.new_event_loop()
    debug.set_debug(True)
    closed = asyncio.new_event_loop()
    closed.close()
    created = debug.create_future()
    debug_task = debug.create_task(forever(created))
    debug_task.set_name("debug")
    created.add_done_callback(functools.partial(callback, 1))
    found = futures(loop, asyncio.Future, "C") + futures(loop, asyncio.futures._PyFuture, "Python")
    found += tasks(loop, asyncio.Task, "C") + tasks(loop, asyncio.tasks._PyTask, "Python") + locks(loop) + handles(loop) + streams(loop)
    not_made = asyncio.Future.__new__(asyncio.Future)
    found += [("loop", loop), ("loop debug", debug), ("loop closed", closed), ("created at", created), ("task created at", debug_task),
              ("timer created at", debug.call_later(1e6, callback, [1] * 9)), ("future subclass", OwnFuture(loop=loop)),
              ("future own repr", Described(loop=loop)), ("future own state", OwnState(loop=loop)), ("future not made", not_made),
              ("asyncio errors", [asyncio.CancelledError(), asyncio.TimeoutError(), asyncio.IncompleteReadError(b"x", 5),
                                  asyncio.InvalidStateError("x"), asyncio.LimitOverrunError("m", 3), asyncio.QueueEmpty()])]
    return found + in_another_thread()
