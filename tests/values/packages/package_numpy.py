import numpy as np

from names import opening


def first(array, limit):
    return repr(array.tolist()[:limit])


def array_case(label, array, limit=20):
    """The array with its shape and dtype as it tells them, and as many items as are shown of that many dimensions."""
    whole = all(length <= limit for length in array.shape)
    items = repr(array.tolist()) if whole else first(array, limit)[:-1]
    return (label, array, [opening(array), "shape=%r" % (array.shape,), "dtype=%s" % str(array.dtype), "data=" + items])


def small_float_items(array):
    return "data=[%s]" % ", ".join(str(float(str(item))) for item in array)


def values():
    found = [
        array_case("floats", np.arange(6, dtype="f8") / 4),
        array_case("two dimensions", np.arange(12.0).reshape(3, 4)),
        array_case("column order", np.asfortranarray(np.arange(12).reshape(3, 4))),
        array_case("three dimensions", np.arange(8).reshape(2, 2, 2)),
        array_case("reversed", np.arange(5)[::-1]),
        array_case("every second", np.arange(20)[::2]),
        array_case("transposed", np.arange(6).reshape(2, 3).T),
        array_case("repeated", np.broadcast_to(np.int64(7), (4,))),
        array_case("no dimensions", np.array(5.5)),
        array_case("empty", np.array([], dtype="i4")),
        array_case("empty rows", np.zeros((0, 3))),
        array_case("many", np.arange(100000)),
        array_case("bool", np.array([True, False])),
        array_case("complex", np.array([1 + 2j, -0.5j])),
        array_case("objects", np.array([None, "x", [1, 2]], dtype=object)),
        array_case("text", np.array(["a", "\u00e9\U0001f600", "it's"])),
        array_case("bytes", np.array([b"ab", b"\x00c"])),
        array_case("structured", np.array(5)),
        array_case("big endian", np.array([1, 2, -3], dtype=">i4")),
        array_case("big endian floats", np.array([1.5, -2.25], dtype=">f8")),
        array_case("big endian text", np.array(["ab"]).astype(">U2")),
        array_case("nan", np.array([np.nan, np.inf, -np.inf, -0.0])),
    ]
    for kind in "i1 i2 i4 i8 u1 u2 u4 u8".split():
        info = np.iinfo(kind)
        found.append(array_case(kind, np.array([info.min, info.max, 1], dtype=kind)))
    found[16] = ("structured", np.zeros(2, dtype=[("a", "i4"), ("b", "f8")]), ["shape=(2,)", "dtype=" + np.dtype([("a", "i4"), ("b", "f8")]).str])
    for kind in "f2 f4".split():
        array = np.array([0.1, 1.0, 2.5, 65504.0, 3.0e-5], dtype=kind)
        found.append((kind, array, ["dtype=" + str(array.dtype), small_float_items(array)]))
    for unit in "D h m s ms us ns".split():
        array = np.array(["2024-02-29T12:30:45.123456789", "1969-12-31", "NaT"], dtype="M8[ns]").astype("M8[%s]" % unit)
        items = ", ".join("NaT" if str(item) == "NaT" else "'%s'" % item for item in array)
        found.append(("datetime " + unit, array, ["dtype=" + str(array.dtype), "data=[%s]" % items]))
    found.append(("25 seconds", np.array([3], dtype="M8[25s]"), ["dtype=datetime64[25s]", "'%s'" % np.datetime64(3, "25s")]))
    for label, scalar in [("int64", np.int64(-5)), ("uint8", np.uint8(255)), ("float64", np.float64(0.1)),
                          ("bool", np.bool_(True)), ("complex128", np.complex128(1 + 2j)),
                          ("str", np.str_("it's")), ("bytes", np.bytes_(b"x\xff"))]:
        found.append((label + " scalar", scalar, [opening(scalar), "value=%r>" % scalar.item()]))
    found.append(("float32 scalar", np.float32(0.1), [opening(np.float32(0.1)), "value=%s>" % np.float32(0.1)]))
    found.append(("datetime scalar", np.datetime64("2024-01-02T03:04:05", "s"), ["value='%s'>" % np.datetime64("2024-01-02T03:04:05", "s")]))
    found.append(("dtype", np.dtype("f4"), ["name=%s>" % np.dtype("f4")]))

    class Named(np.ndarray):
        pass
    found.append(array_case("subclass", np.arange(3).view(Named)))
    found.append(("in a list", [np.arange(2)], ["[" + opening(np.arange(2)), "data=[0, 1]>]"]))
    return found
