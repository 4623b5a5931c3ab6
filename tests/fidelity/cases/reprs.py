"""Arguments whose repr() is printed: every plain type, nested, self-containing, odd."""

SHARED = True

import collections
import sys

from corpus import add, case, table


def several(value):
    raise ValueError("first", value)


def alone(value):
    raise ValueError(value)


class Plain:
    pass


class Outer:
    class Inner:
        pass


class MyInt(int):
    pass


class MyStr(str):
    pass


class MyList(list):
    pass


class MyDict(dict):
    pass


class MyTuple(tuple):
    pass


class MyFloat(float):
    pass


class MyBytes(bytes):
    pass


def itself(kind):
    if kind is list:
        value = [1]
        value.append(value)
    elif kind is dict:
        value = {"k": 1}
        value["self"] = value
    elif kind is tuple:
        inner = []
        value = (1, inner)
        inner.append(value)
    else:
        value = [{}]
        value[0]["l"] = (value, value)
    return value


def collide(count):
    """A set whose order is decided by collisions, not by value."""
    return {number << 40 for number in range(count)}


VALUES = {
    "none": None, "true": True, "false": False, "ellipsis": ..., "not_implemented": NotImplemented,
    "zero": 0, "one": 1, "minus_one": -1, "minus_five": -5, "minus_six": -6, "small": 256, "not_small": 257, "digit": 2 ** 30 - 1,
    "two_digits": 2 ** 30, "three_digits": 2 ** 60, "word": 2 ** 63, "negative_word": -2 ** 63, "power_of_ten": 10 ** 18,
    "googol": 10 ** 100, "negative_googol": -10 ** 100, "factorial": 7 ** 500, "nines": 10 ** 36 - 1,
    "float": 1.5, "float_zero": 0.0, "float_minus_zero": -0.0, "float_inf": float("inf"), "float_minus_inf": float("-inf"),
    "float_nan": float("nan"), "float_minus_nan": -float("nan"), "float_e16": 1e16, "float_below_e16": 9999999999999998.0,
    "float_e15": 1e15, "float_e22": 1e22, "float_e23": 1e23, "float_tiny": 5e-324, "float_max": sys.float_info.max,
    "float_min": sys.float_info.min, "float_tenth": 0.1, "float_third": 1 / 3, "float_e_minus_4": 1e-4, "float_e_minus_5": 1e-5,
    "float_sum": 0.1 + 0.2, "float_whole": 100.0, "float_17": 1.7976931348623157, "float_negative": -2.5e-10, "float_e100": 1e100,
    "complex": 1 + 2j, "complex_pure": 2j, "complex_negative": -1.5 - 0j, "complex_nan": complex(float("nan"), float("inf")),
    "complex_minus_zero": complex(-0.0, -0.0), "complex_big": 1e20 + 1e-7j,
    "empty_str": "", "str": "plain", "str_single": "it's", "str_double": 'say "x"', "str_both": "it's \"x\"", "str_backslash": "a\\b",
    "str_newline": "a\nb\r\t", "str_control": "\x00\x01\x1f\x7f", "str_latin1": "\x80\x9f\xa0\xad\xe9\xff", "str_bmp": "\u0100\u65e5\u200b\u2028\ufeff\uffff",
    "str_private": "\ue000\uf8ff", "str_unassigned": "\u0378\uffff\U000e0000", "str_astral": "\U0001f40d\U0010ffff\U000f0000",
    "str_surrogate": "\ud800\udfff", "str_combining": "e\u0301", "str_bidi": "\u202e\u2066", "str_spaces": "\u2000\u3000\u00a0",
    "str_new_emoji": "\U0001fae8\U0001f9cc\U0001fac8", "str_new_cjk": "\U0002ebf0\U00031350\U000323b0", "str_long": "x" * 3000,
    "bytes": b"plain", "bytes_empty": b"", "bytes_single": b"it's", "bytes_double": b'"', "bytes_both": b"'\"", "bytes_all": bytes(range(256)),
    "bytearray": bytearray(b"ab'\xff"), "bytearray_empty": bytearray(), "memory": b"\\n\n",
    "tuple_empty": (), "tuple_one": (1,), "tuple_two": (1, "a"), "tuple_nested": ((), ((),), [()]),
    "list_empty": [], "list": [1, "a", None, 2.5], "list_nested": [[], [[]], [1, [2, [3]]]], "list_deep": eval("[" * 60 + "]" * 60),
    "dict_empty": {}, "dict": {"a": 1, 2: "b", None: None, (1, 2): [3]}, "dict_nested": {"a": {"b": {"c": {}}}},
    "dict_big": {n: str(n) for n in range(300)}, "dict_order": {"z": 1, "a": 2, "m": 3},
    "set": {1}, "set_ints": {3, 1, 2}, "set_collisions": collide(9), "set_of_tuple": {(1, 2)}, "set_empty": set(), "set_large": set(range(100)),
    "frozenset": frozenset({5}), "frozenset_empty": frozenset(), "frozenset_nested": frozenset({frozenset()}),
    "list_self": itself(list), "dict_self": itself(dict), "tuple_self": itself(tuple), "mixed_self": itself(None),
    "type_int": int, "type_object": object, "type_type": type, "type_own": Plain, "type_nested": Outer.Inner, "type_exception": ValueError,
    "type_module": collections.OrderedDict, "type_list": [int, Plain, None.__class__],
    "object": object(), "instance": Plain(), "instance_nested": Outer.Inner(), "instances": [Plain(), object()],
    "int_subclass": MyInt(5), "str_subclass": MyStr("s"), "list_subclass": MyList([1]), "dict_subclass": MyDict(a=1), "tuple_subclass": MyTuple((1,)),
    "float_subclass": MyFloat(1.5), "bytes_subclass": MyBytes(b"b"), "long_list": list(range(2000)), "mixed": [{"a": (1, {2}, b"c", "d'")}, None],
}

# Types whose repr may be marked instead of shown; where it is shown, it must be right.
LATER = ("bytearray", "bytearray_empty", "ellipsis", "not_implemented", "complex", "complex_pure", "complex_negative", "complex_nan",
         "complex_minus_zero", "complex_big")

for _name, _value in VALUES.items():
    add("second_" + _name, lambda value=_value: several(value), inexact="maybe" if _name in LATER else False)
for _name in ("none", "true", "zero", "minus_one", "googol", "float", "float_nan", "float_e16", "bytes", "bytes_all", "tuple_empty", "tuple_two",
              "list", "list_self", "dict", "set", "set_empty", "frozenset", "type_own", "type_int", "object", "instance", "complex",
              "int_subclass", "str_subclass", "bytearray", "ellipsis", "list_subclass", "tuple_subclass"):
    add("alone_" + _name, lambda value=VALUES[_name]: alone(value), inexact="maybe" if _name in LATER else False)


@case
def key_error_of_values():
    raise KeyError((1, "a", None, 2.5, b"x"))


@case
def int_at_the_digit_limit():
    raise ValueError("digits", 10 ** 4299)


@case
def int_over_the_digit_limit():
    raise ValueError("digits", 10 ** 4300)


@case
def int_over_the_digit_limit_alone():
    raise ValueError(10 ** 5000)


@case(alone=True)
def int_with_own_limit():
    if not hasattr(sys, "set_int_max_str_digits"):
        raise ValueError("no limit", 10 ** 999)
    before = sys.get_int_max_str_digits()
    sys.set_int_max_str_digits(700)
    try:
        raise ValueError("digits", 10 ** 800)
    finally:
        sys.set_int_max_str_digits(before)


@case
def set_after_deletions():
    value = set(range(20))
    for number in range(18):
        value.discard(number)
    several(value)


@case
def dict_after_deletions():
    value = {n: n for n in range(20)}
    for number in range(18):
        del value[number]
    value["new"] = 1
    several(value)


@case
def list_after_pops():
    value = list(range(50))
    del value[1:48]
    several(value)


@case
def shared_value():
    shared = [1]
    several([shared, shared, (shared,)])


@case
def instance_dict():
    thing = Plain()
    thing.a, thing.b = 1, "two"
    several(thing.__dict__)


@case
def instance_dict_deleted():
    thing = Plain()
    thing.a, thing.b, thing.c = 1, "two", 3
    del thing.a
    several(vars(thing))


@case
def module_dict_piece():
    several({key: 1 for key in ("x", "y")})


@case
def string_built_at_run_time():
    several("".join(chr(code) for code in range(0x20, 0x250)))


@case
def printable_boundaries():
    several("".join(chr(code) for code in (0x378, 0x379, 0x530, 0x560, 0x61c, 0x8b5, 0x8be, 0x9fd6, 0x9ff0, 0x9ffd, 0xa7c2, 0xa7cb,
                                           0xa7d0, 0x10980, 0x11f00, 0x1b132, 0x1f6dc, 0x1fa78, 0x1fae9, 0x2a6de, 0x2b739, 0x105c0,
                                           0x11380, 0x1cc00, 0x1fb00, 0x10d40, 0x16ea0, 0x1faea)))
