import numpy as np
import pandas as pd

from names import opening

ROWS = 5  # shown of each frame


def cell(column, row):
    value = column.to_numpy()[row]
    return "'%s'" % value if isinstance(value, np.datetime64) else repr(value.item() if hasattr(value, "item") else value)


def frame_case(label, frame, dtypes=True):
    rows = ["[" + ", ".join(cell(frame.iloc[:, column], row) for column in range(frame.shape[1])) + "]"
            for row in range(min(ROWS, len(frame)))]
    pieces = [opening(frame), "shape=%r" % (frame.shape,), "columns=%s" % list(frame.columns), "rows=[" + ", ".join(rows)]
    if dtypes:
        pieces.append("dtypes=[" + ", ".join(map(str, frame.dtypes)) + "]")
    return (label, frame, pieces)


def values():
    mixed = pd.DataFrame({"a": [1, 2, 3], "b": [1.5, 2.5, 3.5], "c": [True, False, True], "d": [4, 5, 6]})
    dates = pd.DataFrame({"when": pd.date_range("2024-01-01", periods=3).as_unit("ns") if hasattr(pd.DatetimeIndex, "as_unit")
                          else pd.date_range("2024-01-01", periods=3), "n": [1, 2, 3]})
    # In each column nothing but text, however the version stores that.
    text = pd.DataFrame({"x": ["p", "q"], "y": ["r", "s"]})
    objects = pd.DataFrame({"x": np.array([None, ["z"]], dtype=object)})
    series = pd.Series([1, 2, 3], name="prices")
    index = pd.Index([10, 20], name="ids")
    masked = pd.array([1, None, 3], dtype="Int64")
    categories = pd.Series(pd.Categorical(["u", "v", "u"]))
    return [
        frame_case("mixed", mixed),
        frame_case("one kind", pd.DataFrame(np.arange(6).reshape(3, 2), columns=["a", "b"])),
        frame_case("long", pd.DataFrame({"n": np.arange(1000), "half": np.arange(1000) / 2})),
        frame_case("part of another", mixed.iloc[1:, 1:3]),
        frame_case("reordered", mixed[["d", "b", "a"]]),
        frame_case("dates", dates),
        frame_case("text", text, dtypes=False),
        frame_case("objects", objects),
        ("empty", pd.DataFrame(), ["shape=(0, 0)"]),
        ("labels", pd.DataFrame({"a": [1, 2]}, index=["r", "s"]), ["shape=(2, 1)", "rows=[[1], [2]]"]),
        ("two levels", pd.DataFrame({"a": [1, 2]}, index=pd.MultiIndex.from_tuples([(1, 2), (3, 4)])), ["shape=(2, 1)"]),
        ("series", series, [opening(series), "name='prices'", "length=3", "dtype=%s" % series.dtype, "values=%s" % series.tolist()]),
        ("index", index, [opening(index), "name='ids'", "dtype=%s" % index.dtype, "values=%s" % index.tolist()]),
        ("range index", pd.RangeIndex(3, 9, 2), [opening(pd.RangeIndex(1)), "range=range(3, 9, 2)"]),
        ("masked", masked, [opening(masked), "length=3", "values=[%s]" % ", ".join(map(str, masked))]),
        # The numbers behind a Categorical are not its values: they are not shown as such.
        ("categories", categories, [opening(categories), "dtype=%s>" % type(categories.array).__name__]),
    ]
