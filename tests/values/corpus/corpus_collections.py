"""collections, types.SimpleNamespace, array, structure sequences, os.environ, weak containers."""

import array
import collections
import os
import pwd
import reprlib
import resource
import sys
import time
import types
import typing
import weakref

KEPT = []


class MyDeque(collections.deque):
    pass


class OwnDeque(collections.deque):
    def __repr__(self):
        return "mine"


class IterDeque(collections.deque):
    def __iter__(self):
        return iter("abc")


class MyOrdered(collections.OrderedDict):
    pass


class ItemsOrdered(collections.OrderedDict):
    def items(self):
        return [("i", 1)]


class KeysOrdered(collections.OrderedDict):
    def keys(self):
        return ["k"]

    def __getitem__(self, key):
        return "got"


class IterOrdered(collections.OrderedDict):
    def __iter__(self):
        return iter(["z"])


class MyDefault(collections.defaultdict):
    pass


class MyCounter(collections.Counter):
    pass


class ItemsCounter(collections.Counter):
    def items(self):
        return [("x", 9)]


class TopCounter(collections.Counter):
    def most_common(self, n=None):
        return [("top", 1)]


class MyChain(collections.ChainMap):
    pass


class MyUserDict(collections.UserDict):
    pass


class DataProperty(collections.UserDict):
    @property
    def data(self):
        return {"a": "property"}

    @data.setter
    def data(self, value):
        pass


class Fallback(collections.UserDict):
    def __getattr__(self, name):
        return 5


class MySpace(types.SimpleNamespace):
    pass


class MyArray(array.array):
    pass


class MySet(set):
    pass


class MyFrozen(frozenset):
    pass


class Missing(dict):
    def __missing__(self, key):
        return 1


class Wrapped:
    @reprlib.recursive_repr()
    def __repr__(self):
        return "mine"


class Low:
    def __init__(self, n):
        self.n = n

    def __lt__(self, other):
        return self.n < other.n


Point = collections.namedtuple("Point", "x y")
Empty = collections.namedtuple("Empty", "")
Renamed = collections.namedtuple("Renamed", "a class a", rename=True)
Wide = collections.namedtuple("Wide", ["f%d" % n for n in range(60)])


class Typed(typing.NamedTuple):
    name: str
    count: int = 3


class MyPoint(Point):
    __slots__ = ()


class OwnPoint(Point):
    def __repr__(self):
        return "P"


class Meta(type):
    @property
    def __name__(cls):
        return "odd"


class MetaPoint(Point, metaclass=Meta):
    pass


class Named:
    pass


def ordered(pairs, first=(), last=(), kind=collections.OrderedDict):
    made = kind(pairs)
    for key in first:
        made.move_to_end(key, last=False)
    for key in last:
        made.move_to_end(key)
    return made


def deques():
    itself = collections.deque([1])
    itself.append(itself)
    turned = collections.deque(range(200))
    turned.rotate(77)
    popped = collections.deque(range(300))
    for _ in range(150):
        popped.popleft()
    left = collections.deque()
    left.extendleft(range(70))
    nested = [collections.deque()]
    nested[0].append(nested)
    return [("empty", collections.deque()), ("one", collections.deque([1])), ("maxlen", collections.deque("abcde", maxlen=3)),
            ("maxlen 0", collections.deque("abc", 0)), ("itself", itself), ("turned", turned), ("popped", popped), ("left", left),
            ("nested", nested), ("blocks", collections.deque(range(64))), ("blocks and one", collections.deque(range(65))),
            ("subclass", MyDeque("ab", 5)), ("own repr", OwnDeque("ab")), ("own iter", IterDeque("xyz"))]


def ordered_dicts():
    itself = collections.OrderedDict(a=1)
    itself["self"] = itself
    deleted = ordered((n, n) for n in range(50))
    for n in range(0, 50, 3):
        del deleted[n]
    deleted[0] = "again"
    by_dict = collections.OrderedDict(a=1, b=2)
    dict.__setitem__(by_dict, "a", "changed")
    return [("empty", collections.OrderedDict()), ("one", collections.OrderedDict(a=1)), ("order", ordered([("z", 1), ("a", 2), (3, None)])),
            ("moved", ordered([("a", 1), ("b", 2), ("c", 3)], first="c", last="a")), ("itself", itself), ("deleted", deleted),
            ("changed below", by_dict), ("in list", [collections.OrderedDict(a=[])]), ("subclass", ordered({"a": 1}, kind=MyOrdered)),
            ("subclass moved", ordered({"a": 1, "b": 2}, last="a", kind=MyOrdered)), ("subclass empty", MyOrdered()),
            ("own items", ItemsOrdered(a=1)), ("own keys", KeysOrdered(a=1)), ("own iter", IterOrdered(a=1)), ("own items empty", ItemsOrdered())]


def default_dicts():
    itself = collections.defaultdict(list)
    itself["a"] = itself
    factory = collections.defaultdict()
    factory.default_factory = factory
    return [("empty", collections.defaultdict(int)), ("none", collections.defaultdict(None, a=1)), ("filled", collections.defaultdict(list, {1: [2]})),
            ("itself", itself), ("factory is itself", factory), ("subclass", MyDefault(dict, a={})),
            ("class", collections.defaultdict(Named, a=1)), ("nested", collections.defaultdict(list, a=collections.defaultdict(int, b=1)))]


def counters():
    return [("empty", collections.Counter()), ("letters", collections.Counter("abracadabra")), ("equal", collections.Counter("zyx")),
            ("negative", collections.Counter(a=-1, b=0, c=2, d=-7)), ("large", collections.Counter(a=10 ** 30, b=2, c=10 ** 30 + 1, d=-10 ** 40)),
            ("floats", collections.Counter(a=1.5, b=2, c=1)), ("bools", collections.Counter(a=True, b=False, c=True)),
            ("strings", collections.Counter(a="x", b="y", c="x")), ("none", collections.Counter(a=None)), ("nones", collections.Counter(a=None, b=None)),
            ("mixed", collections.Counter(a=1, b="x", c=3)), ("objects", collections.Counter(a=Low(1), b=Low(2))),
            ("object", collections.Counter(a=[1])), ("nan", collections.Counter(a=float("nan"), b=1, c=2)),
            ("tuples", collections.Counter({(1, 2): 3, None: 4})), ("many", collections.Counter(n % 97 for n in range(5000))),
            ("subclass", MyCounter("aab")), ("own items", ItemsCounter("aab")), ("own most_common", TopCounter("aab")),
            ("in dict", {"c": collections.Counter("hello")})]


def python_classes():
    chain = collections.ChainMap({"a": 1}, {"b": 2})
    endless = collections.ChainMap({})
    endless.maps.append(endless)
    odd = collections.ChainMap()
    odd.maps = iter(())
    bare = collections.ChainMap()
    del bare.maps
    gone = collections.UserDict()
    del gone.data
    looks = Fallback()
    del looks.__dict__["data"]
    text = collections.UserString("it's \u20ac")
    target = Named()
    KEPT.append(target)
    weak_values = weakref.WeakValueDictionary(a=target)
    weak_keys = weakref.WeakKeyDictionary()
    weak_keys[target] = 1
    return [("chain", chain), ("chain empty", collections.ChainMap()), ("chain of itself", endless), ("chain child", chain.new_child({"c": 3})),
            ("chain of iterator", odd), ("chain without maps", bare), ("chain subclass", MyChain({1: 2})), ("chain in chain", collections.ChainMap(chain)),
            ("user dict", collections.UserDict(a=1)), ("user dict subclass", MyUserDict(b=2)), ("user dict property", DataProperty(a=1)),
            ("user dict without", gone), ("user dict getattr", looks), ("user list", collections.UserList([1, "a"])), ("user string", text),
            ("wrapped own", Wrapped()), ("weak set empty", weakref.WeakSet()), ("weak values", weak_values), ("weak keys", weak_keys)]


def named_tuples():
    short = tuple.__new__(Point, (1,))
    long = tuple.__new__(Point, (1, 2, 3))
    endless = Point([], 1)
    endless.x.append(endless)
    return [("point", Point(1, "a")), ("empty", Empty()), ("renamed", Renamed(1, 2, 3)), ("wide", Wide(*range(60))), ("typed", Typed("n")),
            ("subclass", MyPoint(1, 2)), ("own repr", OwnPoint(1, 2)), ("meta", MetaPoint(1, 2)), ("too short", short), ("too long", long),
            ("nested", Point(Point(1, 2), [Typed("x", 4)])), ("endless", endless)]


def namespaces():
    itself = types.SimpleNamespace(b=1)
    itself.me = itself
    odd = types.SimpleNamespace(a=1)
    odd.__dict__[""] = "empty"
    odd.__dict__["not a name"] = 2
    mixed = types.SimpleNamespace(a=1)
    mixed.__dict__[5] = 6
    sub = MySpace(z=1, a=[1])
    sub.me = [sub]
    return [("empty", types.SimpleNamespace()), ("order", types.SimpleNamespace(z=1, a=2, m={"k": 1})), ("itself", itself), ("odd names", odd),
            ("mixed names", mixed), ("subclass", sub), ("subclass empty", MySpace()), ("unicode", types.SimpleNamespace(**{"\xe9": 1, "z": 2, "\u4e00": 3}))]


def arrays():
    found = []
    for code in array.typecodes:
        found.append(("empty " + code, array.array(code)))
        if code in "uw":
            values = "it's \u20ac\U0001f40d\n"
        elif code.startswith("Z"):
            values = [1 + 2j, -0.5j, complex("nan"), 1e30]
        elif code in "efd":
            values = [0.0, -0.0, 1.5, -0.1, float("inf"), float("nan"), 6e-8, 65504.0]
        else:
            size = 8 * array.array(code).itemsize
            signed = code.islower()
            values = [0, 1, 7, 2 ** (size - signed) - 1] + ([-1, -2 ** (size - 1)] if signed else [])
        found.append(("filled " + code, array.array(code, values)))
    return found + [("subclass", MyArray("i", [1, 2])), ("subclass empty", MyArray("b")), ("long", array.array("H", range(3000)))]


def sequences():
    return [("struct_time", time.gmtime(0)), ("struct_time local", time.localtime(1e9)), ("struct_time of strings", time.struct_time(["x" * 100] * 9)),
            ("stat", os.stat("/")), ("statvfs", os.statvfs("/")), ("terminal_size", os.terminal_size((80, 24))), ("times", os.times()),
            ("uname", os.uname()), ("version_info", sys.version_info), ("flags", sys.flags), ("float_info", sys.float_info),
            ("int_info", sys.int_info), ("hash_info", sys.hash_info), ("thread_info", sys.thread_info), ("passwd", pwd.getpwuid(0)),
            ("rusage", resource.getrusage(resource.RUSAGE_SELF)), ("asyncgen_hooks", sys.get_asyncgen_hooks()),
            ("sched_param", os.sched_param(3)), ("struct_time of itself", time.struct_time([time.gmtime(0)] * 9))]


def environments():
    def made(data, decode_key=os.environ.decodekey):
        it = object.__new__(os._Environ)
        it.__dict__.update(os.environ.__dict__, _data=data, decodekey=decode_key)
        return it

    own = made({b"A": b"1"}, lambda key: "mine")
    other = made({b"A\xff": b"caf\xc3\xa9 \xe2\x82\xac \xff\xed\xa0\x80\xf0\x9f\x90\x8d\xe2\x82", b"IT'S": b""})
    texts = made({"A": b"1"})
    return [("environ", os.environ), ("environb", os.environb), ("environ odd bytes", other), ("environ own decoder", own), ("environ of str", texts)]


def sets():
    itself = MySet()
    holder = Named()
    KEPT.append(holder)
    return [("set subclass", MySet([1])), ("set subclass empty", itself), ("frozenset subclass", MyFrozen("a")), ("frozenset subclass empty", MyFrozen()),
            ("set order", {9, 1, 17, 33, 5, "a", None}), ("missing", Missing(a=1)), ("frozenset in set", {frozenset([1])})]


def values():
    found = []
    for name, made in (("deque", deques()), ("ordered", ordered_dicts()), ("default", default_dicts()), ("counter", counters()),
                       ("class", python_classes()), ("named", named_tuples()), ("namespace", namespaces()), ("array", arrays()),
                       ("sequence", sequences()), ("environ", environments()), ("set", sets())):
        found += [("%s %s" % (name, label), value) for label, value in made]
    everything = [value for label, value in found if label.split()[-1] in ("one", "filled", "letters", "point", "order", "moved")]
    return found + [("all in list", everything), ("all in exception", ValueError(everything)), ("all in dict", {"k": tuple(everything)})]
