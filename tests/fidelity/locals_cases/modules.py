"""Module frames and namespaces of exec()."""

import builtins
import collections
import types

from corpus import ShortBuiltins, case, snippets

SHARED = True


BUILTINS = ShortBuiltins(vars(builtins))


def run(source, namespace, *locals_):
    namespace.setdefault("__builtins__", BUILTINS)
    exec(compile(source, "<locals>", "exec", dont_inherit=True), namespace, *locals_)


class Sub(dict):
    pass


class SubItems(dict):
    def items(self):
        return [("made_up", 1)]


class SubLen(dict):
    def __len__(self):
        return 0


class SubGetitem(dict):
    def __getitem__(self, key):
        return 1


class Mapping(collections.UserDict):
    pass


class StrSub(str):
    pass


class StrSubFormat(str):
    def __format__(self, spec):
        return "formatted"


snippets(r'''
== plain
x = 1
1 / 0

== deleted
x = y = 1
del x
1 / 0

== functions
def f(): pass
class C: pass
1 / 0

== comprehension
a = 1
[x / 0 for x in (1, 2)]

== comprehension_over_global
x = "global"
[x / 0 for x in (1, 2)]

== comprehension_with_lambda
[(lambda: x)() / 0 for x in (1, 2)]

== comprehension_nested
[[x / y for y in (0, 1)] for x in (1, 2)]

== comprehension_two
[x / y for x in (1, 2) for y in (1, 0)]

== comprehension_calls
def f(x):
    return 1 / x
[f(x) for x in (1, 0)]

== set_comprehension
{x / 0 for x in (1, 2)}

== dict_comprehension
{k: v / 0 for k, v in [(1, 2)]}

== genexpr
list(x / 0 for x in (1, 2))

== after_comprehension
y = [x for x in (1, 2)]
1 / 0

== walrus_in_comprehension
[y for x in (1, 0) if (y := 1 / x)]

== loop
for i in range(3):
    10 // (1 - i)

== annotations
a: int = 1
b: str
1 / 0

== annotations_conditional
if True:
    a: int = 1
1 / 0

== dunder_all
__all__ = ["x"]
x = 1
1 / 0

== locals_written
locals()["y"] = 1
1 / 0

== globals_odd_key maybe
globals()[1] = 2
1 / 0

== type_alias >=3.12 maybe
type A = list[int]
1 / 0

== itself
me = globals()
1 / 0
''')


@case
def only_globals():
    run("a = 1\n1 / 0", {"__builtins__": {}})


@case
def two_namespaces():
    run("a = 1\n1 / 0", {"g": 1}, {"b": 2})


@case
def same_namespace():
    namespace = {"b": 2}
    run("a = 1\n1 / 0", namespace, namespace)


@case
def empty_locals():
    run("1 / 0", {"g": 1}, {})


@case
def own_locals(wait):
    b = 1
    try:
        exec("a = 2\n1 / 0")
    except ZeroDivisionError:
        wait()


@case
def own_globals():
    exec("1 / 0", {"__builtins__": BUILTINS}, locals())


@case
def subclass():
    run("a = 1\n1 / 0", {}, Sub(b=2))


@case
def subclass_empty():
    run("1 / 0", {}, Sub())


@case(inexact="maybe")
def default_dict():
    run("a = 1\n1 / 0", {}, collections.defaultdict(int, b=2))


@case(inexact="maybe")
def ordered_dict():
    run("a = 1\n1 / 0", {}, collections.OrderedDict(b=2))


@case(inexact=True)
def subclass_items():
    run("a = 1\n1 / 0", {}, SubItems(b=2))


@case(inexact=True)
def subclass_len():
    run("a = 1\n1 / 0", {}, SubLen(b=2))


@case
def subclass_getitem():
    run("a = 1\n1 / 0", {}, SubGetitem(b=2))


@case(inexact=True)
def mapping():
    run("a = 1\n1 / 0", {}, Mapping(b=2))


@case(inexact=True)
def mapping_proxy():
    run("1 / 0", {}, types.MappingProxyType({"b": 2}))


@case(inexact=True)
def chain_map():
    run("a = 1\n1 / 0", {}, collections.ChainMap({"b": 2}, {"c": 3}))


@case(inexact="maybe")
def mapping_with_comprehension():
    run("a = 1\n[1 / x for x in (1, 0)]", {}, Mapping(b=2))


@case(inexact=True)
def keys_int_and_str():
    run("a = 1\n1 / 0", {}, {1: 2})


@case(inexact="maybe")
def keys_int():
    run("1 / 0", {}, {1: 2})


@case(inexact="maybe")
def keys_ints():
    run("1 / 0", {}, {10: 1, 9: 2})


@case(inexact="maybe")
def keys_none():
    run("1 / 0", {}, {None: 2})


@case(inexact="maybe")
def keys_tuples():
    run("1 / 0", {}, {(1, 2): 2, (0, 5): 3})


@case(inexact="maybe")
def keys_str_subclass():
    run("a = 1\n1 / 0", {}, {StrSub("b"): 2})


@case(inexact=True)
def keys_str_subclass_format():
    run("a = 1\n1 / 0", {}, {StrSubFormat("b"): 2})


@case
def keys_odd_text():
    run("a = 1\n1 / 0", {}, {"": 1, " ": 2, "a b": 3, "\n": 4, "é": 5, "\U0001f600": 6})


@case
def keys_surrogate():
    run("a = 1\n1 / 0", {}, {"\udc80": 1, "\uffff": 2, "\U00010000": 3})


@case
def keys_long():
    run("a = 1\n1 / 0", {}, {"b" * 900: 1})


@case
def many_keys():
    run("a = 1\n1 / 0", {}, {"k%d" % n: n for n in range(2000)})


@case
def many_keys_deleted():
    namespace = {"k%d" % n: n for n in range(100)}
    for n in range(0, 100, 2):
        del namespace["k%d" % n]
    run("a = 1\n1 / 0", {}, namespace)


@case
def eval_():
    eval("1 / x", {}, {"x": 0})


@case
def eval_comprehension():
    eval("[1 / x for x in (1, 0)]", {}, {"y": 0})


@case
def eval_lambda():
    eval("(lambda a: a / x)(1)", {"x": 0}, {"y": 0})


@case
def code_of_function():
    def f():
        a = 1
        1 / 0
    exec(f.__code__, {}, {"given": 1})


@case
def code_of_function_only_globals():
    def f():
        a = 1
        1 / 0
    exec(f.__code__, {"g": 1, "__builtins__": BUILTINS})


@case(requires=(3, 11))
def code_with_closure():
    b = 2

    def f():
        a = b
        1 / 0
    exec(f.__code__, {"__builtins__": BUILTINS}, closure=f.__closure__)


@case(inexact="maybe")
def code_of_function_in_mapping():
    def f():
        a = 1
        1 / 0
    exec(f.__code__, {}, Mapping(b=2))


@case
def class_in_exec():
    run("class C:\n    x = y\n    1 / 0", {}, {"y": 1})


@case
def function_in_exec():
    run("def f(a):\n    b = a\n    1 / 0\nf(1)", {"g": 0})


@case
def single():
    exec(compile("x = 1; 1 / 0", "<single>", "single"), {}, {"a": 1})


@case
def module_object():
    kept = [types.ModuleType("made").__dict__]
    run("x = 1\n1 / 0", kept.pop())


@case
def itself_in_locals():
    namespace = {}
    namespace["me"] = namespace
    run("1 / 0", {}, namespace)
