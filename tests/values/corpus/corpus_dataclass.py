"""Instances of dataclasses: what dataclass() generates, what is written by hand, and what only looks generated."""

import collections
import dataclasses
import enum
import functools
import reprlib
import typing
from dataclasses import dataclass, field


@dataclass
class Point:
    x: int
    y: int = 0


@dataclass
class Empty:
    pass


@dataclass
class Some:
    shown: int
    secret: str = field(default="s", repr=False)
    made: list = field(default_factory=list)
    shared: typing.ClassVar[int] = 3
    given: dataclasses.InitVar[int] = 4


@dataclass
class Child(Point):
    z: "object" = None


@dataclass(frozen=True)
class Frozen:
    a: tuple = ()


@dataclass
class Slots:
    __slots__ = ("a", "b")
    a: int
    b: object


@dataclass
class Node:
    next: "object" = None


@dataclass(repr=False)
class Without:
    a: int = 1


@dataclass(repr=False)
class WithoutButParent(Point):
    z: int = 1


@dataclass
class Own:
    a: int = 1

    def __repr__(self):
        return "own"


class Inherits(Point):
    pass


class Overrides(Point):
    def __repr__(self):
        return "overrides"


class CallsSuper(Point):
    def __repr__(self):
        return "<" + super().__repr__() + ">"


@dataclass
class PropertyField:
    a: int = 1


PropertyField.a = property(lambda self: "from code", lambda self, value: None)


@dataclass
class Fallback:
    a: int

    def __getattr__(self, name):
        return "looked up"


@dataclass
class Lookup:
    a: int

    def __getattribute__(self, name):
        return object.__getattribute__(self, name)


@dataclass
class Cached:
    a: int

    @functools.cached_property
    def b(self):
        return 1


@dataclass
class Failure(Exception):
    code: int
    detail: str = "d"


@dataclass
class Disguised:
    a: int = 1
    __class__ = property(lambda self: int)


@dataclass
class Generic(typing.Generic[typing.TypeVar("T")]):
    a: int = 1


@dataclass
class ClassDefault:
    a: int = 5
    b: str = "x"


class ByHand:
    def __init__(self):
        self.a = 1

    @reprlib.recursive_repr()
    def __repr__(self):
        return self.__class__.__qualname__ + f"(a={self.a!r})"


class Alike:
    """A function of that name from a file of that name, wrapped by dataclasses itself, that says something else."""

    def __init__(self):
        self.a = 1


def fake(source, locals_="", wrap=True):
    space = {}
    exec("def __create_fn__(%s):\n def __repr__(self):\n  %s\n return __repr__" % (locals_, source), space)
    made = space["__create_fn__"]()
    if not wrap:
        return made
    maker = getattr(dataclasses, "_recursive_repr", None) or reprlib.recursive_repr()
    return maker(made)


def alike(source, **keywords):
    cls = type("Alike", (Alike,), {"__repr__": fake(source, **keywords)})
    return cls()


def local():
    @dataclass
    class Local:
        a: int = 1

    return Local()


class Color(enum.Enum):
    RED = Point(1, 2)


class Mixed(Point, enum.Enum):
    A = 1, 2


Pair = collections.namedtuple("Pair", "left right")


def values():
    node = Node()
    node.next = node
    ring = Node([Node()])
    ring.next[0].next = {"k": ring}
    gone = Point(1, 2)
    del gone.x
    default_gone = ClassDefault(1)
    del default_gone.a
    slot_gone = Slots(1, 2)
    del slot_gone.b
    fallback = Fallback(1)
    lost = Fallback(1)
    del lost.a
    cached = Cached(1)
    cached.b
    extra = Point(1, 2)
    extra.z = 3
    made = dataclasses.make_dataclass("Made", [("a", int), ("b", str, field(default="x"))])
    wide = dataclasses.make_dataclass("Wide", [("field%d" % n, int, field(default=n)) for n in range(90)])
    very_wide = dataclasses.make_dataclass("VeryWide", [("f%d" % n, int, field(default=n)) for n in range(300)])
    unicode_names = dataclasses.make_dataclass("Uni", [("\xe9t\xe9", int), ("\u4e00", str)])
    found = [("point", Point(1)), ("empty", Empty()), ("some", Some(1)), ("child", Child(1, 2, Point(3))), ("frozen", Frozen((1, Frozen()))),
             ("slots", Slots(1, [2])), ("slots nested", Slots(Slots(1, 2), None)), ("ring of one", node), ("ring", ring), ("without", [1, Point(1)]),
             ("parents", WithoutButParent(1)), ("own", Own()), ("no repr", Without()), ("inherits", Inherits(1, 2)), ("overrides", Overrides(1)),
             ("calls super", CallsSuper(1)), ("property", PropertyField()), ("gone", gone), ("gone in list", [1, gone]), ("default gone", default_gone),
             ("slot gone", slot_gone), ("getattr", fallback), ("getattr needed", lost), ("getattribute", Lookup(1)), ("cached", cached), ("extra", extra),
             ("made", made(1)), ("wide", wide()), ("very wide", very_wide()), ("unicode", unicode_names(1, "a")), ("local", local()), ("failure", Failure(1)),
             ("failure in exception", ValueError(Failure(2), Point(1))), ("disguised", Disguised()), ("generic", Generic(2)), ("by hand", ByHand()),
             ("strings", Point("it's", b"\xff")), ("method", Node(len)), ("class", Point),
             ("alike upper", alike('return self.__class__.__qualname__ + f"(a={self.a!r})".upper()')),
             ("alike text", alike('return self.__class__.__qualname__ + f"(b={self.a!r})"')),
             ("alike lines", alike('x = self.a; return self.__class__.__qualname__ + f"(a={self.a!r})"')),
             ("alike unwrapped", alike('return self.__class__.__qualname__ + f"(a={self.a!r})".upper()', wrap=False)),
             ("enum of", Color.RED), ("enum mixed", Mixed.A), ("nested", {"k": [Point(Pair(1, collections.Counter("aab")), Child(collections.deque([Empty()])))]})]
    if hasattr(dataclasses, "KW_ONLY"):
        space = {"dataclass": dataclass}
        exec("@dataclass(slots=True, kw_only=True)\nclass New:\n a: int\n b: object = None\n"
             "@dataclass(slots=True)\nclass NewChild(New):\n c: int = 3\n", space)
        found += [("new", space["New"](a=1)), ("new child", space["NewChild"](a=1, b=space["New"](a=2)))]
    return found
