"""Generators, coroutines and their frames: running, suspended, thrown into, finished."""

import contextlib
import types

from corpus import case, snippets

SHARED = True

snippets(r'''
== generator
def g(a):
    b = a
    yield b
    1 / 0
list(g(1))

== generator_deleted
def g(a):
    b = a
    yield b
    del b
    1 / 0
list(g(1))

== generator_free
def f(a):
    def g():
        yield a
        1 / 0
    list(g())
f(1)

== generator_cell
def g(a):
    yield (lambda: a)
    1 / 0
list(g(1))

== generator_sent
class hold: pass
def g():
    x = yield
    y = yield x
    1 / 0
hold.i = g()
next(hold.i)
hold.i.send(1)
hold.i.send(2)

== generator_thrown
class hold: pass
def g(a):
    b = a
    yield b
hold.i = g(1)
next(hold.i)
hold.i.throw(KeyError(1))

== generator_thrown_at_start
def g(a):
    yield a
g(1).throw(KeyError(1))

== generator_thrown_at_start_free
def f(a):
    def g(b):
        yield a, b
    g(1).throw(KeyError(1))
f(2)

== generator_closed
class hold: pass
def g(a):
    try:
        yield a
    finally:
        b = 1
        1 / 0
hold.i = g(1)
next(hold.i)
hold.i.close()

== yield_from
def g(a):
    yield a
    1 / 0
def h(b):
    c = 1
    yield from g(b)
list(h(1))

== yield_from_thrown
class hold: pass
def g(a):
    yield a
def h(b):
    yield from g(b)
hold.i = h(1)
next(hold.i)
hold.i.throw(KeyError(1))

== genexpr
list(x / y for x in (1, 2) for y in (1, 0))

== genexpr_nested
list(list(x / y for y in (1, 0)) for x in (1, 2))

== genexpr_of_range
list(1 / x for x in range(2))

== genexpr_of_dict maybe
list(v / 0 for k, v in {"a": 1}.items())

== genexpr_free
def f(a):
    return sum(a / x for x in [1, 0])
f(1)

== genexpr_condition
list(x for x in (1, 0) if 1 / x)

== genexpr_lambda
list((lambda: x / 0)() for x in (1, 2))

== coroutine
async def c(a):
    b = a
    1 / 0
c(1).send(None)

== coroutine_awaits
async def c(a):
    b = a
    1 / 0
async def d():
    x = 1
    await c(x)
d().send(None)

== coroutine_suspended
class hold: pass
from types import coroutine
@coroutine
def pause(n):
    yield n
    1 / 0
async def c(a):
    b = a
    await pause(b)
hold.i = c(1)
hold.i.send(None)
hold.i.send(None)

== coroutine_thrown
class hold: pass
from types import coroutine
@coroutine
def pause(n):
    yield n
async def c(a):
    b = a
    await pause(b)
hold.i = c(1)
hold.i.send(None)
hold.i.throw(KeyError(1))

== async_generator
async def g(a):
    yield a
    1 / 0
async def c():
    r = []
    async for x in g(1):
        r.append(x)
c().send(None)

== async_comprehension maybe
async def g(a):
    yield a
async def c():
    return [x / 0 async for x in g(1)]
c().send(None)

== async_genexpr maybe
async def g(a):
    yield a
async def c():
    e = (x / 0 async for x in g(1))
    del e
    async for y in (x / 0 async for x in g(1)):
        pass
c().send(None)

== async_with
class M:
    __slots__ = ()
    async def __aenter__(self): return 1
    async def __aexit__(self, kind, value, tb):
        del tb, value
        1 / 0
async def c():
    async with M() as m:
        raise ValueError
c().send(None)

== await_in_comprehension maybe
async def d(x):
    return 1 / x
async def c():
    return [await d(x) for x in (1, 0)]
c().send(None)

== iterator_protocol
class I:
    __slots__ = ("n",)
    def __init__(self): self.n = 0
    def __iter__(self): return self
    def __next__(self):
        m = self.n
        1 / 0
def f():
    for x in I(): pass
f()
''')


@case
def handled_in_generator(wait):
    def g(a):
        try:
            1 / a
        except ZeroDivisionError:
            b = 1
            wait()
            yield b
    list(g(0))


@case
def handled_in_suspended_generator(wait):
    """The generator is suspended in its handler; the traceback names its frame."""
    def g(a):
        try:
            1 / a
        except ZeroDivisionError as error:
            yield error
            del a
    hold.i = g(0)
    error = next(i)
    try:
        raise error
    except ZeroDivisionError:
        wait()
    list(i)


@case
def of_finished_generator(wait):
    def g(a):
        try:
            1 / a
        except ZeroDivisionError as error:
            yield error
        b = 1
    hold.i = g(0)
    error = next(i)
    next(i, None)
    try:
        raise error
    except ZeroDivisionError:
        wait()


@case
def of_closed_generator(wait):
    def g(a):
        try:
            1 / a
        except ZeroDivisionError as error:
            yield error
    hold.i = g(0)
    error = next(i)
    i.close()
    try:
        raise error
    except ZeroDivisionError:
        wait()


@case
def of_cleared_generator(wait):
    def g(a):
        try:
            1 / a
        except ZeroDivisionError as error:
            yield error
    hold.i = g(0)
    error = next(i)
    frame = i.gi_frame
    try:
        frame.clear()
    except RuntimeError:  # 3.13+: a suspended frame is not cleared
        pass
    try:
        raise error
    except ZeroDivisionError:
        wait()


@case
def looked_at_suspended(wait):
    def g(a):
        b = 1
        yield
        del b
        c = 2
        yield
        1 / a
    hold.i = g(0)
    next(i)
    i.gi_frame.f_locals
    next(i)
    try:
        next(i)
    except ZeroDivisionError:
        wait()


@case
def coroutine_waits(wait):
    async def inner(a):
        try:
            1 / a
        except ZeroDivisionError:
            wait()

    async def outer():
        b = 2
        await inner(0)
        return b
    try:
        outer().send(None)
    except StopIteration:
        pass


@case
def async_generator_waits(wait):
    async def g(a):
        try:
            1 / a
        except ZeroDivisionError:
            wait()
        yield a

    async def c():
        async for x in g(0):
            del x
    try:
        c().send(None)
    except StopIteration:
        pass


@case(inexact="maybe")
def pausing_coroutine(wait):
    @types.coroutine
    def pause():
        x = 1
        yield x

    async def c(a):
        try:
            1 / a
        except ZeroDivisionError as error:
            kept.append(error)
            await pause()
    kept = []
    i = c(0)
    i.send(None)
    try:
        raise kept.pop()
    except ZeroDivisionError:
        wait()
    i.close()


@case
def genexpr_waits(wait):
    try:
        1 / 0
    except ZeroDivisionError:
        list(wait() for x in (1,) for y in (2,))


@case
def comprehension_waits(wait):
    try:
        1 / 0
    except ZeroDivisionError:
        x = "outer"
        [wait() for x in (1,)]


@case
def context_manager(wait):
    @contextlib.contextmanager
    def manager(a):
        b = a
        yield b
    try:
        with manager(1) as x:
            1 / 0
    except ZeroDivisionError:
        del x
        wait()
