"""Class bodies: their namespace, __class__, free variables, comprehensions, namespaces that are no dict."""

from corpus import case, snippets

SHARED = True

snippets(r'''
== empty
class C:
    1 / 0

== names
class C:
    b = 1
    a = 2
    def m(self): pass
    1 / 0

== docstring
class C:
    """Text."""
    1 / 0

== deleted
class C:
    a = b = 1
    del a
    1 / 0

== class_cell
class C:
    def m(self):
        return super().m()
    1 / 0

== class_cell_named
class C:
    def m(self):
        return __class__
    x = 1
    1 / 0

== class_cell_in_namespace
class C:
    def m(self):
        return __class__
    locals()["__class__"] = 5
    1 / 0

== in_function
def f(a):
    class C:
        b = 1
        1 / 0
f(1)

== uses_free
def f(a):
    class C:
        b = a
        1 / 0
f(1)

== free_of_method
def f(a):
    class C:
        def m(self): return a
        1 / 0
f(1)

== free_of_same_name
def f(a):
    class C:
        a = 2
        def m(self): return a
        1 / 0
f(1)

== nested
class A:
    x = 1
    class B:
        y = 2
        1 / 0

== nested_in_method
class A:
    def m(self, a):
        class B:
            y = a
            1 / 0
A().m(1)

== mangled
class C:
    __x = 1
    1 / 0

== annotations
class C:
    a: int = 1
    b: str
    1 / 0

== annotations_conditional
class C:
    if True:
        a: int = 1
    1 / 0

== annotations_with_free
def f(t):
    class C:
        a: t = 1
        if t: b: t
        1 / 0
f(int)

== annotations_future maybe
from __future__ import annotations
class C:
    a: int = 1
    1 / 0

== comprehension
class C:
    a = 1
    b = [x / 0 for x in (1, 2)]

== comprehension_over_name
class C:
    x = 1
    b = [x / 0 for x in (1, 2)]

== comprehension_with_lambda
class C:
    a = 1
    b = [(lambda: x)() / 0 for x in (1, 2)]

== comprehension_nested
class C:
    a = 1
    b = [[x / y for y in (0, 1)] for x in (1, 2)]

== comprehension_in_function
def f(a):
    class C:
        b = [a / x for x in (0, 1)]
f(1)

== comprehension_over_free
def f(x):
    class C:
        def m(self): return x
        b = [x / 0 for x in (1, 2)]
f("outer")

== comprehension_and_class_cell
class C:
    def m(self): return __class__
    b = [x / 0 for x in (1, 2)]

== comprehension_of_class >=3.13
class C:
    b = [__class__ for x in (1, 2)]

== after_comprehension
class C:
    b = [x for x in (1, 2)]
    1 / 0

== dict_comprehension
class C:
    b = {x: 1 / x for x in (1, 0)}

== genexpr
class C:
    a = 3
    b = list(x / 0 for x in (1, 2))

== prepared_dict
class M(type):
    @classmethod
    def __prepare__(cls, name, bases):
        return {"given": 1}
class C(metaclass=M):
    1 / 0

== prepared_subclass maybe
class D(dict):
    pass
class M(type):
    @classmethod
    def __prepare__(cls, name, bases):
        return D(given=1)
class C(metaclass=M):
    a = 1
    1 / 0

== prepared_subclass_setitem maybe
class D(dict):
    def __setitem__(self, key, value):
        super().__setitem__(key, (value, "seen"))
class M(type):
    @classmethod
    def __prepare__(cls, name, bases):
        return D(given=1)
class C(metaclass=M):
    a = 1
    1 / 0

== enum maybe
import enum
class E(enum.Enum):
    A = 1
    A = 2

== metaclass_raises maybe
class M(type):
    def __new__(meta, name, bases, namespace):
        1 / 0
class C(metaclass=M):
    a = 1

== init_subclass
class A:
    def __init_subclass__(cls, value):
        1 / value
class B(A, value=0):
    pass

== set_name
class D:
    def __set_name__(self, owner, name):
        self.x
class C:
    d = D()

== decorated
def d(cls):
    1 / 0
@d
class C:
    pass

== locals_in_body
class C:
    a = locals()
    a["b"] = 2
    del a
    1 / 0

== exec_in_body
class C:
    exec("a = 1")
    1 / 0

== type_parameters >=3.12 maybe
class C[T]:
    x = T
    1 / 0

== type_parameters_method >=3.12 maybe
class C[T]:
    def m(self, x: T): return T
    1 / 0

== type_alias >=3.12 maybe
class C:
    type A = int
    1 / 0

== type_parameter_default >=3.13 maybe
class C[T = int]:
    1 / 0
''')


@case(inexact="maybe")
def body_is_over(wait):
    class C:
        def m(self):
            return __class__
        try:
            1 / 0
        except ZeroDivisionError as e:
            error = e
        after = 1
    try:
        raise C.error
    except ZeroDivisionError:
        wait()


@case(inexact="maybe")
def body_is_over_in_function(wait):
    outer = 1

    class C:
        def m(self):
            return outer, __class__
        try:
            1 / 0
        except ZeroDivisionError as e:
            error = e
    try:
        raise C.error
    except ZeroDivisionError:
        wait()


@case
def body_waits(wait):
    class C:
        x = 1
        try:
            1 / 0
        except ZeroDivisionError:
            wait()


@case
def body_waits_in_comprehension(wait):
    class C:
        try:
            1 / 0
        except ZeroDivisionError:
            x = [wait() for y in (1,)]
