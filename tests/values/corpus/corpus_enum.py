"""Members of enumerations, flags of every sort, and the classes themselves."""

import enum
import http
import re
import signal
import socket
import ssl
import types


class Color(enum.Enum):
    RED = 1
    GREEN = "g"
    ALIAS = 1
    LIST = [1, 2]
    NOTHING = None


class Auto(enum.Enum):
    def _generate_next_value_(name, start, count, last_values):
        return name.lower()

    FIRST = enum.auto()
    SECOND = enum.auto()


class Number(enum.IntEnum):
    ONE = 1
    MINUS = -1


class Text(str, enum.Enum):
    A = "a"
    QUOTE = "it's"


class Real(float, enum.Enum):
    PI = 3.14


class Bytes(bytes, enum.Enum):
    A = b"a"


class Pair(tuple, enum.Enum):
    P = (1, 2)


class Perm(enum.Flag):
    R = 4
    W = 2
    X = 1


class Holes(enum.Flag):
    A = 1
    C = 4
    AC = 5
    BIG = 1 << 40


class IntPerm(enum.IntFlag):
    R = 4
    W = 2
    X = 1
    RWX = 7


class Shown(enum.Enum):
    A = 1

    def __repr__(self):
        return "mine"


class Said(enum.Enum):
    A = 1

    def __str__(self):
        return "said"


class Patched(enum.Enum):
    A = 1


Patched.__repr__ = lambda self: "patched"


class MixedRepr:
    def __repr__(self):
        return "mixed"


class WithMixed(MixedRepr, enum.Enum):
    A = 1


class OddNumber(int):
    def __repr__(self):
        return "odd"


class OddEnum(OddNumber, enum.Enum):
    A = 1


class Meta(enum.EnumMeta):
    def __repr__(cls):
        return "own meta"


class OfMeta(enum.Enum, metaclass=Meta):
    A = 1


class NameMeta(enum.EnumMeta):
    @property
    def __name__(cls):
        return "odd"


class OfNameMeta(enum.Enum, metaclass=NameMeta):
    A = 1


class Games(enum.Enum):
    A = 1

    @types.DynamicClassAttribute
    def value(self):
        return "never"

    @types.DynamicClassAttribute
    def name(self):
        return "nor this"


class Hidden(enum.Enum):
    A = 1


class Nested:
    class Inner(enum.Enum):
        A = 1


Functional = enum.Enum("Functional", "ANT BEE")
FunctionalFlag = enum.Flag("FunctionalFlag", ["A", "B"], module="pkg.mod", qualname="Q.F")


def named(label, make):
    try:
        return [(label, make())]
    except Exception:  # what an older or newer Python does not allow
        return []


def values():
    found = [("%s.%s" % (cls.__name__, key), cls.__members__[key])
             for cls in (Color, Auto, Number, Text, Real, Bytes, Pair, Perm, Holes, IntPerm, Shown, Said, Patched, WithMixed, OddEnum, OfMeta, OfNameMeta,
                         Games, Functional, FunctionalFlag, Nested.Inner)
             for key in cls.__members__]
    found += [("class %s" % cls.__name__, cls)
              for cls in (Color, Number, Perm, IntPerm, enum.Enum, enum.Flag, enum.IntEnum, enum.IntFlag, Functional, FunctionalFlag, OfMeta, OfNameMeta,
                          Nested.Inner, http.HTTPStatus, re.RegexFlag)]
    for number in range(8):
        found += named("Perm %d" % number, lambda: Perm(number)) + named("Holes %d" % number, lambda: Holes(number))
    for number in list(range(-9, 20)) + [1 << 40, -(1 << 33), 100]:
        found += named("IntPerm %d" % number, lambda: IntPerm(number))
    found += named("IntPerm large", lambda: IntPerm(1 << 90)) + named("IntPerm or", lambda: IntPerm.R | 1024 | 16)
    found += [("Perm not", ~Perm.R), ("Perm none", Perm.R & Perm.W), ("Holes or", Holes.A | Holes.BIG), ("FunctionalFlag or", FunctionalFlag(3)),
              ("IntPerm not", ~IntPerm.R)]
    found += [("re %s" % flag, value) for flag, value in (
        ("one", re.I), ("two", re.I | re.M), ("three", re.I | re.M | re.S), ("zero", re.RegexFlag(0)), ("not", ~re.I), ("not two", ~(re.I | re.S)),
        ("debug", re.DEBUG | re.X), ("unknown", re.RegexFlag(1 << 14)))]
    found += [("http", http.HTTPStatus.NOT_FOUND), ("signal", signal.SIGTERM), ("signal default", signal.SIG_DFL), ("family", socket.AF_INET),
              ("kind", socket.SOCK_STREAM), ("message flags", socket.MSG_PEEK | socket.MSG_OOB), ("ssl options", ssl.OP_NO_SSLv3 | ssl.OP_ALL),
              ("ssl mode", ssl.CERT_REQUIRED), ("ssl verify", ssl.VerifyFlags(0)), ("ssl version", ssl.TLSVersion.TLSv1_2),
              ("ssl method", ssl.PROTOCOL_TLS), ("alert", ssl.AlertDescription(0))]
    lost = Hidden.A
    del lost._name_
    found.append(("without a name", lost))
    odd = object.__new__(Color)
    odd._name_, odd._value_ = 5, 6
    found.append(("number as name", odd))
    if hasattr(enum, "StrEnum"):
        class Word(enum.StrEnum):
            A = "a"

        class Kept(enum.Flag, boundary=enum.KEEP):
            A = 1
            B = 2

        class Conform(enum.IntFlag, boundary=enum.CONFORM):
            A = 1
            B = 2

        @enum.global_enum
        class Global(enum.Enum):
            G_A = 1

        @enum.global_enum
        class GlobalFlag(enum.IntFlag):
            G_F = 1
            G_H = 2

        @enum.global_enum
        class GlobalKept(enum.IntFlag, boundary=enum.KEEP):
            G_K = 1
            G_L = 2

        found += [("StrEnum", Word.A), ("class StrEnum", Word), ("keep", Kept(9)), ("keep both", Kept(3)), ("conform", Conform(7)), ("global", Global.G_A),
                  ("global flag", GlobalFlag.G_F), ("global flags", GlobalFlag(3)), ("global none", GlobalFlag(0)), ("global keep", GlobalKept(11)),
                  ("global keep one", GlobalKept(1)), ("global unknown", GlobalFlag(9))]
    found += [("dict of members", {Color.RED: Number.ONE, "s": [Perm.R | Perm.W]}), ("exception", ValueError(Color.RED, Text.A)),
              ("tuple", (http.HTTPStatus.OK, Color))]
    return found
