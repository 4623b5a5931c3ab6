"""Arrays and frames whose memory says impossible things. The process never looks at them again: it is ended while
it waits, and holds a reference too many to each."""

import ctypes

import numpy as np
import pandas as pd

from names import opening

# struct tagPyArrayObject_fields, numpy/ndarraytypes.h
HEAD = object.__basicsize__
DATA, ND, DIMENSIONS, STRIDES, DESCR = HEAD, HEAD + 8, HEAD + 16, HEAD + 24, HEAD + 40
KEPT = []


def word(address):
    return ctypes.c_uint64.from_address(address)


def broken(change):
    array = np.arange(6.0).reshape(2, 3).copy()
    ctypes.pythonapi.Py_IncRef(ctypes.py_object(array))
    KEPT.append(array)
    change(id(array))
    return array


def set_word(offset, value):
    def change(address):
        word(address + offset).value = value & (2 ** 64 - 1)
    return change


def set_through(offset, index, value):
    def change(address):
        word(word(address + offset).value + 8 * index).value = value & (2 ** 64 - 1)
    return change


def dimensions(count):
    def change(address):
        ctypes.c_int32.from_address(address + ND).value = count
    return change


def frame_of_broken_blocks():
    frame = pd.DataFrame({"a": np.arange(3.0), "b": np.arange(3)})
    for block in frame._mgr.blocks:
        values = block.values
        ctypes.pythonapi.Py_IncRef(ctypes.py_object(values))
        KEPT.append(values)
        word(id(values) + DATA).value = 0x1000
    return frame


def values():
    start = opening(np.arange(1))
    unreadable = [start, "<unreadable>"]
    changes = [
        ("no memory", set_word(DATA, 0), unreadable), ("memory elsewhere", set_word(DATA, 0x1000), unreadable),
        ("negative dimensions", dimensions(-1), unreadable), ("too many dimensions", dimensions(1 << 30), unreadable),
        ("no shape", set_word(DIMENSIONS, 0), unreadable), ("no strides", set_word(STRIDES, 0x10), unreadable),
        ("negative length", set_through(DIMENSIONS, 0, -5), unreadable),
        ("endless", set_through(DIMENSIONS, 0, 2 ** 62), unreadable),
        ("huge stride", set_through(STRIDES, 0, 2 ** 62), unreadable),
        ("negative huge stride", set_through(STRIDES, 1, -2 ** 63), unreadable),
        ("no dtype", set_word(DESCR, 0), unreadable), ("a dtype that is none", set_word(DESCR, id(KEPT)), unreadable),
        ("a dtype that is itself", lambda address: set_word(DESCR, address)(address), unreadable),
    ]
    found = [(label, broken(change), pieces) for label, change, pieces in changes]
    frame = frame_of_broken_blocks()
    KEPT.append(frame)
    return found + [("frame", frame, [opening(frame), "shape=(3, 2)", "columns=['a', 'b']", "<unreadable>"])]
