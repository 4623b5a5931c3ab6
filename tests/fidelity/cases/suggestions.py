"""`Did you mean`: which names are offered, and when none is."""

SHARED = True

import sys
import types

from corpus import case, run_source, snippets, table, write, path

snippets("""
== name_local
def f():
    counter = 1
    return countre
f()
== name_global
value_of_things = 1
valeu_of_things
== name_builtin
pritn("x")
== name_builtin_exception
raise ValueErorr("x")
== name_local_before_global
total = 1
def f():
    totals = 2
    return totla
f()
== name_first_wins
abcd1 = abcd2 = abcd3 = 1
abcd4
== name_closest_wins
abcdefgh = 1
abcdefg = 2
abcdexg
== name_case
MyClassName = 1
myclassname
== name_case_mixed
ABCDEF = 1
abcdeF
== name_upper
somename = 1
SOMENAME
== name_too_far
abcdefgh = 1
zyxwvuts
== name_one_letter
a = 1
b
== name_two_letters
ab = 1
ac
== name_three_letters
abc = 1
abd
== name_short_builtin
def f():
    return mx(1, 2)
f()
== name_too_long
a%(x)s = 1
b%(x)s
== name_forty
%(forty)s = 1
%(forty_wrong)s
== name_forty_one
%(forty)sa = 1
%(forty_wrong)sa
== name_long_common_prefix
%(forty)sabcdefgh = 1
%(forty)sabcdefgi
== name_private
_private_name = 1
private_name
== name_private_wanted
private_name = 1
_private_name
== name_dunder
__nmae__
== name_unicode
\u00e9t\u00e9_name = 1
\u00e9te_name
== name_unicode_wide
\u65e5\u672c\u8a9e\u540d = 1
\u65e5\u672c\u8a9e\u6c0f
== name_unicode_case
\u00c9T\u00c9NAME = 1
\u00e9t\u00e9name
== name_stdlib
sys_path = 1
print(collections.Counter())
== name_stdlib_only
json.dumps(1)
== name_stdlib_and_similar
maths = 5
math.sqrt(1)
== name_stdlib_underscore
_thread.start_new_thread
== name_self_attribute
class A:
    def __init__(self): self.somewhere = 1
    def m(self): return somewhere
A().m()
== name_self_method
class A:
    def helper(self): pass
    def m(self): return helper()
A().m()
== name_self_class_attribute
class A:
    limit = 5
    def m(self): return limit
A().m()
== name_self_property maybe
class A:
    @property
    def prop(self): return 1
    def m(self): return prop
A().m()
== name_self_getattr maybe
class A:
    def __getattr__(self, name): return 5
    def m(self): return anything
A().m()
== name_self_slot
class A:
    __slots__ = ("slotted",)
    def __init__(self): self.slotted = 1
    def m(self): return slotted
A().m()
== name_self_slot_unset
class A:
    __slots__ = ("slotted",)
    def m(self): return slotted
A().m()
== name_self_other_first
class A:
    def __init__(self): self.nearly = 1
    def m(self):
        nearby = 2
        return nearly
A().m()
== name_self_is_something_else
def f(self): return bit_length
f(5)
== name_self_renamed
class A:
    def __init__(this): this.somewhere = 1
    def m(this): return somewhere
A().m()
== name_in_comprehension
items = [1]
[itm for item in items]
== name_in_generator
list(vlaue for value in [1])
== name_in_class_body
class A:
    attribute = 1
    other = attribuet
== name_in_lambda
(lambda argument: argumnet)(1)
== name_in_nested
def f():
    outer_value = 1
    def g():
        outer_value
        return outer_vlaue
    return g()
f()
== name_in_nested_not_captured
def f():
    outer_value = 1
    def g():
        return outer_vlaue
    return g()
f()
== name_unbound_local
def f():
    print(variable)
    variable = 1
f()
== name_deleted_local
def f():
    variable = 1
    del variable
    variabel
f()
== name_in_deeper_frame
def deep(): return countre
def f():
    counter = 1
    return deep()
f()
== name_in_exec
exec("abcdef = 1\\nabcdeg")
== name_many_locals
def f():
%(many)s    return name_1x
f()
== name_749
%(many749)sx
== name_too_many
%(too_many)sname_10x1
== attribute_instance
class A: pass
a = A(); a.attribute = 1
a.attribuet
== attribute_class
class A:
    class_level = 1
A().class_levle
== attribute_on_class
class A:
    class_level = 1
A.class_levle
== attribute_inherited
class A:
    inherited_name = 1
class B(A): pass
B().inherited_naem
== attribute_method
"text".uper()
== attribute_list
[].apend(1)
== attribute_dict
{}.itmes()
== attribute_int
(5).bit_lenght()
== attribute_function
def f(): pass
f.__naem__
== attribute_module
import sys
sys.verison
== attribute_module_own
import types
m = types.ModuleType("m"); m.function_one = 1
m.function_two
== attribute_module_getattr maybe
import types
m = types.ModuleType("m"); m.value_one = 1
def __getattr__(name): raise AttributeError(name, name=name, obj=m) if 1 else 0
m.__getattr__ = __getattr__
m.value_on
== attribute_module_dir maybe
import types
m = types.ModuleType("m"); m.value_one = 1
m.__dir__ = lambda: ["from_dir"]
m.from_dirr
== attribute_private
class A:
    _private = 1
A().private
== attribute_private_wanted
class A:
    _private = 1
A()._privaet
== attribute_private_through_self
class A:
    _private = 1
    def m(self): return self.private
A().m()
== attribute_private_of_other_through_self
class A:
    _private = 1
class B:
    def m(self, other): return other.private
B().m(A())
== attribute_mangled
class A:
    def __init__(self): self.__secret = 1
A().__secret
== attribute_slot
class A:
    __slots__ = ("first_slot", "other")
    def __init__(self): self.first_slot = 1
A().first_slto
== attribute_slot_unset
class A:
    __slots__ = ("first_slot",)
A().first_slot
== attribute_set_on_slot
class A:
    __slots__ = ("first_slot",)
A().first_slto = 5
== attribute_none
None.anything
== attribute_case
class A:
    CamelCase = 1
A().camelcase
== attribute_underscored
class A:
    snake_case = 1
A().snakecase
== attribute_of_exception
ValueError("x").arsg
== attribute_of_generator
(x for x in []).sned(1)
== attribute_of_type
type("T", (), {"inner_value": 1}).inner_valeu
== attribute_of_enum maybe
import enum
class E(enum.Enum):
    MEMBER_ONE = 1
E.MEMBER_TWO
== attribute_of_namedtuple
import collections
collections.namedtuple("P", "width height")(1, 2).widht
== attribute_of_dataclass
import dataclasses
@dataclasses.dataclass
class D:
    field_name: int
D(1).feild_name
== attribute_deleted
class A: pass
a = A(); a.temporary = 1; del a.temporary; a.temporary
== attribute_too_long
class A: pass
a = A(); setattr(a, "a" * 41, 1)
getattr(a, "a" * 40 + "b")
== attribute_many
class A: pass
a = A()
for n in range(800): setattr(a, "name_%%d" %% n, n)
a.name_x
== attribute_by_getattr
getattr("text", "joni")
== attribute_not_identifier
getattr("text", "not an identifier")
== attribute_surrogate
getattr("text", "up\\udc80er")
== attribute_unicode
class A:
    \u00e9l\u00e8ve = 1
A().\u00e9leve
== attribute_nested
class A: pass
class B: pass
a = A(); a.inner = B(); a.inner.wanted_thing = 1
a.wanted_thing
== attribute_nested_private
class A: pass
class B: pass
a = A(); a._inner = B(); a._inner.wanted_thing = 1
a.wanted_thing
== attribute_nested_property maybe
class B:
    wanted_thing = 1
class A:
    @property
    def inner(self): return B()
A().wanted_thing
== attribute_nested_class
class A:
    class Inner:
        wanted_thing = 1
A().wanted_thing
== attribute_nested_property_wanted maybe
class B:
    @property
    def wanted_thing(self): return 1
class A: pass
a = A(); a.inner = B()
a.wanted_thing
== attribute_nested_many
class B: pass
class A: pass
a = A(); b = B(); b.wanted_thing = 1
for n in range(30): setattr(a, "aaa%%02d" %% n, 1)
a.zzz = b
a.wanted_thing
== attribute_list_push
[].push(1)
== attribute_list_concat
[].concat([1])
== attribute_list_contains
[].contains(1)
== attribute_list_add
[].add(1)
== attribute_list_add_all
[].addAll([1])
== attribute_str_upper
"x".toUpperCase()
== attribute_str_lower
"x".toLowerCase()
== attribute_str_trim
"x".trimStart(), "x".trimEnd()
== attribute_str_trim_end
"x".trimEnd()
== attribute_dict_key_set
{}.keySet()
== attribute_dict_entries
{}.entries()
== attribute_dict_entry_set
{}.entrySet()
== attribute_dict_put
{}.put("k", 1)
== attribute_dict_put_all
{}.putAll({})
== attribute_tuple_append
(1,).append(2)
== attribute_tuple_extend
(1,).extend([2])
== attribute_tuple_insert
().insert(0, 2)
== attribute_tuple_remove
(1,).remove(1)
== attribute_frozenset_add
frozenset().add(1)
== attribute_frozenset_remove
frozenset().remove(1)
== attribute_frozenset_discard
frozenset().discard(1)
== attribute_frozenset_update
frozenset().update([1])
== attribute_float_or
(1.5).__or__(1)
== attribute_float_shift
(1.5).__lshift__(1)
== attribute_list_subclass
class L(list): pass
L().push(1)
== attribute_push_of_other
class A: pass
A().push(1)
== attribute_custom_dir maybe
class A:
    def __dir__(self): return ["from_dir"]
A().from_dri
== attribute_custom_dir_raises maybe
class A:
    def __dir__(self): raise ValueError
    near_name = 1
A().near_naem
== attribute_custom_dir_odd maybe
class A:
    def __dir__(self): return ["near_name", 5, None]
A().near_naem
== attribute_getattr_raises maybe
class A:
    near_name = 1
    def __getattr__(self, name): raise AttributeError(name)
A().near_naem
== attribute_getattr_super maybe
class A:
    near_name = 1
    def __getattr__(self, name): return super().__getattribute__(name)
A().near_naem
== attribute_metaclass
class M(type):
    meta_level = 1
class A(metaclass=M): pass
A.meta_levle
== import_name
from collections import OrderedDcit
== import_name_case
from collections import ordereddict
== import_name_far
from collections import nothing_like_it
== import_private
from collections import chain
== import_private_wanted
from collections import _chian
== import_function
from os.path import jion
== import_submodule
from os import paht
== import_two
from json import dumps, laods
== import_builtin
from sys import exc_inof
== import_frozen
from posixpath import jion
== import_missing_module
import colections
== import_missing_stdlib
import msvcrt
== import_missing_stdlib_platform
import winreg
== import_missing_stdlib_child
import os.paht
== import_missing_nested
import no_such_package.module
== import_missing_close
import jsno
""" % {
    "x": "x" * 60, "forty": "abcdefghij" * 4, "forty_wrong": "abcdefghij" * 3 + "abcdefghxj",
    "many": "".join("    name_%d = %d\n" % (n, n) for n in range(120)),
    "many749": "".join("name_%d = %d\n" % (n, n) for n in range(500)) + "name_49",
    "too_many": "".join("name_%d = %d\n" % (n, n) for n in range(760)),
})


def made(kind, *args, **attributes):
    error = kind(*args)
    for name, value in attributes.items():
        setattr(error, name, value)
    raise error


class Thing:
    near_name = 1

    def __init__(self):
        self.own_name = 2


@case(requires=(3, 10))
def hand_made_name_error():
    near_name = 1
    made(NameError, "own text", name="near_naem")
    return near_name


@case(requires=(3, 10))
def hand_made_attribute_error():
    made(AttributeError, "own text", name="near_naem", obj=Thing())


@case(requires=(3, 10))
def hand_made_no_object():
    raise AttributeError("text", name="near_naem")


@case(requires=(3, 10))
def hand_made_name_none():
    raise AttributeError("text", name=None, obj=Thing())


@case(requires=(3, 10))
def hand_made_name_number():
    raise AttributeError("text", name=5, obj=Thing())


@case(requires=(3, 10))
def hand_made_name_error_number():
    raise NameError("text", name=5)


@case(requires=(3, 10))
def hand_made_name_exists():
    raise AttributeError("text", name="near_name", obj=Thing())


@case(requires=(3, 10))
def hand_made_empty_name():
    raise AttributeError("text", name="", obj=Thing())


@case(requires=(3, 10))
def hand_made_object_none():
    raise AttributeError("text", name="__clas__", obj=None)


@case(requires=(3, 10))
def hand_made_no_message():
    raise AttributeError(name="own_naem", obj=Thing())


@case(requires=(3, 10))
def hand_made_name_only():
    raise NameError(name="pritn")


@case(requires=(3, 10))
def unbound_local_with_name():
    near_name = 1
    raise UnboundLocalError("text %d" % near_name, name="near_naem")


@case(requires=(3, 10))
def subclass_of_name_error():
    class Mine(NameError):
        pass

    near_name = 1
    raise Mine("text %d" % near_name, name="near_naem")


@case(requires=(3, 10))
def subclass_of_attribute_error():
    class Mine(AttributeError):
        pass

    raise Mine("text", name="own_naem", obj=Thing())


@case(requires=(3, 10))
def as_cause():
    try:
        Thing().near_naem
    except AttributeError as error:
        raise ValueError("outer") from error


@case(requires=(3, 11))
def in_group():
    try:
        Thing().near_naem
    except AttributeError as error:
        raise ExceptionGroup("group", [error])


@case(requires=(3, 10))
def without_traceback(wait):
    try:
        raise NameError("text", name="pritn")
    except NameError as error:
        error.__traceback__ = None
        wait()


@case(requires=(3, 12))
def hand_made_import_error():
    raise ImportError("text", name="collections", name_from="OrderedDcit")


@case(requires=(3, 12))
def hand_made_import_error_no_module():
    raise ImportError("text", name="no.such.module", name_from="thing")


@case(requires=(3, 12))
def hand_made_import_error_number():
    raise ImportError("text", name="collections", name_from=7)


@case(alone=True)
def own_module_attribute():
    write("own_suggestion.py", "public_name = 1\n_hidden_name = 2\n")
    sys.path.insert(0, path(""))
    try:
        from own_suggestion import public_naem  # noqa: F401
    finally:
        sys.path.pop(0)


@case(alone=True)
def own_module_hidden():
    write("own_hidden.py", "_hidden_name = 2\n")
    sys.path.insert(0, path(""))
    try:
        from own_hidden import hidden_name  # noqa: F401
    finally:
        sys.path.pop(0)


@case(alone=True)
def partially_initialised():
    write("circle_a.py", "import circle_b\nvalue_a = 1\n")
    write("circle_b.py", "from circle_a import value_a\n")
    sys.path.insert(0, path(""))
    try:
        import circle_a  # noqa: F401
    finally:
        sys.path.pop(0)


@case(alone=True)
def shadowing_stdlib():
    write("shadow/random.py", "x = 1\n")
    sys.path.insert(0, path("shadow"))
    saved = sys.modules.pop("random", None)
    try:
        import random
        random.randint(1, 2)
    finally:
        sys.path.pop(0)
        sys.modules.pop("random", None)
        if saved:
            sys.modules["random"] = saved


@case
def instance_dict_with_odd_keys():
    thing = Thing()
    thing.__dict__[5] = "number key"
    thing.__dict__["near_nane"] = 1
    thing.near_nanx


@case
def class_hierarchy_order():
    class A:
        name_one = 1

    class B:
        name_two = 1

    class C(A, B):
        name_six = 1

    C().name_ten


@case
def object_in_module_dict():
    module = types.ModuleType("m")
    module.__dict__.update({"alpha_%d" % n: n for n in range(40)})
    module.alpha_4x


@case
def globals_of_another_module():
    namespace = run_source("other_globals.py", "module_value = 1\ndef f():\n    return module_valeu\n")
    namespace["f"]()


@case(requires=(3, 10), inexact="maybe")
def name_not_normalised():
    class A:
        pass

    thing = A()
    thing.field_name = 1
    getattr(thing, "\ufb01eld_name")


@case(requires=(3, 10), inexact="maybe")
def name_not_normalised_near():
    class A:
        pass

    thing = A()
    thing.field_name = 1
    getattr(thing, "\ufb01eld_naem")


@case(requires=(3, 10), inexact="maybe")
def hand_made_name_not_normalised():
    field_name = 1
    raise NameError("text %d" % field_name, name="\ufb01eld_name")


@case(inexact="maybe")
def self_property_raises():
    class A:
        @property
        def wanted(self):
            raise RuntimeError("from a property")

        def method(self):
            return wanted  # noqa: F821

    A().method()


@case
def module_in_instance():
    class A:
        pass

    thing = A()
    thing.module = types.ModuleType("m")
    thing.module.wanted_thing = 1
    thing.wanted_thing


@case(requires=(3, 12), alone=True)
def import_name_unicode():
    module = types.ModuleType("unicode_module")
    setattr(module, "\u00e9l\u00e8ves", 1)
    sys.modules["unicode_module"] = module
    from unicode_module import éleves  # noqa: F401


def incompatible(name, wanted, package=False):
    write("extensions/%s" % name, b"not really a shared object")
    write("extensions/ext_pkg/__init__.py", "")
    sys.path.insert(0, path("extensions"))
    try:
        __import__(wanted)
    finally:
        sys.path.pop(0)


table({
    "extension_of_another_python": ("wrong_abi.cpython-27-x86_64-linux-gnu.so", "wrong_abi"),
    "extension_of_another_python_in_a_package": ("ext_pkg/inner_abi.cpython-27-x86_64-linux-gnu.so", "ext_pkg.inner_abi"),
    "extension_with_another_suffix": ("wrong_suffix.pyd", "wrong_suffix"),
}, lambda arguments: incompatible(*arguments), alone=True)


@case(requires=(3, 15), inexact="maybe")
def lazily_imported_candidate():
    run_source("lazies.py", "lazy import json as lazy_module\nimport types\nholder = types.SimpleNamespace()\n"
                            "import sys\nsys.modules[__name__] = module = types.ModuleType(__name__)\n"
                            "module.__dict__['lazy_module'] = globals()['lazy_module']\nmodule.lazy_modul\n")
