"""What is printed of values: several lines, failures of repr(), chains and groups."""

import sys

from corpus import case, snippets

SHARED = True


class Lines:
    def __repr__(self):
        return "one\ntwo"


class Raises:
    def __repr__(self):
        raise RuntimeError


class RaisesExit:
    def __repr__(self):
        raise SystemExit


class Plain:
    pass


class Slots:
    __slots__ = ("a",)


def raising(**values):
    a_value, = values.values()
    del values
    raise ValueError


HAS_DIGITS_LIMIT = hasattr(sys, "get_int_max_str_digits")
DIGITS = dict(inexact=HAS_DIGITS_LIMIT and sys.version_info < (3, 12))


@case(**DIGITS)
def too_many_digits():
    raising(n=10 ** 5000)


@case(**DIGITS)
def too_many_digits_inside():
    raising(n=[1, (2, 10 ** 5000)])


@case(**DIGITS)
def too_many_digits_beside_others():
    def f(a):
        b = 10 ** 5000
        c = 1
        raise ValueError
    f(1)


@case(**DIGITS)
def too_many_digits_folded():
    def f(n, big):
        if n:
            f(n - 1, big if n < 3 else 0)
        raise ValueError
    f(10, 10 ** 5000)


@case(**DIGITS)
def too_many_digits_in_context():
    def f(a):
        b = 10 ** 5000
        1 / 0
    try:
        f(1)
    except ZeroDivisionError:
        raise ValueError


@case(inexact=True)
def own_repr():
    raising(x=Lines())


@case(inexact=True)
def own_repr_raises():
    raising(x=Raises())


@case(inexact=True)
def own_repr_exits():
    raising(x=RaisesExit())


@case(inexact=True)
def own_repr_inside():
    raising(x=[Lines()])


@case
def own_repr_folded(wait):
    def f(n, x):
        if not n:
            raise ValueError
        f(n - 1, Plain() if n > 5 or n == 1 else x)
    try:
        f(8, Plain())
    except ValueError:
        wait()


@case
def plain_objects():
    a, b, c, d = Plain(), Slots(), Plain, Plain()
    b.a = 1
    d.x = 2
    raise ValueError


@case
def builtin_values():
    a = [None, True, 1.5, 2j, "text\n", b"bytes", ..., NotImplemented, range(3), slice(1, 2)]
    b = {"k": (1,), 2: [], 3: {}, 4: set(), 5: frozenset([1])}
    raise ValueError


@case
def contains_itself():
    a = [1]
    a.append(a)
    b = {}
    b["b"] = b
    raise ValueError


@case
def long_text():
    a = "x" * 5000
    b = list(range(2000))
    raise ValueError


@case
def lines_in_text():
    a = "one\ntwo\r\n\tthree\x1b[31m"
    b = "\udc80\u202e\u200b"
    raise ValueError


@case
def functions():
    def f():
        pass
    g = len
    h = [].append
    j = (lambda: 0)
    raise ValueError


snippets(r'''
== context
def f(a):
    1 / a
def g(b):
    try: f(0)
    except ZeroDivisionError: raise ValueError(b)
g(1)

== cause
def f(a):
    1 / a
def g(b):
    try: f(0)
    except ZeroDivisionError as e: raise ValueError(b) from e
g(1)

== cause_none
def f(a):
    1 / a
def g(b):
    try: f(0)
    except ZeroDivisionError as e: raise ValueError(b) from None
g(1)

== chain_of_three
def f(n):
    try:
        if n: f(n - 1)
        else: 1 / n
    except Exception as e:
        x = n * 10
        raise ValueError(n)
f(3)

== exception_as_local
def f():
    error = ValueError(1)
    raise error
f()

== note >=3.11
def f(a):
    e = ValueError(a)
    e.add_note("note")
    raise e
f(1)

== syntax_error
def f(a):
    compile("a b", "<x>", "exec")
f(1)

== name_error
def f(value):
    return valve
f(1)

== attribute_error
def f(value):
    return value.uper
f("text")

== group >=3.11
def f(a):
    b = 1
    1 / a
def g():
    errors = []
    for n in (0, 0):
        try: f(n)
        except ZeroDivisionError as e: errors.append(e)
    raise ExceptionGroup("group", errors)
g()

== group_nested >=3.11
def f(a):
    try: 1 / a
    except ZeroDivisionError as e: return e
def g(n):
    if not n: return f(0)
    x = n
    try: raise ExceptionGroup("group %d" % n, [g(n - 1), f(0)])
    except ExceptionGroup as e: return e
def h():
    raise g(3)
h()

== group_of_lines >=3.11
def f(text):
    number = 1
    raise ExceptionGroup(text, [ValueError(text)])
f("one\ntwo")

== no_traceback_limit
def f(a, b):
    if a: f(a - 1, b)
    raise ValueError
f(4, 1)
''')
