"""str() of every builtin exception: all constructors, argument shapes, and arguments changed afterwards."""

SHARED = True

import builtins
import sys

from corpus import add, case, table


def made(kind, *args, then=None, **keywords):
    error = kind(*args, **keywords)
    for name, value in (then or {}).items():
        setattr(error, name, value)
    raise error


# Every builtin exception class with no, one and two plain arguments, as far as it takes them.
for _name, _kind in sorted(vars(builtins).items()):
    if not (isinstance(_kind, type) and issubclass(_kind, BaseException)) or _kind.__name__ != _name:
        continue
    for _count, _args in enumerate(((), ("one",), ("one", 2))):
        try:
            _kind(*_args)
        except TypeError:
            continue
        add("%s_%d" % (_name, _count), lambda kind=_kind, args=_args: made(kind, *args))

OS_ERRORS = {
    "two": (2, "No such file"), "three": (2, "No such file", "name.txt"), "three_none": (2, "No such file", None),
    "four": (2, "No such file", "name.txt", 0), "five": (2, "No such file", "from.txt", None, "to.txt"),
    "five_none": (2, "No such file", None, None, "to.txt"), "bytes_name": (2, "No such file", b"name\xff.txt"),
    "two_bytes_names": (18, "Cross-device", b"a", None, b"b"), "number_name": (9, "Bad descriptor", 17),
    "quoted_name": (2, "No", "it's \"quoted\""), "unicode_name": (2, "No", "\u65e5\u672c\n\x00\udcff"),
    "errno_none": (None, "text"), "errno_str": ("two", "text"), "errno_0": (0, "Zero"), "errno_negative": (-1, "text", "f"),
    "errno_huge": (10 ** 20, "text"), "errno_float": (2.5, "text"), "strerror_none": (2, None), "strerror_empty": (2, ""),
    "strerror_number": (2, 5), "strerror_bytes": (2, b"raw"), "strerror_none_name": (2, None, "name"), "six": (1, 2, 3, 4, 5, 6),
    "path_object": (2, "No", ("tuple", 1)), "blocking": (11, "again", 5),
}
table({"os_error_" + name: args for name, args in OS_ERRORS.items()}, lambda args: made(OSError, *args))


class MyOSError(OSError):
    pass


class NewOSError(OSError):
    def __new__(cls, *args, **keywords):
        return super().__new__(cls, *args)

    def __init__(self, *args):
        super().__init__(*args)


class InitOSError(OSError):
    def __init__(self, what):
        super().__init__(5, what)


@case
def os_error_subclass():
    raise MyOSError(13, "Denied", "file")


@case
def os_error_new():
    raise NewOSError(2, "No", "file")


@case
def os_error_init():
    raise InitOSError("given")


@case
def os_error_args_changed():
    made(OSError, 2, "No such file", "name", then={"args": ("changed",)})


@case
def os_error_errno_changed():
    made(OSError, 2, "No such file", "name", then={"errno": 99})


@case
def os_error_strerror_changed():
    made(OSError, 2, "No such file", "name", then={"strerror": "other text"})


@case
def os_error_filename_changed():
    made(OSError, 2, "No such file", "name", then={"filename": "other"})


@case
def os_error_filename_added():
    made(OSError, 2, "No such file", then={"filename": "added"})


@case
def os_error_filename2_added():
    made(OSError, 2, "No such file", "one", then={"filename2": "two"})


@case
def os_error_filename_deleted():
    error = OSError(2, "No such file", "name")
    del error.filename
    raise error


@case
def os_error_errno_deleted():
    error = OSError(2, "No such file", "name")
    del error.errno
    raise error


@case
def os_error_errno_none_later():
    made(OSError, 2, "No such file", then={"errno": None})


@case
def os_error_from_open():
    open("/no/such/file")


@case
def os_error_from_open_bytes():
    open(b"/no/such/\xfffile")


@case
def os_error_from_rename():
    import os
    os.rename("/no/such/a", "/no/such/b")


@case
def os_error_from_listdir():
    import os
    os.listdir("/no/such/dir")


@case
def os_error_from_fd():
    import os
    os.fstat(123456)


@case
def os_error_path_like():
    import pathlib
    pathlib.Path("/no/such/path").read_text()


UNICODE = {
    "encode_one": ("ascii", "a\xe9b", 1, 2, "ordinal not in range"), "encode_many": ("ascii", "\xe9\xe8b", 0, 2, "r"),
    "encode_bmp": ("latin-1", "\u20ac", 0, 1, "r"), "encode_astral": ("ascii", "\U0001f40d", 0, 1, "r"),
    "encode_surrogate": ("utf-8", "\udc80", 0, 1, "surrogates not allowed"), "encode_empty_range": ("ascii", "abc", 1, 1, "r"),
    "encode_reversed": ("ascii", "abc", 2, 1, "r"), "encode_beyond": ("ascii", "abc", 2, 9, "r"), "encode_far": ("ascii", "abc", 50, 51, "r"),
"encode_empty": ("ascii", "", 0, 1, "r"), "encode_empty_reason": ("x", "abc", 0, 1, ""),
    "encode_odd_names": ("enc'o\nding", "abc", 0, 1, "rea'\nson"), "encode_huge": ("ascii", "abc", 0, 2 ** 62, "r"),
}
table(UNICODE, lambda args: made(UnicodeEncodeError, *args))
table({name.replace("encode", "decode"): (args[0], args[1].encode("utf-8", "surrogatepass")) + args[2:]
       for name, args in UNICODE.items()}, lambda args: made(UnicodeDecodeError, *args))
table({name.replace("encode", "translate"): args[1:] for name, args in UNICODE.items()},
      lambda args: made(UnicodeTranslateError, *args))


# Before 3.14 these read outside of the string: what they print is whatever lies there.
table({"encode_negative": ("ascii", "abc", -2, -1, "r")}, lambda args: made(UnicodeEncodeError, *args), requires=(3, 14))
table({"translate_negative": ("abc", -2, -1, "r")}, lambda args: made(UnicodeTranslateError, *args), requires=(3, 14))


@case
def decode_negative():
    raise UnicodeDecodeError("ascii", b"abc", -2, -1, "r")


@case
def decode_bytearray():
    raise UnicodeDecodeError("utf-8", bytearray(b"a\xffb"), 1, 2, "invalid start byte")


@case
def decode_real():
    b"ok \xff\xfe".decode("utf-8")


@case
def decode_real_end():
    b"\xe6\x97".decode("utf-8")


@case
def encode_real():
    "na\u00efve \u65e5".encode("ascii")


@case
def encode_real_many():
    "\u65e5\u672c\u8a9e".encode("latin-1")


@case
def decode_changed():
    made(UnicodeDecodeError, "utf-8", b"abc", 0, 1, "why", then={"reason": "changed", "start": 2, "end": 3, "encoding": "other"})


@case
def encode_changed():
    made(UnicodeEncodeError, "utf-8", "abc", 0, 1, "why", then={"reason": "changed", "object": "\u65e5", "args": ()})


@case
def unicode_error_plain():
    raise UnicodeError("plain", 2)


table({
    "key_str": ("k",), "key_number": (5,), "key_none": (None,), "key_tuple": ((1, 2),), "key_empty": (), "key_two": ("a", "b"),
    "key_quote": ("it's",), "key_newline": ("a\nb",), "key_bytes": (b"k",), "key_empty_str": ("",), "key_nested": (KeyError,),
    "key_unicode": ("\u00e9\u65e5\u200b\udc80",), "key_float": (1.5,), "key_list": ([1, "a"],),
}, lambda args: made(KeyError, *args))


class MyKeyError(KeyError):
    pass


@case
def key_subclass():
    raise MyKeyError("sub")


@case
def key_args_changed():
    made(KeyError, "old", then={"args": ("new", 2)})


table({
    "exit_none": (), "exit_code": (3,), "exit_text": ("bye",), "exit_two": (1, "b"), "exit_explicit_none": (None,),
}, lambda args: made(SystemExit, *args))


@case
def exit_code_changed():
    made(SystemExit, 1, then={"code": 77})


@case
def exit_real():
    sys.exit("leaving")


@case
def stop_iteration_value():
    def generator():
        return {"a": 1}
        yield

    next(generator())


table({"stop_" + str(count): ("value",) * count for count in range(4)}, lambda args: made(StopIteration, *args))


@case
def stop_value_changed():
    made(StopIteration, 1, then={"value": 2})


IMPORTS = {
    "import_none": ((), {}), "import_text": (("text",), {}), "import_name": (("text",), {"name": "m", "path": "/p"}),
    "import_two": (("a", "b"), {"name": "m"}), "import_number": ((5,), {}), "import_msg_none": ((None,), {}),
    "import_name_only": ((), {"name": "m"}),
}
for _name, (_args, _keywords) in IMPORTS.items():
    for _kind in (ImportError, ModuleNotFoundError):
        add(_name + ("" if _kind is ImportError else "_module"),
            lambda kind=_kind, args=_args, keywords=_keywords: made(kind, *args, **keywords))


@case
def import_msg_changed():
    made(ImportError, "old", then={"msg": "new"})


@case
def import_msg_number():
    made(ImportError, "old", then={"msg": 5})


@case
def import_msg_none_later():
    made(ImportError, "old", then={"msg": None})


@case
def import_args_changed():
    made(ImportError, "old", then={"args": ("ignored",)})


class StrSubclass(str):
    pass


@case
def import_msg_str_subclass():
    raise ImportError(StrSubclass("sub"))


@case
def args_replaced():
    made(ValueError, "old", then={"args": ("new", 2)})


@case
def args_emptied():
    made(ValueError, "old", then={"args": ()})


@case
def args_of_tuple_subclass():
    class Args(tuple):
        pass

    made(ValueError, then={"args": Args((1, 2))})


@case
def args_not_from_init():
    class Kept(Exception):
        def __init__(self, text):
            pass

    raise Kept("still the argument")


@case
def args_not_from_new():
    class Made(Exception):
        def __new__(cls, text):
            return super().__new__(cls)

    raise Made("forgotten")


@case
def args_super_init():
    class Formatted(Exception):
        def __init__(self, a, b):
            super().__init__("formatted %s and %s" % (a, b))

    raise Formatted(1, 2)


@case
def args_exception_inside():
    raise ValueError(KeyError("inner"))


@case
def args_exception_two():
    raise ValueError("outer", KeyError("inner"), OSError(2, "No"))


@case
def args_exception_in_list():
    raise ValueError([ValueError(1), KeyError("a", 2), OSError()])


@case
def args_str_subclass():
    raise ValueError(StrSubclass("sub"))


class IntSubclass(int):
    pass


@case
def args_int_subclass():
    raise ValueError(IntSubclass(5))


@case
def args_self():
    error = ValueError()
    error.args = (1, error)
    raise error


@case
def zero_division_messages():
    1 // 0


@case
def zero_division_float():
    1.0 / 0


@case
def zero_division_modulo():
    5 % 0


@case
def overflow():
    2.0 ** 5000


@case
def value_error_int():
    int("\u0661x")


@case
def type_error_messages():
    "a" + 1


@case
def index_error():
    [][3]


@case
def recursion_error_message():
    raise RecursionError("maximum recursion depth exceeded")


@case
def assertion_of_tuple():
    assert not 1, (1, "two", None)


@case
def message_of_many_lines():
    raise ValueError("first\nsecond\n\nfourth\n")


@case
def message_ends_with_newline():
    raise ValueError("text\n")


@case
def message_only_newline():
    raise ValueError("\n")


@case
def message_spaces():
    raise ValueError("   ")


@case
def message_tabs_and_controls():
    raise ValueError("a\tb\x00c\x1b[31md\x7fe\x85f\u2028g")


@case
def message_carriage_returns():
    raise ValueError("a\rb\r\nc")


@case
def message_none():
    raise ValueError(None)


@case
def message_empty_containers():
    raise ValueError((), [], {}, set(), frozenset(), "", b"")


@case
def message_latin1():
    raise ValueError("\u00e9\u00fc\u00ff")


@case
def message_bmp():
    raise ValueError("\u65e5\u672c\u8a9e \u20ac \ufeff \ufffe")


@case
def message_astral():
    raise ValueError("\U0001f40d \U0010ffff")


@case
def message_surrogates():
    raise ValueError("lone \ud800 and \udfff and a pair \ud83d\udc0d")


@case
def message_bidi():
    raise ValueError("\u202egnp.exe\u202c \u2066x\u2069")


@case
def message_very_long():
    raise ValueError("x" * 100000)


@case
def message_very_long_wide():
    raise ValueError("\u65e5" * 30000)


@case
def subclass_with_slots():
    class Slotted(ValueError):
        __slots__ = ("a", "b")

    error = Slotted("slotted")
    error.a = 1
    raise error


@case
def subclass_of_two():
    class Both(ValueError, KeyError):
        pass

    raise Both("which str()?")


@case
def subclass_of_two_other_order():
    class Both(KeyError, ValueError):
        pass

    raise Both("which str()?")


@case
def subclass_of_os_and_value():
    class Both(OSError, ValueError):
        pass

    raise Both(2, "text")


@case(requires=(3, 11))
def group_str_changed():
    group = ExceptionGroup("original", [ValueError(1)])
    group.args = ("other", [ValueError(1)])
    raise group
