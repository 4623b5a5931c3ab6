"""Values of the builtin types that every program has. values() is a list of (label, value); what is not there in
an older Python is left out."""


def values():
    deep = []
    for _ in range(30):
        deep = [deep]
    itself = [1]
    itself.append(itself)
    found = [("none", None), ("ellipsis", ...), ("not implemented", NotImplemented), ("true", True), ("false", False)]
    found += [("int %d" % n, n) for n in (0, 1, -1, 2 ** 30, -2 ** 30, 2 ** 60 - 1, 10 ** 400)]
    found += [("float %r" % x, x) for x in (0.0, -0.0, 1.5, 1e300, 5e-324, float("inf"), float("nan"))]
    found += [("str empty", ""), ("str quotes", "it's \"so\""), ("str surrogate", "a\ud800b"), ("str wide", "\U0001f40d"),
              ("bytes", b"a\x00'\xff"), ("bytearray", bytearray(b"x")), ("complex", 1 - 2j), ("range", range(1, 9, 2)),
              ("slice", slice(None, 5)), ("deep list", deep), ("list in itself", itself), ("dict", {"a": {1: (2,)}}),
              ("set", {1}), ("frozenset", frozenset("a")), ("type", int), ("function", len)]
    return found
