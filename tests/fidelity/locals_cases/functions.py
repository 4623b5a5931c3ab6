"""Variables of functions: arguments, cells, free variables, names that come and go."""

import sys
import traceback

from corpus import case, snippets

SHARED = True


class Plain:
    pass


snippets(r'''
== no_locals
def f():
    1 / 0
f()

== one
def f():
    a = 1
    raise ValueError(a)
f()

== arguments
def f(a, b=2, *args, c, d=4, **kwargs):
    raise ValueError
f(1, c=3, e=5, f=6)

== positional_only
def f(a, b, /, c):
    raise ValueError
f(1, 2, c=3)

== no_varargs
def f(*args, **kwargs):
    raise ValueError
f()

== order_is_by_name
def f(z, y, x):
    b, a, _, B, A, a1, a10, a2 = range(8)
    raise ValueError
f(1, 2, 3)

== unicode_names
def f():
    é, ß, Ω, z, Z, ℌ, 变量 = range(7)
    raise ValueError
f()

== unbound
def f():
    if not f:
        a = 1
    b = 2
    raise ValueError
f()

== bound_later
def f():
    a = 1
    1 / 0
    b = 2
f()

== deleted
def f():
    a = b = c = 1
    del b
    raise ValueError
f()

== deleted_and_back
def f():
    a = b = 1
    del a
    a = 2
    raise ValueError
f()

== deleted_argument
def f(a, b):
    del a
    raise ValueError
f(1, 2)

== deleted_cell
def f(a):
    def g(): return a, b
    b = 2
    del a
    raise ValueError
f(1)

== deleted_all
def f(a):
    del a
    raise ValueError
f(1)

== except_name_is_gone
def f():
    try:
        1 / 0
    except ZeroDivisionError as e:
        x = 1
    raise ValueError(x)
f()

== except_name_is_there
def f():
    try:
        1 / 0
    except ZeroDivisionError as e:
        x = 1
        raise ValueError(x)
f()

== cell
def f():
    a = 1
    def g():
        return a
    g()
    raise ValueError
f()

== cell_unset
def f():
    def g():
        return a
    raise ValueError
    a = 1
f()

== argument_cells
def f(a, b, c=3, *d, **e):
    def g():
        return b, d, e
    raise ValueError
f(1, 2, 3, 4, x=5)

== argument_cell_changed
def f(a, b):
    def g():
        nonlocal a
        a = 10
    g()
    raise ValueError
f(1, 2)

== cells_only
def f(b, a):
    raise (lambda: (a, b) and ValueError)()
f(1, 2)

== free_variable
def f(a):
    def g():
        b = a
        raise ValueError
    g()
f(1)

== free_variables_of_two
def f(a):
    b = 2
    def g(c):
        d = 4
        def h():
            e = a, b, c, d
            raise ValueError
        h()
    g(3)
f(1)

== free_unset
def f():
    def g():
        x = 1
        if not x: a
        raise ValueError
    g()
    a = 1
f()

== free_passed_through
def f(a):
    def g():
        def h():
            return a
        raise ValueError
    g()
f(1)

== nonlocal
def f():
    a = 1
    def g():
        nonlocal a
        a += 1
        raise ValueError
    g()
f()

== global_is_none_of_it
def f():
    global shared
    shared = 1
    raise ValueError
f()

== lambda_
(lambda a, b=2: a / b)(1, 0)

== lambda_free
def f(a):
    return (lambda b: a / b)(0)
f(1)

== cell_that_is_a_value maybe
def f(a):
    b = (lambda: a).__closure__[0]
    c = b
    raise ValueError
f(1)

== for_variables
def f():
    for i, (j, k) in enumerate([(1, 2), (3, 4)]):
        if i: raise ValueError
f()

== while_
def f():
    n = 3
    while True:
        n -= 1
        10 // n
f()

== with_
class C:
    __slots__ = ()
    def __enter__(self): return 7
    def __exit__(self, *exc): pass
def f():
    with C() as c:
        raise ValueError
f()

== with_exit
class C:
    def __enter__(self): return self
    def __exit__(self, kind, value, tb):
        del tb
        raise KeyError(kind.__name__)
def f():
    with C() as c:
        raise ValueError
f()

== imports maybe
def f():
    import sys as system
    raise ValueError
f()

== function_and_class
def f():
    def inner(): pass
    class Inner: pass
    x = Inner
    raise ValueError
f()

== walrus
def f():
    if (n := 10) > 5:
        raise ValueError
f()

== default_value
def f(a=[]):
    a.append(1)
    raise ValueError
f()

== star_targets
def f():
    a, *b, c = range(5)
    raise ValueError
f()

== augmented
def f():
    a = 1
    a += 1
    a = a / 0
f()

== annotated
def f():
    a: int = 1
    b: str
    raise ValueError
f()

== method
class C:
    def m(self, a):
        raise ValueError
C().m(1)

== method_with_super
class C:
    def m(self):
        super()
        raise ValueError
C().m()

== method_with_class_cell
class C:
    def m(self):
        x = __class__
        raise ValueError
C().m()

== classmethod_
class C:
    @classmethod
    def m(cls, a):
        raise ValueError
C.m(1)

== mangled
class C:
    def m(self, __a):
        __b = 2
        raise ValueError
C().m(1)

== decorated
def d(function):
    def wrapper(*args):
        return function(*args)
    return wrapper
@d
def f(a):
    raise ValueError
f(1)

== recursion
def f(n):
    if not n: raise ValueError
    f(n - 1)
f(2)

== recursion_folded
def f(n):
    if not n: raise ValueError
    f(n - 1)
f(10)

== recursion_of_two
def f(n):
    g(n - 1)
def g(n):
    if n < 0: raise ValueError
    f(n - 1)
f(10)

== recursion_of_1000
__import__("sys").setrecursionlimit(3000)
def f(n, data):
    if not n: raise ValueError
    f(n - 1, data)
f(1000, [1, 2, 3])

== many
exec("def f():\n" + "".join("    v%d = %d\n" % (n, n) for n in range(1000)) + "    raise ValueError")
f()

== many_cells
exec("def f():\n" + "".join("    v%d = %d\n" % (n, n) for n in range(300)) +
     "    def g(): return " + ", ".join("v%d" % n for n in range(300)) + "\n    raise ValueError")
f()

== many_arguments
exec("def f(%s):\n    raise ValueError" % ", ".join("a%d" % n for n in range(200)))
f(*range(200))

== match >=3.10
def f(x):
    match x:
        case {"a": a, **rest}:
            raise ValueError
f({"a": 1, "b": 2})

== type_parameter >=3.12 maybe
def f[T](x: T):
    y = T.__name__
    raise ValueError
f(1)

== type_parameter_is_free >=3.12 maybe
def f[T](x: T):
    def g():
        return len([T])
    raise ValueError
f(1)

== type_parameter_class >=3.12 maybe
class C[T]:
    x = 1
    1 / 0

== exception_group_star >=3.11
def f():
    try:
        raise ExceptionGroup("g", [ValueError(1), KeyError(2)])
    except* ValueError as e:
        n = 1
f()

== locals_called
def f(a):
    b = 2
    locals()
    c = 3
    raise ValueError
f(1)

== locals_called_then_deleted
def f(a):
    b = 2
    locals()
    del b
    raise ValueError
f(1)

== locals_called_then_changed
def f(a):
    b = 2
    locals()
    a = 10
    b = 20
    raise ValueError
f(1)

== locals_written
def f(a):
    locals()["extra"] = 1
    raise ValueError
f(1)

== locals_written_over
def f(a):
    locals()["a"] = 2
    raise ValueError
f(1)

== locals_kept maybe
def f(a):
    namespace = locals()
    namespace.clear()
    raise ValueError
f(1)

== locals_order maybe
def f(a):
    d = locals()
    z = 1
    locals()
    b = 2
    raise ValueError
f(1)

== exec_writes
def f(a):
    exec("x = 1; y = 2")
    raise ValueError
f(1)

== exec_writes_over
def f(a):
    exec("a = 2")
    raise ValueError
f(1)

== exec_writes_unbound
def f(a):
    exec("b = 2")
    if not a: b = 3
    raise ValueError
f(1)

== f_locals_written
from sys import _getframe
def f(a):
    _getframe().f_locals["extra"] = 1
    raise ValueError
f(1)

== f_locals_written_local
from sys import _getframe
def f(a):
    b = 1
    _getframe().f_locals["b"] = 2
    raise ValueError
f(1)

== f_locals_written_cell
from sys import _getframe
def f(a):
    def g(): return a
    _getframe().f_locals["a"] = 2
    raise ValueError
f(1)

== f_locals_written_unbound
from sys import _getframe
def f(a):
    _getframe().f_locals["b"] = 2
    if not a: b = 3
    raise ValueError
f(1)

== f_locals_many_extras
from sys import _getframe
def f(a):
    _getframe().f_locals.update({"x%d" % n: n for n in range(50)})
    raise ValueError
f(1)

== f_locals_odd_keys maybe
from sys import _getframe
def f(a):
    _getframe().f_locals[1] = 2
    raise ValueError
f(1)

== f_locals_extra_removed
from sys import _getframe
def f(a):
    _getframe().f_locals["x"] = 2
    try: _getframe().f_locals.pop("x")
    except ValueError: pass
    raise ValueError
f(1)

== f_locals_of_caller
from sys import _getframe
def g():
    _getframe(1).f_locals["from_g"] = 1
def f(a):
    g()
    raise ValueError
f(1)

== f_locals_equal_names
from sys import _getframe
def f(a):
    _getframe().f_locals["".join(["a", ""])] = 5
    _getframe().f_locals["".join(["lon", "g"])] = 6
    raise ValueError
f(1)

== traced
from sys import _getframe
def f(a):
    b = 2
    raise ValueError
def tracer(frame, event, argument):
    frame.f_locals
    return tracer
sys.settrace(tracer)
try:
    f(1)
finally:
    sys.settrace(None)

== inlined_comprehension
def f(a):
    return [x / 0 for x in (1, 2)]
f(1)

== inlined_comprehension_two
def f(a):
    return [x / y for x in (1, 2) for y in (1, 0)]
f(1)

== inlined_comprehension_nested
def f(a):
    return [[x / y for y in (1, 0)] for x in (1, 2)]
f(1)

== inlined_comprehension_over_local
def f(x):
    return [x / 0 for x in (1, 2)]
f("outer")

== inlined_comprehension_over_cell
def f(x):
    def g(): return x
    return [x / 0 for x in (1, 2)]
f("outer")

== inlined_comprehension_makes_cell
def f(a):
    return [(lambda: x)() / 0 for x in (1, 2)]
f(1)

== inlined_comprehension_uses_free
def f(a):
    return [a / x for x in (1, 0)]
f(1)

== after_comprehension
def f(a):
    y = [x for x in (1, 2)]
    z = {x: x for x in "ab"}
    raise ValueError
f(1)

== after_comprehension_over_local
def f(x):
    y = [x for x in (1, 2)]
    raise ValueError
f("outer")

== set_comprehension
def f(a):
    return {x / 0 for x in (1, 2)}
f(1)

== dict_comprehension
def f(a):
    return {k: v / 0 for k, v in [("a", 1)]}
f(1)

== comprehension_condition
def f(a):
    return [x for x in (1, 0) if 1 / x]
f(1)

== comprehension_walrus
def f(a):
    return [y for x in (1, 0) if (y := 1 / x)]
f(1)

== genexpr
def f(a):
    return list(x / 0 for x in (1, 2))
f(1)

== genexpr_free
def f(a):
    return list(a / x for x in (1, 0))
f(1)
''')


@case
def cleared_frames(wait):
    def f(a, b):
        c = a, b
        raise ValueError(c)
    try:
        f(1, 2)
    except ValueError as error:
        traceback.clear_frames(error.__traceback__)
        wait()


@case
def cleared_frames_after_looking(wait):
    def f(a, b):
        c = a, b
        locals()
        raise ValueError(c)
    try:
        f(1, 2)
    except ValueError as error:
        traceback.clear_frames(error.__traceback__)
        wait()


@case
def cleared_frames_with_extras(wait):
    def f(a, b):
        _getframe().f_locals["extra"] = 1
        raise ValueError
    try:
        f(1, 2)
    except ValueError as error:
        traceback.clear_frames(error.__traceback__)
        wait()


@case
def cleared_frames_with_cells(wait):
    def f(a, b):
        def g():
            return a, c
        c = b
        raise ValueError(g())
    try:
        f(1, 2)
    except ValueError as error:
        traceback.clear_frames(error.__traceback__)
        wait()


@case
def frame_is_over(wait):
    """The frame has returned, and went on after the exception was caught in it."""
    kept = []

    def f(a):
        try:
            1 / 0
        except ZeroDivisionError as error:
            kept.append(error)
        b = 2
        del a
        return b
    f(1)
    try:
        raise kept.pop()
    except ZeroDivisionError:
        wait()


@case
def frame_is_still_running(wait):
    def f(a):
        try:
            1 / 0
        except ZeroDivisionError:
            b = a
            wait()
            return b
    f(1)


@case
def cell_filled_after(wait):
    def f():
        def g():
            return late
        try:
            g()
        except NameError as error:
            saved = error
        late = 1
        try:
            raise saved
        except NameError:
            wait()
    f()


@case
def same_frame_twice(wait):
    def f(a):
        try:
            1 / a
        except ZeroDivisionError as error:
            b = 1
            raise error
    try:
        f(0)
    except ZeroDivisionError:
        wait()


@case
def object_of_many_frames(wait):
    thing = Plain()

    def f(n, self):
        if n:
            return g(n - 1, self)
        raise ValueError

    def g(n, self):
        return f(n, self)
    try:
        f(10, thing)
    except ValueError:
        wait()


@case
def call_from_c(wait):
    def key(a):
        return 1 / a
    try:
        sorted([1, 0], key=key)
    except ZeroDivisionError:
        wait()


@case
def finally_(wait):
    def f(a):
        b = 1
        try:
            1 / a
        finally:
            c = 2
            wait()
            del b, c
    f(0)
