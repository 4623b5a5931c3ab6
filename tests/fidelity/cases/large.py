"""Chains, groups and stacks of thousands: the right text, or a cut that can be seen.

In a thread with a large stack and a high recursion limit, so that the target's own module can print them.
"""

import sys
import threading

from corpus import add


def raised(error):
    try:
        raise error
    except BaseException as caught:
        return caught


def contexts():
    error = raised(ValueError(0))
    for number in range(1, 5000):
        new = raised(KeyError(number))
        new.__context__ = error
        error = new
    return error


def causes():
    error = ValueError(0)
    for number in range(1, 5000):
        new = TypeError(number)
        new.__cause__ = error
        error = new
    return error


def nested_groups():
    error = raised(ValueError("bottom"))
    for number in range(2000):
        error = ExceptionGroup("level %d" % number, [error])  # noqa: F821
    return error


def nested_groups_with_siblings():
    error = raised(ValueError("bottom"))
    for number in range(2000):
        error = ExceptionGroup("level %d" % number, [KeyError(number), error])  # noqa: F821
    return error


def recursion():
    def again(depth):
        if depth:
            again(depth - 1)
        raise ValueError("bottom of 3000")

    try:
        again(3000)
    except ValueError as error:
        return error


def mutual_recursion():
    def one(depth):
        two(depth - 1)

    def two(depth):
        if depth < 0:
            raise ValueError("bottom of 3000")
        one(depth - 1)

    try:
        one(3000)
    except ValueError as error:
        return error


def wide_chain_of_groups():
    error = None
    for number in range(300):
        new = ExceptionGroup("link %d" % number, [ValueError(n) for n in range(20)])  # noqa: F821
        new.__context__ = error
        error = new
    return error


def in_a_large_thread(make):
    def case(wait):
        def work():
            error = make()
            try:
                raise error
            except BaseException:
                wait()

        limit, size = sys.getrecursionlimit(), threading.stack_size(512 << 20)
        sys.setrecursionlimit(100000)
        try:
            thread = threading.Thread(target=work)
            thread.start()
            thread.join()
        finally:
            threading.stack_size(size)
            sys.setrecursionlimit(limit)

    return case


def handled_at_the_bottom(wait):
    def down(depth):
        if depth:
            return down(depth - 1)
        try:
            raise ValueError("the stack above is deep")
        except ValueError:
            wait()

    down(3000)


for _make in (contexts, causes, recursion, mutual_recursion):
    add(_make.__name__, in_a_large_thread(_make), large=True)
for _make in (nested_groups, nested_groups_with_siblings, wide_chain_of_groups):
    add(_make.__name__, in_a_large_thread(_make), large=True, requires=(3, 11))


def _bottom(wait):
    sys.setrecursionlimit(5000)
    try:
        handled_at_the_bottom(wait)
    finally:
        sys.setrecursionlimit(1000)


add("handled_at_the_bottom", _bottom, large=True)
