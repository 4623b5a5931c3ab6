"""functools, operator, itertools, re, contextvars."""

import contextvars
import functools
import itertools
import operator
import random
import re
import struct


class Partial(functools.partial):
    pass


class OwnPartial(functools.partial):
    def __repr__(self):
        return "own"


class PartialMethod(functools.partialmethod):
    pass


def function(*args, **kwargs):
    pass


def values():
    partial = functools.partial
    itself = partial(function)
    itself.__setstate__((function, (itself,), {"k": itself}, {}))
    cached = functools.lru_cache(maxsize=None)(function)
    found = [("partial", partial(function)), ("partial args", partial(function, 1, "a", k=2, j=[3])),
             ("partial of partial", partial(partial(function, 1), 2)), ("partial of class", partial(int, base=2)),
             ("partial itself", itself), ("partial subclass", Partial(function, 1)), ("partial own", OwnPartial(function)),
             ("partial method", functools.partialmethod(function)), ("partial method args", functools.partialmethod(function, 1, k=2)),
             ("partial method subclass", PartialMethod(function, 1)), ("lru cache", cached),
             ("cached property", functools.cached_property(function)), ("single dispatch", functools.singledispatch(function)),
             ("cmp key", functools.cmp_to_key(function)), ("cmp object", functools.cmp_to_key(function)(1))]
    if hasattr(functools, "Placeholder"):
        found += [("placeholder", functools.Placeholder), ("partial placeholder", partial(function, functools.Placeholder, 1))]
    found += [("itemgetter", operator.itemgetter(1)), ("itemgetter two", operator.itemgetter(1, "b")),
              ("itemgetter tuple", operator.itemgetter((1, 2))), ("itemgetter slice", operator.itemgetter(slice(1))),
              ("attrgetter", operator.attrgetter("a")), ("attrgetter dotted", operator.attrgetter("a.b", "c", "d.e.f")),
              ("attrgetter quote", operator.attrgetter("it's")), ("methodcaller", operator.methodcaller("m")),
              ("methodcaller args", operator.methodcaller("m", 1, "m", k=2)), ("methodcaller keyword", operator.methodcaller("m", k=2)),
              ("methodcaller same", operator.methodcaller("m", "m"))]
    repeat = itertools.repeat("x", 3)
    next(repeat)
    count = itertools.count(5)
    next(count)
    found += [("count", itertools.count()), ("count from", count), ("count step", itertools.count(1, 2)), ("count down", itertools.count(0, -1)),
              ("count large", itertools.count(2 ** 70)), ("count limit", itertools.count(2 ** 63 - 1)), ("count float", itertools.count(1.5)),
              ("count float step", itertools.count(1, 0.5)), ("count bool step", itertools.count(1, True)),
              ("repeat", itertools.repeat([1])), ("repeat times", repeat), ("repeat none", itertools.repeat(1, 0)),
              ("chain", itertools.chain()), ("islice", itertools.islice([], 1)), ("product", itertools.product()),
              ("enumerate", enumerate([])), ("zip", zip()), ("map", map(str, [])), ("filter", filter(None, [])),
              ("reversed", reversed([])), ("cycle", itertools.cycle([])), ("tee", itertools.tee([])[0])]
    compiled = [("plain", "a"), ("bytes", b"a\x00"), ("long", "a" * 300), ("long quote", "a" * 250 + "'"), ("long bytes", b"'" * 300),
                ("wide", "\u00e9\U0001f40d" * 150), ("198", "a" * 198), ("199", "a" * 199), ("unprintable", "\u200b" * 100),
                ("inline", "(?i)a"), ("verbose", "(?x) a # b")]
    found += [("pattern " + label, re.compile(pattern)) for label, pattern in compiled]
    for flags in (re.I, re.I | re.M | re.S, re.X, re.A, re.U, re.A | re.I):
        found.append(("pattern flags %d" % flags, re.compile("a", flags)))
    found += [("pattern locale", re.compile(b"a", re.L)), ("pattern bytes flags", re.compile(b"a", re.I | re.A))]
    try:
        found.append(("pattern template", re.compile("a", 1)))
    except ValueError:
        pass
    found += [("match", re.match("a", "abc")), ("match empty", re.match("", "abc")), ("match inside", re.search("b+", "abbbc\u00e9")),
              ("match bytes", re.search(b"b+", b"abbb'")), ("match long", re.match("a*", "a" * 60)), ("match 48", re.match("a*", "a" * 48)),
              ("match wide", re.search("\U0001f40d+", "\u00e9" * 5 + "\U0001f40d" * 60)), ("match quote", re.search("'.*", "x'y" + '"')),
              ("match bytearray", re.match(b"a", bytearray(b"abc"))), ("match long bytes", re.match(b"'*", b"'" * 60)),
              ("scanner", re.compile("a").scanner("aaa")), ("iterator", re.finditer("a", "a"))]
    variable, with_default = contextvars.ContextVar("it's"), contextvars.ContextVar("v", default=[1])
    token, used = variable.set(1), with_default.set(2)
    with_default.reset(used)
    itself_variable = contextvars.ContextVar("loop", default=[])
    found += [("context variable", variable), ("context variable default", with_default), ("token", token), ("token used", used),
              ("token missing", contextvars.Token.MISSING), ("context", contextvars.copy_context()),
              ("context items", contextvars.copy_context().items()), ("context variable list", itself_variable),
              ("struct", struct.Struct("<i4s")), ("random", random.Random(1)), ("system random", random.SystemRandom())]
    return found
