"""Which part of a line is underlined, and how: the systematic set."""

SHARED = True

from corpus import add, case, run_source, snippets

# Every binary operator, with three kinds of spacing.
SETUP = "class Bad:\n    pass\nbad, n, text = Bad(), 1, 'text'\n"
OPERATORS = {"add": "+", "sub": "-", "mul": "*", "matmul": "@", "div": "/", "floordiv": "//", "mod": "%", "pow": "**",
             "lshift": "<<", "rshift": ">>", "and": "&", "or": "|", "xor": "^"}
COMPARISONS = {"lt": "<", "le": "<=", "gt": ">", "ge": ">=", "in": "in", "not_in": "not in"}
SHAPES = {
    "plain": "bad {} n", "tight": "bad{}n", "spread": "bad   {}   n", "assigned": "x = bad {} n", "nested_left": "x = (n + n) * n - (bad {} n)",
    "nested_right": "n + (bad {} n)", "parenthesised": "x = ((bad) {} (n))", "chained": "n + n - n * (1) and bad {} n",
    "multi_line": "x = (bad\n     {}\n     n)", "multi_line_after": "x = (bad {}\n     n)", "multi_line_before": "x = (bad\n     {} n)",
}


def _module(source):
    return lambda: run_source("operators.py", source)


for _operator, _sign in OPERATORS.items():
    for _shape in (("plain", "tight", "spread", "assigned", "parenthesised", "multi_line") if _operator in ("add", "pow")
                   else ("plain", "tight", "multi_line")):
        add("%s_%s" % (_operator, _shape), _module(SETUP + SHAPES[_shape].format(_sign) + "\n"))
    add("augmented_%s" % _operator, _module(SETUP + "bad %s= n\n" % _sign))
    add("augmented_%s_attribute" % _operator, _module(SETUP + "bad.value = None\nbad.value %s= n\n" % _sign))
for _shape in ("nested_left", "nested_right", "chained", "multi_line_after", "multi_line_before"):
    add("shape_" + _shape, _module(SETUP + SHAPES[_shape].format("//") + "\n"))
for _operator, _sign in COMPARISONS.items():
    add("compare_" + _operator, _module(SETUP + "bad %s n\n" % _sign))
    add("compare_assigned_" + _operator, _module(SETUP + "x = [bad %s n]\n" % _sign))
for _operator, _sign in {"neg": "-", "pos": "+", "invert": "~"}.items():
    add("unary_" + _operator, _module(SETUP + "%sbad\n" % _sign))
    add("unary_inner_" + _operator, _module(SETUP + "x = n + %sbad * n\n" % _sign))

snippets("""
== subscript
d = {}
d["key"]
== subscript_assigned
d = {}
x = d["key"] + 1
== subscript_spaced
d = {}
x = d  [ "key" ]
== subscript_nested
d = {"a": {"b": {}}}
x = d["a"]["b"]["c"]["d"]
== subscript_of_call
def f(): return {}
x = f()["key"]
== subscript_in_subscript
d = {"a": "b"}
x = d[d[d["a"]]]
== subscript_bracket_in_string
d = {}
x = d["[][("] + d[']']
== subscript_multi_line
d = {}
x = d[
    "key"
]
== subscript_multi_line_value
d = {}
x = (
    d
    ["key"]
)
== subscript_commented
d = {}
x = (d  # the [value]
     [  # the [key]
      "key"])
== subscript_parenthesised_value
d = {}
x = (d)["key"]
== subscript_double_parenthesised
d = {}
x = ((d))["key"]
== subscript_tuple
d = {}
x = d[1, 2, "three"]
== subscript_ellipsis
d = []
x = d[..., 1]
== slice_bad
d = []
x = d["a":"b"]
== slice_step
d = []
x = d[1:2:0]
== slice_store
d = ()
d[1:2] = 5
== subscript_store
d = ()
d["key"] = 1
== subscript_delete
d = {}
del d["key"], d
== subscript_store_nested
d = {"a": ()}
d["a"]["b"] = 1 + 1
== subscript_unicode
\u65e5 = {}
x = \u65e5["\u672c"] + \u65e5["\u8a9e"]
== attribute
x = None
x.missing
== attribute_assigned
x = None
y = x.missing
== attribute_chain
class A: pass
a = A(); a.b = A(); a.b.c = None
x = a.b.c.d.e
== attribute_store
x = None
x.attribute = 1
== attribute_delete
x = None
del x.attribute
== attribute_multi_line
x = None
y = (x
     .missing
     .more)
== attribute_of_subscript
x = {"a": None}
y = x["a"].missing + 1
== attribute_of_call
def f(): pass
y = f().missing
== call_plain
def f(): raise ValueError
f()
== call_assigned
def f(): raise ValueError
x = f()
== call_assigned_attribute
class A: pass
a = A()
def f(): raise ValueError
a.x = f()
== call_assigned_twice
def f(): raise ValueError
x = y = f()
== call_assigned_tuple
def f(): raise ValueError
x, y = f()
== call_annotated
def f(): raise ValueError
x: int = f()
== call_arguments
def f(*a, **k): raise ValueError
f(1, "two", three=3)
== call_in_expression
def f(*a): raise ValueError
x = 1 + f(2) * 3
== call_nested
def f(*a): raise ValueError
def g(*a): return 1
x = g(f(g(1)), 2)
== call_nested_outer
def f(*a): raise ValueError
def g(*a): return 1
x = f(g(g(1)), g(2))
== call_of_call
def f(): return f2
def f2(): raise ValueError
x = f()()
== call_method
class A:
    def method(self): raise ValueError
A().method()
== call_method_assigned
class A:
    def method(self): raise ValueError
x = A().method()
== call_method_chain
class A:
    def one(self): return self
    def two(self): return None
x = A().one().two().three().four()
== call_method_chain_lines
class A:
    def one(self): return self
    def two(self, *a): raise ValueError
x = (A()
     .one()
     .two(1,
          2)
     .one())
== call_spaced
def f(*a): raise ValueError
x = [f  ( 1 , 2 )]
== call_parenthesised
def f(*a): raise ValueError
x = (f)(1)
== call_missing_argument
def f(a, b): pass
f(1)
== call_too_many
def f(): pass
x = f(1, 2, 3)
== call_unexpected_keyword
def f(): pass
x = f(key=1), 2
== call_not_callable
x = 5
x()
== call_not_callable_literal
y = [None(1)]
== call_star
def f(*a): pass
f(*None)
== call_star_star
def f(**k): pass
f(**None)
== call_star_repeated
def f(**k): pass
f(**{"a": 1}, **{"a": 2})
== call_multi_line
def f(*a): raise ValueError
f(
    1,
    2,
)
== call_multi_line_assigned
def f(*a): raise ValueError
x = f(
    1,
    2,
)
== call_multi_line_partly
def f(*a): raise ValueError
x = [f(1,
       2), 3]
== call_multi_line_long
def f(*a): raise ValueError
x = 1 + f(
    1,
    2,
    3,
    4,
    5,
    6,
)
== call_multi_line_argument
def f(*a): return 1
def g(*a): raise ValueError
x = f(
    1,
    g(2),
    3)
== call_bracket_in_string
def f(*a): raise ValueError
x = f(")(", '((') + 1
== call_bracket_in_comment
def f(*a): raise ValueError
x = (f  # comment ( here
     (1)) + 1
== call_generator_argument
x = sum(y.z for y in [1, 2])
== call_lambda
x = (lambda: 1 / 0)()
== call_lambda_arguments
x = (lambda a, b=2: a / b)(1, 0) + 1
== call_of_subscript
d = {"f": None}
x = d["f"](1)
== call_of_conditional
x = (None if 1 else print)(2)
== call_in_fstring
def f(): raise ValueError
x = f"before {f()} after"
== call_deep_arguments
def f(*a): raise ValueError
x = f((1, [2, {3: (4,)}]), "a,b)", *[5], **{"k": 6})
== return_call
def f(): raise ValueError
def g():
    return f()
g()
== return_call_arguments
def f(*a): raise ValueError
def g():
    return f(1, 2)
x = g()
== return_method
class A:
    def m(self): raise ValueError
def g(a):
    return a.m()
g(A())
== return_call_parenthesised
def f(): raise ValueError
def g():
    return (f())
g()
== return_call_multi_line
def f(*a): raise ValueError
def g():
    return f(
        1,
        2,
    )
g()
== return_call_comment
def f(*a): raise ValueError
def g():
    return f()  # why
g()
== return_call_semicolon
def f(*a): raise ValueError
def g():
    x = 1; return f()
g()
== return_on_one_line
def f(*a): raise ValueError
def g(): return f()
g()
== return_binary
def g(a, b):
    return a + b
g(1, "2")
== return_subscript
def g(a):
    return a["k"]
g({})
== return_attribute
def g(a):
    return a.b
g(1)
== return_name
def g():
    return unknown_thing_here
g()
== return_expression
def f(*a): raise ValueError
def g():
    return f() + 1
g()
== return_if
def f(*a): raise ValueError
def g(x):
    if x: return f()
g(1)
== return_tuple
def f(*a): raise ValueError
def g(x):
    return f(), x
g(1)
== assign_if
def f(*a): raise ValueError
if 1: x = f()
== assign_comment
def f(*a): raise ValueError
x = f()  # comment
== assign_semicolon
def f(*a): raise ValueError
x = f(); y = 2
== assign_spaced
def f(*a): raise ValueError
x   =   f()   
== assign_star
def f(*a): raise ValueError
*x, = f()
== assign_unpack
a, b = 1
== assign_unpack_few
a, b, c = (1, 2)
== assign_unpack_many
(a, b), c = (1, 2, 3), 4
== assign_unpack_star
a, *b, c = (1,)
== name_missing
x = unknown_name_entirely
== name_missing_alone
unknown_name_entirely
== name_missing_in_call
print(1, unknown_name_entirely, 2)
== name_deleted
x = 1
del x
x + 1
== name_delete_missing
del unknown_name_entirely
== name_unbound
def f():
    x = x + 1
f()
== name_unbound_free
def f():
    def g(): return y
    g()
    y = 1
f()
== raise_plain
raise ValueError("message")
== raise_class
raise ValueError
== raise_indented
if True:
    raise ValueError("message")
== raise_after_semicolon
x = 1; raise ValueError("message"); y = 2
== raise_one_line_if
if True: raise ValueError("message")
== raise_from
try:
    1 / 0
except ZeroDivisionError as e:
    raise ValueError("message") from e
== raise_from_bad
raise ValueError("message") from 5
== raise_not_exception
raise 5
== raise_multi_line
raise ValueError(
    "message",
    1,
)
== raise_multi_line_long
raise ValueError(
    "a",
    "b",
    "c",
    "d",
    "e",
)
== raise_comment
raise ValueError("message")  # with a comment
== raise_in_init
class E(Exception):
    def __init__(self): self.x = 1 / 0
raise E()
== raise_bare
raise
== raise_conditional
raise (ValueError if 1 else TypeError)("x")
== assert_plain
assert False
== assert_message
assert 1 == 2, "message"
== assert_parenthesised
assert (1 ==
        2), "message"
== assert_multi_line_message
assert False, (
    "a"
    "b"
)
== assert_in_call
def check(x): assert x > 3, x
check(2)
== assert_call
def f(): raise ValueError
assert f(), 5
== assert_message_raises
def f(): raise ValueError
assert False, f()
== unary_not
class B:
    def __bool__(self): raise ValueError
x = not B()
== boolean_and
class B:
    def __bool__(self): raise ValueError
x = 1 and B() and 2
== boolean_or_call
def f(): raise ValueError
x = 0 or f() or 1
== conditional_test
class B:
    def __bool__(self): raise ValueError
b = B()
x = 1 if b else 2
== conditional_branch
x = 1 / 0 if True else 2
== conditional_else
x = 1 if False else {}["k"]
== conditional_multi_line
x = (1
     if False
     else {}["k"])
== comparison_chain
class B: pass
x = 1 < 2 < B() < 3
== comparison_multi_line
class B: pass
x = (B()
     <
     3)
== lambda_body
f = lambda x: x.missing
f(1)
== lambda_default
f = lambda x=1 / 0: x
== list_comprehension
x = [1 / y for y in [1, 0]]
== list_comprehension_iter
x = [y for y in 5]
== list_comprehension_condition
x = [y for y in [1] if y.missing]
== list_comprehension_nested
x = [[a / b for a in [1]] for b in [0]]
== list_comprehension_lines
x = [
    1 / y
    for y in [0]
    if True
]
== set_comprehension
x = {{}[y] for y in [1]}
== dict_comprehension
x = {y: y[0] for y in [1]}
== dict_comprehension_key
x = {[]: y for y in [1]}
== generator_expression
x = list(1 / y for y in [0])
== generator_expression_lines
x = list(
    1 / y
    for y in [0]
)
== generator_expression_iter
x = (y for y in None)
== list_literal_star
x = [1, *None, 2]
== dict_literal_star
x = {"a": 1, **None}
== dict_literal_unhashable
x = {[]: 1}
== set_literal_unhashable
x = {1, [], 2}
== tuple_literal_star
x = 1, *None
== fstring_value
x = f"a {1 / 0} b"
== fstring_attribute
x = f"a {None.b} b"
== fstring_format
x = f"{1:zz}"
== fstring_nested_format
w = None
x = f"{1:{w.x}}"
== fstring_conversion
class B:
    def __repr__(self): raise ValueError
x = f"{B()!r:>5}"
== fstring_debug
x = f"{1 / 0 = }"
== fstring_multi_line
x = f'''
a {1 / 0}
b'''
== fstring_concatenated
x = ("a"
     f"{1 / 0}"
     "b")
== fstring_wide
x = f"\u65e5\u672c {1 / 0} \u8a9e"
== fstring_in_fstring
x = f"{f'{1 / 0}'}"
== fstring_same_quotes >=3.12
x = f"{"a" + 1}"
== fstring_backslash >=3.12
x = f"{'\\n'.join([1])}"
== fstring_lines_inside >=3.12
x = f"{
    1 / 0
}"
== template_string >=3.14
x = t"{1 / 0} b"
== percent_format
x = "%d" % "a"
== percent_format_tuple
x = "%s %s" % ("a",)
== string_concatenation
x = "a" "b" + 1
== string_with_operator
x = "a + b" + 1
== string_with_hash
x = "# not a comment" + 1
== string_triple
x = '''a
b''' + 1
== string_triple_right
x = 1 + '''a
b
c
d'''
== string_prefix
x = rb"a\\d" + u"text"
== string_continued
x = "a\\
b" + 1
== backslash_continuation
x = 1 + \\
    None
== backslash_before_operator
x = 1 \\
    + None
== backslash_call
def f(*a): raise ValueError
x = f \\
    (1)
== backslash_subscript
d = {}
x = d \\
    ["k"] + 1
== comment_with_operator
x = (1  # + not this
     + None)
== comment_between
x = (1
     # a comment
     +
     # another
     None)
== with_enter
class C:
    def __enter__(self): raise ValueError
    def __exit__(self, *a): pass
with C() as c:
    pass
== with_exit
class C:
    def __enter__(self): pass
    def __exit__(self, *a): raise ValueError
with C() as c:
    x = 1
== with_not_manager
with 5 as c:
    pass
== with_two
class C:
    def __enter__(self): pass
    def __exit__(self, *a): pass
with C() as a, None as b:
    pass
== with_body
class C:
    def __enter__(self): pass
    def __exit__(self, *a): pass
with C():
    1 / 0
== with_exit_during_error
class C:
    def __enter__(self): pass
    def __exit__(self, *a): raise KeyError("exit")
with C():
    1 / 0
== with_parenthesised >=3.10
class C:
    def __enter__(self): pass
    def __exit__(self, *a): pass
with (
    C() as a,
    None as b,
):
    pass
== for_header
for x in 5:
    pass
== for_next
class I:
    def __iter__(self): return self
    def __next__(self): raise ValueError
for x in I():
    pass
== for_unpack
for a, b in [1]:
    pass
== for_target
for None_.x in [1]:
    pass
== for_header_call
def f(): raise ValueError
for x in f():
    pass
== for_else
for x in []:
    pass
else:
    1 / 0
== while_test
while {}["k"]:
    pass
== if_test
if {}["k"] == 1:
    pass
== elif_test
if 0:
    pass
elif None.x:
    pass
== walrus
x = [y := 1 / 0]
== walrus_in_if
if (y := {}["k"]) and 1:
    pass
== walrus_call
def f(): raise ValueError
if (y := f()):
    pass
== class_body
class A:
    x = 1 / 0
== class_base
class A(5):
    pass
== class_base_missing
class A(Missing):
    pass
== class_keyword
class A(key=1):
    pass
== class_layout
class A(int, str):
    pass
== class_metaclass
class M(type):
    def __new__(*a): raise ValueError
class A(metaclass=M):
    x = 1
    y = 2
== class_init_subclass
class A:
    def __init_subclass__(cls): raise ValueError
class B(A):
    pass
== class_set_name
class D:
    def __set_name__(self, *a): raise ValueError
class A:
    x = D()
== class_decorator
def d(c): raise ValueError
@d
class A:
    pass
== decorator
def d(f): raise ValueError
@d
def g():
    pass
== decorator_call
def d(*a): raise ValueError
@d(1,
   2)
def g():
    pass
== decorator_attribute >=3.9
@None.x
def g():
    pass
== decorator_second
def ok(f): return f
def d(f): raise ValueError
@ok
@d
@ok
def g():
    pass
== decorator_expression >=3.9
@[1][1]
def g():
    pass
== default_argument
def g(a, b=1 / 0):
    pass
== keyword_default
def g(*, key={}["k"]):
    pass
== annotation <3.14
def g(a: 1 / 0):
    pass
== annotation_return <3.14
def g(a) -> None.x:
    pass
== annotation_variable <3.14
x: {}["k"] = 1
== annotation_evaluated >=3.14
def g(a: 1 / 0):
    pass
g.__annotations__
== import_missing
import no_such_module_xyz
== import_missing_dotted
import os.no_such_child
== import_from_missing
from os import no_such_name_xyz
== import_from_multi
from os import (
    path,
    no_such_name_xyz,
)
== import_star_bad
from no_such_module_xyz import *
== import_relative
from . import something
== import_in_function
def f():
    import no_such_module_xyz as m
f()
== import_as
import os.path as p, no_such_module_xyz as q
== delete_two
x = 1
del x, y
== global_missing
def f():
    global never_set_anywhere
    never_set_anywhere += 1
f()
== yield_throw
def g():
    x = yield 1
i = g(); next(i); i.throw(ValueError("thrown"))
== yield_value
def g():
    yield 1 / 0
next(g())
== yield_from
def g():
    yield from 5
next(g())
== yield_from_inner
def inner():
    yield 1
    raise ValueError
def g():
    x = yield from inner()
list(g())
== yield_from_call
def f(): raise ValueError
def g():
    yield from f()
list(g())
== yield_in_expression
def g():
    x = 1 + (yield) + 2
i = g(); next(i); i.send("text")
== generator_running
def g():
    next(i)
    yield
i = g(); next(i)
== stop_iteration_inside
def g():
    raise StopIteration(5)
    yield
next(g())
== next_exhausted
next(iter([]))
== await_value
async def f():
    await 5
f().send(None)
== await_call
async def inner(): raise ValueError
async def f():
    x = await inner()
f().send(None)
== await_in_expression
async def inner(): return "a"
async def f():
    x = 1 + await inner()
f().send(None)
== await_raises_between
async def inner(): raise ValueError
async def f():
    return [await inner(), 2]
f().send(None)
== async_for
async def f():
    async for x in [1]:
        pass
f().send(None)
== async_for_next
class I:
    def __aiter__(self): return self
    async def __anext__(self): raise ValueError
async def f():
    async for x in I():
        pass
f().send(None)
== async_with
async def f():
    async with None as x:
        pass
f().send(None)
== async_with_exit
class C:
    async def __aenter__(self): pass
    async def __aexit__(self, *a): raise ValueError
async def f():
    async with C() as x:
        y = 1
f().send(None)
== async_comprehension
class I:
    def __aiter__(self): return self
    async def __anext__(self): raise ValueError
async def f():
    return [x async for x in I()]
f().send(None)
== async_generator
async def g():
    yield 1 / 0
async def f():
    async for x in g():
        pass
f().send(None)
== asyncio_run
import asyncio
async def leaf(): return {}["k"]
async def f():
    await asyncio.gather(leaf(), asyncio.sleep(0))
asyncio.run(f())
== match_subject >=3.10
match {}["k"]:
    case 1:
        pass
== match_class >=3.10
class P:
    __match_args__ = 5
match P():
    case P(1):
        pass
== match_class_attributes >=3.10
match 1:
    case int(a, b):
        pass
== match_value >=3.10
class E: pass
match 1:
    case E.x.y:
        pass
== match_guard >=3.10
match 1:
    case x if x / 0:
        pass
== match_body >=3.10
match [1, 2]:
    case [a, b]:
        c = a + b.real + None
== except_not_class
try:
    1 / 0
except 5:
    pass
== except_expression
try:
    1 / 0
except {}["k"]:
    pass
== except_star_bad >=3.11
try:
    raise ExceptionGroup("g", [ValueError(1)])
except* 5:
    pass
== finally_raises
try:
    1 / 0
finally:
    {}["k"]
== else_raises
try:
    pass
except ValueError:
    pass
else:
    1 / 0
== try_on_one_line
try: 1 / 0
finally: pass
== semicolons
a = 1; b = a / 0; c = 3
== semicolons_last
a = 1; b = 2; a.x
== many_statements
x = {}; y = x["a"] if x else x["b"]; z = 1
== unicode_identifier
\u00e9t\u00e9 = None
x = \u00e9t\u00e9 + 1
== unicode_attribute
class A: pass
x = A().\u65e5\u672c\u8a9e + 1
== unicode_mixed
\u5909\u6570 = {}
x = f"{\u5909\u6570['\u30ad\u30fc']}" + "\u00e9" * 3
== unicode_operand
x = "\u65e5\u672c" + 1 + "\u8a9e"
== unicode_before_and_after
"\u65e5\u672c\u8a9e"; x = None.a; "\u65e5\u672c\u8a9e"
== astral_identifier
\U0001d4d0 = None
x = \U0001d4d0 + 1
== emoji_string_operand
x = "\U0001f40d\U0001f40d" + 1 if 1 else "\U0001f40d"
== indented_deep
if 1:
    if 1:
        if 1:
            if 1:
                x = 1 + None
== indented_tabs
if 1:
	if 1:
		x = 1 + None
== indented_multi_line
if 1:
    if 1:
        x = [1 +
   None, 2]
== dedented_continuation
if 1:
        x = (1 +
  2 +
 None)
== blank_line_inside
x = (1 +

     None)
== blank_lines_inside
x = (1


     +


     None)
== long_gap
x = [
    1,
    2,
    3,
    4,
    5 + None,
    6,
    7,
] + None
== long_gap_binary
x = (
    1 +
    2 +
    3 +
    4 +
    5
) + (
    "a"
    "b"
    "c"
    "d"
)
== gap_of_one
def f(*a): raise ValueError
x = 1, f(
    1,
    2
)
== gap_of_two
def f(*a): raise ValueError
x = 1, f(
    1,
    2,
    3
)
== long_call_chain
class A:
    def m(self, *a): return self
    def bad(self, *a): raise ValueError
x = (
    A()
    .m(1)
    .m(2)
    .m(3)
    .bad(
        4,
        5,
    )
    .m(6)
    .m(7)
)
== long_dict
def f(*a): raise ValueError
x = {
    "a": 1,
    "b": 2,
    "c": f(3,
           4),
    "d": 4,
}
== triple_string_argument
def f(*a): raise ValueError
x = 1, f('''
  first
      second
''', 2)
== statement_spans_lines
def f(*a): raise ValueError
x = [
f(1),
]
== first_line_only_part
def f(*a, **k): raise ValueError
x = 5 if f(1,
  key=2) else 3
== power_of_negative
x = -2 ** "a"
== double_star_spaces
x = 2  **  "a"  
== shift_parenthesised
x = (1) << ("a")
== operator_in_parens_left
x = (1 + (2)) // "a"
== operator_after_string
x = "a)" + (1)
== operator_after_comment_paren
x = ("a"  # )
     ) + 1
== matmul_decorator_like
class A: pass
x = A() @ A()
== is_operator_call
def f(): raise ValueError
x = None is f()
== star_expression_index >=3.11
d = {}
x = d[*None]
== generic_class_getitem
x = int[1]
== type_alias >=3.12
type X = 1 / 0
X.__value__
== type_parameter_bound >=3.12
def f[T: 1 / 0](): pass
f.__type_params__[0].__bound__
== print_like
print("a" + 1, file=None)
== sorted_key
sorted([1, 2], key=lambda v: v / 0)
== map_lazily
list(map(lambda v: v[0], [1]))
== max_of_empty
x = max([])
== int_of_text
x = int("twelve") + 1
== nested_functions
def a(v):
    def b(w):
        def c(u): return u + v
        return c(w)
    return b("text")
a(1)
== property_raises
class A:
    @property
    def p(self): return 1 / 0
x = A().p + 1
== property_setter
class A:
    @property
    def p(self): pass
    @p.setter
    def p(self, v): raise ValueError
A().p = 5
== getattr_raises
class A:
    def __getattr__(self, name): raise ValueError(name)
x = [A().name]
== getitem_raises maybe
class A:
    def __getitem__(self, key): raise KeyError(key)
x = A()[1, 2:3] + 1
== add_raises
class A:
    def __radd__(self, other): raise ValueError
x = (1 + 2) + A() + 3
== iadd_raises
class A:
    def __iadd__(self, other): raise ValueError
a = A()
a += 5
== call_raises
class A:
    def __call__(self): raise ValueError
a = A()
x = 1, a()
== del_item_raises
class A:
    def __delitem__(self, key): raise ValueError
a = A()
del a[0]
== contains_raises
class A:
    def __contains__(self, key): raise ValueError
x = 5 in A()
== format_raises
class A:
    def __format__(self, spec): raise ValueError(spec)
x = f"{A():spec}"
== exec_string
exec("x = 1\\ny = x / 0\\n")
== eval_string
eval("1 + None")
== eval_nested
eval("eval('1 / 0')")
== compile_with_name
exec(compile("x = [1][2]\\n", "some name", "exec"))
""")

# Long lines and columns that no longer fit the short forms of the position table.
add("far_columns", _module("x = [%s]; y = x[0].missing + 1\n" % ", ".join(["'%s'" % ("a" * 60)] * 10)))
add("far_lines", _module("\n" * 500 + "def f():\n" + "    x = 1\n" * 300 + "    return [1 / 0]\nf()\n"))
add("wide_range", _module("x = [\n" + "".join("    %d,\n" % n for n in range(300)) + "] + None\n"))
add("deep_parens", _module("x = " + "(" * 60 + "1 + None" + ")" * 60 + "\n"))
add("long_sum", _module("x = " + " + ".join(["1"] * 80) + " + None + " + " + ".join(["2"] * 80) + "\n"))
add("long_sum_lines", _module("x = (" + " +\n     ".join(["1"] * 30) + " +\n     None +\n     2)\n"))


@case
def in_this_file():
    data = {"a": {"b": []}}
    return data["a"]["b"][0]["c"]


@case
def in_this_file_multi_line():
    return dict(
        one=1,
        two=[2][
            5
        ],
        three=3,
    )
