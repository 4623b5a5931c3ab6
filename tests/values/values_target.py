"""Holds values of every kind and says what Python itself prints for them.

    values_target.py SEED COUNT

Writes one line for each item of the lists that print_values reads, in the same form, then waits. Works on
every Python from 3.8 on.
"""

import collections
import datetime
import decimal
import fractions
import ipaddress
import os
import pathlib
import random
import struct
import sys
import types
import uuid

import sync

SEED, COUNT = int(sys.argv[1]), int(sys.argv[2])
RANDOM = random.Random(SEED)
# Every plane, those without a single character too.
PLANES = [(plane << 16, (plane << 16) + 0xffff) for plane in range(17)]
BUILTIN_RANGES = [(0, 0x7f), (0x80, 0xff), (0x100, 0x24f), (0x370, 0x1cff), (0x2000, 0x2fff), (0x3000, 0xd7ff),
                  (0xd800, 0xdfff), (0xe000, 0xffff), (0x10000, 0x1ffff), (0x20000, 0x323af), (0xe0000, 0x10ffff)]


class Plain:
    pass


class Slotted:
    __slots__ = ("a",)


class Outer:
    class Inner:
        pass


class MyInt(int):
    pass


class MyFloat(float):
    pass


class MyStr(str):
    pass


class MyBytes(bytes):
    pass


class MyList(list):
    pass


class MyTuple(tuple):
    pass


class MyDict(dict):
    pass


class MySet(set):
    pass


class MyFrozen(frozenset):
    pass


class MyArray(bytearray):
    pass


class MyError(KeyError):
    pass


class Odd:
    __module__ = 5


class InBuiltins:
    __module__ = "builtins"


class Slashed:
    pass


Slashed.__qualname__ = "a.b<c>.\u00e9"
Slashed.__name__ = "d\u00e9"


def text(limit=12):
    out = []
    for _ in range(RANDOM.randrange(limit)):
        low, high = RANDOM.choice(PLANES if RANDOM.random() < 0.1 else BUILTIN_RANGES)
        out.append(chr(RANDOM.randint(low, high)))
    if RANDOM.random() < 0.3:
        out.append(RANDOM.choice(["'", '"', "'\"", "\\", "\n", "\x7f"]))
        RANDOM.shuffle(out)
    return "".join(out)


def number():
    kind = RANDOM.randrange(5)
    if kind == 0:
        return RANDOM.randint(-300, 300)
    bits = RANDOM.choice([29, 30, 31, 59, 60, 61, 62, 63, 64, 65, 89, 90, 91, 300, 3000])
    return RANDOM.choice([-1, 1]) * (RANDOM.getrandbits(bits) if kind < 4 else 2 ** bits + RANDOM.randint(-1, 1))


def real():
    kind = RANDOM.randrange(9)
    if kind == 6:  # subnormal
        return RANDOM.choice([-1, 1]) * struct.unpack("<d", RANDOM.getrandbits(52).to_bytes(8, "little"))[0]
    if kind == 7:  # half way between two floats, and next to it
        return float(RANDOM.choice([-1, 1]) * ((RANDOM.getrandbits(53) | 1 << 53) * 2 + 1 << RANDOM.randrange(900)) + RANDOM.randint(-1, 1))
    if kind == 8:  # seventeen digits
        return float("%d.%016de%d" % (RANDOM.randint(1, 9), RANDOM.randrange(10 ** 16), RANDOM.randint(-323, 307)))
    if kind == 0:
        return RANDOM.choice([0.0, -0.0, float("inf"), -float("inf"), float("nan"), 5e-324, 1.7976931348623157e308,
                              1e16, 9999999999999998.0, 1e-4, 9.999e-5, 1e22, 1e23, 123456789012345680.0])
    if kind == 1:
        return RANDOM.uniform(-1000, 1000)
    if kind == 2:
        return float(RANDOM.randint(-10 ** 18, 10 ** 18))
    if kind == 3:
        return RANDOM.randint(-10 ** 6, 10 ** 6) / 10 ** RANDOM.randrange(8)
    return struct.unpack("<d", RANDOM.getrandbits(64).to_bytes(8, "little"))[0]


def raw():
    return bytes(RANDOM.choice([RANDOM.getrandbits(8), RANDOM.randint(32, 126), 39, 34, 92, 10])
                 for _ in range(RANDOM.randrange(12)))


def function():
    pass


class MyDate(datetime.date):
    pass


class MyDateTime(datetime.datetime):
    pass


class MyDecimal(decimal.Decimal):
    pass


class MyFraction(fractions.Fraction):
    pass


class MyPath(type(pathlib.Path())):
    pass


def delta():
    return datetime.timedelta(RANDOM.choice([0, 1, -1, RANDOM.randint(-999999999, 999999999)]), RANDOM.choice([0, RANDOM.randrange(86400)]),
                              RANDOM.choice([0, RANDOM.randrange(10 ** 6)]))


def zone():
    if RANDOM.random() < 0.4:
        return None
    shift = datetime.timedelta(seconds=RANDOM.choice([0, RANDOM.randint(-86399, 86399), 1800 * RANDOM.randint(-47, 47)]),
                               microseconds=RANDOM.choice([0, 0, RANDOM.randrange(10 ** 6)]))
    return datetime.timezone(shift) if RANDOM.random() < 0.7 else datetime.timezone(shift, text())


def clock():
    return {"hour": RANDOM.randrange(24), "minute": RANDOM.randrange(60), "second": RANDOM.choice([0, RANDOM.randrange(60)]),
            "microsecond": RANDOM.choice([0, RANDOM.randrange(10 ** 6)]), "fold": RANDOM.choice([0, 0, 1]), "tzinfo": zone()}


def moment():
    kind = RANDOM.randrange(3)
    day = datetime.date.fromordinal(RANDOM.randint(1, datetime.date.max.toordinal()))
    if kind == 0:
        return RANDOM.choice([datetime.date, MyDate])(day.year, day.month, day.day)
    if kind == 1:
        return datetime.time(**clock())
    return RANDOM.choice([datetime.datetime, MyDateTime])(day.year, day.month, day.day, **clock())


def precise():
    kind = RANDOM.randrange(8)
    if kind == 0:
        return decimal.Decimal(RANDOM.choice(["NaN", "sNaN", "-NaN", "Infinity", "-Infinity", "-0", "NaN%d" % RANDOM.getrandbits(90)]))
    digits = tuple(RANDOM.choice([0, 9, RANDOM.randrange(10)]) for _ in range(RANDOM.choice([1, 2, 7, 18, 19, 20, 37, 38, 39, 57, 100, 700])))
    exponent = RANDOM.choice([0, RANDOM.randint(-50, 50), -len(digits), RANDOM.randint(-10 ** 6, 10 ** 6), RANDOM.randint(-10 ** 17, 10 ** 17)])
    return RANDOM.choice([decimal.Decimal, MyDecimal])(decimal.DecimalTuple(RANDOM.randrange(2), digits, exponent))


def address():
    six = RANDOM.random() < 0.7
    raw_address = bytes(RANDOM.choice([0, 0, 0, 255, RANDOM.getrandbits(8)]) for _ in range(16 if six else 4))
    if six and RANDOM.random() < 0.2:
        raw_address = bytes(10) + b"\xff\xff" + raw_address[12:]
    plain = ipaddress.ip_address(raw_address)
    kind = RANDOM.randrange(3)
    if kind == 0:
        return plain
    bits = RANDOM.randrange(129 if six else 33)
    return ipaddress.ip_network((raw_address, bits), strict=False) if kind == 1 else ipaddress.ip_interface((raw_address, bits))


def file_path():
    pieces = [RANDOM.choice(["", ".", "..", "/", "//", "///", "a", "b/c", "/d", "e/", "./f", text()]) for _ in range(RANDOM.randrange(5))]
    return RANDOM.choice([pathlib.PurePosixPath, pathlib.Path, MyPath])(*pieces)


def churned():
    """A dict or set whose table has seen more than is in it now."""
    size = RANDOM.choice([5, 9, 30, 200])
    made = RANDOM.choice([dict.fromkeys(range(size)), {str(n): n for n in range(size)}, set(range(size)), {str(n) for n in range(size)}])
    for key in RANDOM.sample(sorted(made), size - RANDOM.randrange(5)):
        if isinstance(made, dict):
            del made[key]
        else:
            made.discard(key)
    for _ in range(RANDOM.randrange(4)):
        if isinstance(made, dict):
            made[hashable(1)] = number()
        else:
            made.add(hashable(1))
    return made


LIBRARY = [moment, moment, delta, lambda: zone(), precise, precise, lambda: RANDOM.choice([fractions.Fraction, MyFraction])(number(), number() or 1),
           lambda: uuid.UUID(int=RANDOM.getrandbits(128) >> RANDOM.choice([0, 0, 60])), address, file_path]


def of_the_library():
    return RANDOM.choice(LIBRARY)()


ATOMS = [
    lambda: None, lambda: ..., lambda: NotImplemented, lambda: RANDOM.random() < 0.5, number, number, real, real,
    lambda: complex(real(), real()), text, text, text, raw, lambda: bytearray(raw()),
    lambda: MyInt(number()), lambda: MyFloat(real()), lambda: MyStr(text()), lambda: MyBytes(raw()), lambda: MyArray(raw()),
    lambda: RANDOM.choice([int, object, type, ValueError, Plain, Outer.Inner, collections.OrderedDict, Odd, InBuiltins,
                           Slashed, types.FunctionType, type(None), type("\u65e5\u672c", (), {}), MyError]),
    lambda: RANDOM.choice([Plain(), Slotted(), Outer.Inner(), object(), Odd(), InBuiltins(), Slashed(),
                           type("Local", (), {})()]),
    lambda: RANDOM.choice([function, len, [].append, "x".join, lambda: 0, dict.fromkeys, os.getpid,
                           sys.getsizeof, (lambda: 0).__get__(Plain())]),
    of_the_library, of_the_library, of_the_library, of_the_library, churned,
    lambda: range(number(), number(), RANDOM.choice([1, 2, -1, MyInt(1), True, 10 ** 30])),
    lambda: slice(number(), RANDOM.choice([None, text()]), None),
]


def hashable(depth):
    kind = RANDOM.randrange(6)
    if kind == 0 and depth > 0:
        return tuple(hashable(depth - 1) for _ in range(RANDOM.randrange(4)))
    if kind == 1 and depth > 0:
        return frozenset(hashable(depth - 1) for _ in range(RANDOM.randrange(4)))
    return RANDOM.choice([number, real, text, raw, lambda: MyInt(number()), lambda: None, key_of_the_library])()


def key_of_the_library():
    found = of_the_library()
    try:
        hash(found)
    except TypeError:  # a signalling NaN
        return None
    return found


def value(depth):
    kind = RANDOM.random()
    if depth == 0 or kind < 0.4:
        return RANDOM.choice(ATOMS)()
    size = RANDOM.choice([0, 1, 1, 2, 3, 5, 9])
    items = [value(depth - 1) for _ in range(size)]
    choice = RANDOM.randrange(13)
    if choice in (0, 1):
        return items
    if choice in (2, 3):
        return tuple(items)
    if choice in (4, 5):
        return {hashable(1): item for item in items}
    if choice == 6:
        return {hashable(2) for _ in range(RANDOM.choice([0, 1, 3, 8, 40]))}
    if choice == 7:
        return frozenset(hashable(2) for _ in range(size))
    if choice == 8:
        return RANDOM.choice([MyList, MyTuple])(items)
    if choice == 9:
        return RANDOM.choice([MyDict({hashable(1): item for item in items}), MySet([hashable(1) for _ in items]),
                              MyFrozen([hashable(1) for _ in items])])
    if choice == 10:
        return RANDOM.choice([ValueError, KeyError, MyError, RuntimeError, StopIteration, SystemExit])(*items)
    if choice == 11:
        return RANDOM.choice([OSError(2, text(), RANDOM.choice([None, text(), raw()])), ImportError(text(), name=text()),
                              ImportError(name="n"), UnicodeDecodeError("utf-8", b"ab\xff", 2, 3, text()),
                              UnicodeEncodeError("x", "a\ud800", 1, 2, "r"), SyntaxError(text(), ("a/b.py", 3, 1, "x")),
                              OSError(*items[:2]), TypeError(text()),
                              OSError(2, text(), file_path()), KeyError(of_the_library()), ValueError(of_the_library())])
    holder = items
    holder.append(RANDOM.choice([holder, (holder,), {"self": holder}, [holder]]))
    return holder


def with_cycles():
    one = {}
    one["k"] = (one, [one])
    error = ValueError(1)
    error.args = (error, 2)
    inside = [1]
    caught = KeyError(inside)
    inside.append(caught)
    alone = ValueError()
    alone.args = (alone,)
    both = [ValueError(), KeyError()]
    both[0].args, both[1].args = (both[1],), (both[0],)
    frozen = [set(), frozenset(), MySet(), MyFrozen(), {frozenset([frozenset()])}]
    big = [10 ** n for n in (639, 640, 641, 4299, 4300, 4301, 9000)] + [-10 ** 4299, -10 ** 4300]
    return [one, error, inside, caught, alone, both] + frozen + big


def groups():
    if sys.version_info < (3, 11):
        return []
    mine = type("MyGroup", (ExceptionGroup,), {})
    changed = ExceptionGroup("m", [ValueError(1)])
    changed.args = (1, 2)
    source = [ValueError(1), KeyError("k")]
    listed = ExceptionGroup("listed", source)
    source.append(3)
    # Newer groups keep the repr() of what they were made from; older ones would show a deque, which is not imitated.
    kept = [ExceptionGroup("d", collections.deque([ValueError(5)]))] if "__repr__" in vars(BaseExceptionGroup) else []
    return kept + [ExceptionGroup("g", [ValueError(1)]), ExceptionGroup("g", (ValueError(1), OSError(2, "x"))), mine("\u65e5", [TypeError()]),
            BaseExceptionGroup("b", [KeyboardInterrupt(), ExceptionGroup("inner", [ValueError()])]), changed, listed]


def set_all(error, **attributes):
    for name, new in attributes.items():
        setattr(error, name, new)
    return error


def deleted(error, *names):
    for name in names:
        delattr(error, name)
    return error


def exceptions():
    found = [made for made in VALUES if isinstance(made, BaseException)] + groups()
    for start, end in [(0, 1), (0, 0), (1, 3), (2, 1), (2, 9), (5, 6), (0, 2 ** 62), (-3, 2), (3, 3), (3, 4)]:
        found.append(UnicodeEncodeError("as'cii", "a\xe9\u65e5", start, end, "r"))
        found.append(UnicodeDecodeError("ascii", b"abc", start, end, "r"))
        found.append(UnicodeTranslateError("\U0001f40d\udc80x", start, end, "r"))
    if sys.version_info >= (3, 14) or sys.version_info[:2] == (3, 13) and sys.version_info >= (3, 13, 1):
        for error in (UnicodeEncodeError("a", "abc", -2, -1, "r"), UnicodeDecodeError("a", b"abc", -2, -1, "r")):
            found.append(error)
    if sys.version_info >= (3, 14):
        found.append(set_all(UnicodeEncodeError("a", "abc", 0, 1, "r"), object=b"abc"))
        found.append(set_all(UnicodeDecodeError("a", b"abc", 0, 1, "r"), object="abc"))
    found.append(UnicodeEncodeError.__new__(UnicodeEncodeError))
    unicode_error = lambda: UnicodeDecodeError("utf-8", b"abc", 1, 2, "why")  # noqa: E731
    found += [set_all(unicode_error(), reason=5, encoding=None), set_all(unicode_error(), start=2, end=3),
              deleted(unicode_error(), "reason", "encoding"), deleted(unicode_error(), "object"), set_all(unicode_error(), args=())]
    os_error = lambda: OSError(2, "No such", "f")  # noqa: E731
    found += [os_error(), deleted(os_error(), "errno"), deleted(os_error(), "errno", "strerror"), deleted(os_error(), "filename"),
              deleted(os_error(), "filename", "strerror"), set_all(os_error(), filename=None), set_all(os_error(), filename2=b"\xff"),
              set_all(os_error(), errno="x", strerror=[1]), OSError(), OSError(1), OSError(1, 2, 3, 4, 5), OSError(*range(6)),
              set_all(OSError(), filename="only"), BlockingIOError(11, "again", 5), set_all(os_error(), args=(1,))]
    syntax = lambda: SyntaxError("msg", ("dir/name.py", 3, 1, "text"))  # noqa: E731
    found += [syntax(), set_all(syntax(), filename=None), set_all(syntax(), lineno=None), set_all(syntax(), lineno=True),
              set_all(syntax(), lineno=10 ** 30), set_all(syntax(), lineno=-10 ** 30), set_all(syntax(), lineno=-5),
              set_all(syntax(), filename="no"), set_all(syntax(), filename="end/"), set_all(syntax(), filename=b"a/b"),
              set_all(syntax(), msg=None), deleted(syntax(), "msg", "filename"), set_all(syntax(), msg=[1, "a"]),
              set_all(syntax(), filename="\u65e5/\u672c", lineno=2 ** 63 - 1), set_all(syntax(), lineno=2 ** 63), SyntaxError(),
              IndentationError("i", ("f", 1, 1, "t")), set_all(syntax(), lineno=-2 ** 63), set_all(syntax(), filename=MyStr("x/y"))]
    found += [ImportError(), ImportError("a"), ImportError("a", "b"), ImportError(5), set_all(ImportError("a"), msg=MyStr("s")),
              set_all(ImportError("a"), msg=5), set_all(ImportError("a"), msg="new"), ModuleNotFoundError("m", name="n", path="p"),
              ImportError("x", name=None, path=None), deleted(ImportError("d", name="n"), "name")]
    found += [KeyError(), KeyError(""), KeyError("a", 1), KeyError(None), KeyError(KeyError("k")), KeyError([]), set_all(KeyError(1), args=(1, 2))]
    found += [ValueError(), ValueError(""), ValueError(None), ValueError("a", "b"), ValueError(()), ValueError(OSError(2, "x")),
              ValueError(MyStr("m")), ValueError(10 ** 5000), ValueError(1, 10 ** 5000), ValueError(-10 ** 4299), StopIteration({"a": 1}),
              SystemExit(3), SystemExit("bye"), type("Local", (ValueError,), {})("x"), type("Two", (KeyError, ValueError), {})("k"),
              type("Two", (ValueError, KeyError), {})("k"), type("Wrapped", (Exception,), {"__str__": Exception.__str__})("w"),
              type("Wrapped", (OSError,), {"__str__": BaseException.__str__})(2, "w")]
    return found


class Attributes:
    def __init__(self, names):
        for name in names:
            setattr(self, name, 1)


def orders():
    """Instances whose attributes were set and deleted in another order than the class's first instance."""
    found = [Attributes(["a", "b", "c", "d"])]
    for names in (["d", "c", "b", "a"], ["b"], [], ["c", "x", "a"], ["new_%d" % n for n in range(40)]):
        found.append(Attributes(names))
    changed = Attributes(["a", "b", "c"])
    del changed.a
    changed.a = 2
    found.append(changed)
    emptied = Attributes(["a", "b"])
    del emptied.a, emptied.b
    found.append(emptied)
    again = Attributes(["d", "a"])
    found.append(again)
    seen = Attributes(["c", "a"])
    seen.__dict__
    found.append(seen)
    error = ValueError("with attributes")
    error.z, error.a = 1, 2
    found.append(error)
    return found


def noted():
    def made(notes):
        error = ValueError("m")
        error.__notes__ = notes
        return error
    slotted = type("Slotted", (ValueError,), {"__slots__": ("__notes__",)})("s")
    unset = type("Slotted", (ValueError,), {"__slots__": ("__notes__",)})("s")
    slotted.__notes__ = ["in a slot"]
    found = [ValueError("none"), made(["one", 2]), made(("a",)), made(None), made("text"), made(b"ab"), made(5), made({"a": 1}),
             made({1}), made(range(2, 9, 3)), made(range(3, 0, -1)), made([10 ** 5000, KeyError("k")]), made(10 ** 5000),
             type("Noted", (ValueError,), {"__notes__": ["class"]})("m"), slotted, unset, made(MyList(["x"])), made(MyTuple(["t"])),
             made(MyStr("s")), made(True), made(2.5), made(bytearray(b"x"))]
    return found


def said(function, item):
    try:
        return "E", function(item)
    except RecursionError:
        return "F", ""
    except (ValueError, SystemError, TypeError):
        return "F", ""


def hexed(what):
    return what.encode("utf-8", "surrogatepass").hex() or "-"


def known_types():
    import builtins
    found = [kind for kind in vars(builtins).values() if isinstance(kind, type)]
    return found + [type(None), types.FunctionType, types.ModuleType, types.TracebackType, collections.OrderedDict, collections.deque]


VALUES = [value(4) for _ in range(COUNT)] + with_cycles() + groups()
EXCEPTIONS = exceptions()
ORDERS = orders()
DICTS = [{"b": 1, "a": 2}, {str(n): n for n in range(1000)}, {}, dict.fromkeys("zyx"), vars(Attributes(["d", "b"]))]
del DICTS[1]["5"], DICTS[1]["999"]
STATIC = [kind for kind in known_types() if not kind.__flags__ & 1 << 9]
NOTED = noted()


def note_line(error):
    kinds = {"none": 0, "sequence": 1, "text": 2, "other": 3}
    notes = getattr(error, "__notes__", None)
    items, shown = [], "E-"
    def one(function, item, otherwise):
        verdict, out = said(function, item)
        return "E" + hexed(out if verdict == "E" else otherwise)
    any_sequence = sys.version_info[:2] == (3, 11)
    if notes is None:
        kind = "none"
    elif isinstance(notes, str):
        kind, items = "text", ["E" + hexed(str(notes))]
    elif isinstance(notes, (list, tuple, range)) or isinstance(notes, bytes) and any_sequence:
        kind, items = "sequence", [one(str, note, "<note str() failed>") for note in notes]
    else:
        kind = "other"
    if kind in ("text", "other"):
        shown = one(repr, notes, "<__notes__ repr() failed>")
        if isinstance(notes, bytearray):
            shown = "I" + shown[1:]  # a Sequence, but one whose items are not read
    return " ".join(["N %d" % kinds[kind]] + items + ["/", shown])


def main():
    out = []
    for item in VALUES:
        (repr_verdict, repr_text), (str_verdict, str_text) = said(repr, item), said(str, item)
        out.append("V %s %s %s %s" % (repr_verdict, hexed(repr_text), str_verdict, hexed(str_text)))
    for item in EXCEPTIONS:
        verdict, message = said(str, item)
        out.append("X %s %s -" % (verdict, hexed(message)))
    for item in ORDERS:
        out.append(" ".join(["O"] + [hexed(name) for name in item.__dict__]))
    for item in DICTS:
        out.append(" ".join(["D"] + [hexed(name) for name in item]))
    for item in STATIC:
        out.append(" ".join(["S"] + [hexed(name) for name in vars(item)]))
    for item in NOTED:
        out.append(note_line(item))
    return out


if __name__ == "__main__":
    # Printing looked into every instance's __dict__, which changes where its attributes are kept: new ones
    # are what is read.
    LINES = main()
    ORDERS = orders()
    sync.say(str(len(LINES)).encode())
    for line in LINES:
        sync.say(line.encode())
    sync.ready_and_wait()
