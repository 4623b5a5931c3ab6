"""Objects whose __repr__ is the program's own: what they are and where, then what they hold."""


from names import pairs


def shout(self):
    raise RuntimeError("the code of the program ran")


class Text(str):
    __repr__ = shout


class Number(int):
    __repr__ = shout


class Many(list):
    __repr__ = shout


class Pair(tuple):
    __repr__ = shout


class Table(dict):
    __repr__ = shout


class Group(frozenset):
    __repr__ = shout


class Raw(bytes):
    __repr__ = shout


class Real(float):
    __repr__ = shout


class Broken(Exception):
    __repr__ = shout


class Base:
    __slots__ = ("first", "unset")


class Slots(Base):
    __slots__ = ("second", "__private")
    __repr__ = shout

    def __init__(self):
        self.second, self.first, self.__private = 2, 1, 3


class Hidden:
    __repr__ = shout

    def __init__(self):
        self.__dict__.update(value="stored", name="n")

    @property
    def value(self):
        raise RuntimeError("a property ran")


class Node:
    __repr__ = shout

    def __init__(self, inner, many=()):
        self.inner, self.many = inner, many


class Empty:
    __repr__ = shout


def default(value):
    return object.__repr__(value)


def values():
    table = Table(a=1)
    table.kept = "yes"
    broken = Broken("why", 5)
    broken.code = 7
    loop = Node(None)
    loop.inner = loop
    deep = Node(Node(Node(Node(1))))
    held = [(kind, kind(value)) for kind, value in [(Text, "it's"), (Number, -7), (Many, [1, "x"]), (Pair, (1,)), (Raw, b"\xff"), (Real, 0.1)]]
    found = [(kind.__name__, value, [default(value) + "(" + super(kind, value).__repr__() + ")"]) for kind, value in held]
    slots, hidden, empty, group = Slots(), Hidden(), Empty(), Group([5])
    wide = Node(1)
    wide.__dict__.update(("n%d" % i, i) for i in range(50))
    return found + [
        ("dict with attributes", table, [default(table) + "({'a': 1}, kept='yes')"]),
        ("frozenset", group, [default(group) + "(", "{5}"]),
        ("exception", broken, [default(broken) + "(args=('why', 5), code=7)"]),
        ("slots, base first, mangled, unset left out", slots,
         [default(slots) + "(first=1, ", "second=2", "_Slots__private=3"]),
        ("behind a property", hidden, [default(hidden) + "(" + ", ".join(pairs(value="stored", name="n")) + ")"]),
        ("nothing in it", empty, [default(empty)]),
        ("itself inside", loop, ["(inner=" + default(loop) + ", many=())"]),
        ("two deep", deep, [default(deep) + "(inner=" + default(deep.inner) + "(inner=" + default(deep.inner.inner) + ", many=())"]),
        ("many attributes", wide, ["n0=0", "...<%d more>" % (len(wide.__dict__) - 20)]),
    ]
