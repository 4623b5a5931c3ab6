"""PEP 678 notes, also where __notes__ is not what add_note() makes."""

SHARED = True

import collections

from corpus import case, table


def noted(notes):
    error = ValueError("message")
    error.__notes__ = notes
    raise error


class MyList(list):
    pass


class MySequence(collections.UserList):
    pass


Point = collections.namedtuple("Point", "x y")


table({
    "one": ["one"], "several": ["one", "two", "three"], "empty_list": [], "empty_note": [""],
    "multi_line": ["first\nsecond", "third\n", "\nfourth", "a\n\nb"], "carriage_return": ["a\rb", "a\r\nb"],
    "unicode": ["na\u00efve \u65e5\u672c \U0001f40d", "\u200b\u202e"], "surrogate": ["lone \udc80 surrogate"],
    "control": ["\x1b[31mred\x1b[0m", "nul \x00 end"], "very_long": ["x" * 5000], "tuple": ("one", "two"),
    "number_inside": [1, 2.5, None, True], "bytes_inside": [b"bytes", "str"], "containers": [["a"], {"k": 1}, (1, 2)],
    "list_subclass": MyList(["sub", "class"]), "many": ["note %d" % n for n in range(40)],
}, noted)

table({
    "str": "text", "str_of_lines": "two\nlines", "empty_str": "", "bytes": b"raw", "none": None, "number": 17,
    "float": 1.5, "dict": {"a": 1}, "set": {"single"}, "true": True,
}, noted)
table({"range_object": range(3)}, noted, inexact="maybe")


@case(requires=(3, 11))
def add_note():
    error = ValueError("message")
    error.add_note("first")
    error.add_note("second\nline")
    raise error


@case(requires=(3, 11))
def on_the_cause():
    try:
        raise KeyError("inner")
    except KeyError as error:
        error.add_note("note of the cause")
        raise ValueError("outer") from error


@case
def class_attribute():
    class Noted(ValueError):
        __notes__ = ["from the class"]

    raise Noted("message")


@case
def class_attribute_inherited():
    class Noted(ValueError):
        __notes__ = ["from the base"]

    class Child(Noted):
        pass

    raise Child("message")


@case
def instance_over_class():
    class Noted(ValueError):
        __notes__ = ["from the class"]

    error = Noted("message")
    error.__notes__ = ["from the instance"]
    raise error


@case
def slot():
    class Slotted(ValueError):
        __slots__ = ("__notes__",)

    error = Slotted("message")
    error.__notes__ = ["in a slot"]
    raise error


@case(requires=(3, 11))
def deleted():
    error = ValueError("message")
    error.add_note("gone")
    del error.__notes__
    raise error


@case(requires=(3, 11))
def on_syntax_error():
    try:
        compile("x = = 1", "noted.py", "exec")
    except SyntaxError as error:
        error.add_note("a note below a caret")
        raise


@case(requires=(3, 11))
def on_key_error():
    error = KeyError("k")
    error.add_note("a\tb")
    raise error


@case(requires=(3, 11))
def in_instance_dict_of_a_subclass():
    class Mine(Exception):
        def __init__(self, *args):
            super().__init__(*args)
            self.extra = 1
            self.__notes__ = ["set in __init__"]

    raise Mine("message")


@case
def beside_many_attributes():
    error = ValueError("message")
    for number in range(60):
        setattr(error, "attribute_%d" % number, number)
    error.__notes__ = ["after sixty others"]
    raise error


@case(inexact="maybe")
def property_that_raises():
    class Noted(ValueError):
        @property
        def __notes__(self):
            raise RuntimeError("no notes")

    raise Noted("message")


@case(inexact="maybe")
def property_of_a_list():
    class Noted(ValueError):
        @property
        def __notes__(self):
            return ["from a property"]

    raise Noted("message")
