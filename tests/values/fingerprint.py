"""Prints rows of src/cpython/value/functions/*.def for functions of this Python's standard library.

    fingerprint.py MODULE:QUALNAME...     e.g. collections:Counter.__repr__ collections:namedtuple.<locals>.__repr__

"<locals>" goes from a function to one that it makes, "<wrapped>" from what a decorator made to what it was given.

The hash is that of fingerprint() in src/cpython/value/python_functions.cpp. Runs on every Python from 3.8 on.
"""

import importlib
import os
import struct
import sys
import types


def parts(code):
    """The bytes that are hashed, piece by piece."""
    yield b"code(%d,%d,%d)" % (code.co_argcount, code.co_flags, len(code.co_code))
    yield from constant(code.co_names)
    yield from constant(code.co_consts)


def constant(value):
    kind = type(value)
    if value is None:
        yield b"N"
    elif value is Ellipsis:
        yield b"E"
    elif kind is types.CodeType:
        yield from parts(value)
    elif kind is str:
        raw = value.encode("utf-8", "surrogatepass")
        yield b"s%d:" % len(raw) + raw
    elif kind is bytes:
        yield b"b%d:" % len(value) + value
    elif kind in (int, bool):
        yield b"%s%d;" % (b"B" if kind is bool else b"i", value) if -2 ** 63 <= value < 2 ** 63 else b"?"
    elif kind is float:
        yield b"f" + struct.pack("<d", value)
    elif kind is tuple:
        yield b"("
        for item in value:
            yield from constant(item)
        yield b")"
    else:
        yield b"?"


def fingerprint(code):
    hashed = 0xcbf29ce484222325
    for part in parts(code):
        for byte in part:
            hashed = (hashed ^ byte) * 0x100000001b3 & 0xffffffffffffffff
    return hashed


def find(name):
    """(code object, its file below the standard library, its qualified name)"""
    module, _, path = name.partition(":")
    found = importlib.import_module(module)
    path, _, inner = path.partition(".<locals>.")
    for part in path.split("."):
        if part == "<wrapped>":  # what a decorator of reprlib or dataclasses holds
            found = found.__closure__[-1].cell_contents
        else:
            found = vars(found)[part] if isinstance(found, type) else getattr(found, part)
    code = getattr(found, "__func__", found).__code__
    qualname = getattr(code, "co_qualname", getattr(found, "__qualname__", path))
    for part in inner.split(".<locals>.") if inner else []:
        code = [c for c in code.co_consts if isinstance(c, types.CodeType) and c.co_name == part][0]
        qualname += ".<locals>." + part
    folder = os.path.dirname(os.__file__) + "/"
    file = code.co_filename
    if file.startswith("<frozen "):
        file = file[8:-1].replace(".", "/") + ".py"
    elif file.startswith(folder):
        file = file[len(folder):]
    return code, file, getattr(code, "co_qualname", qualname)


def main():
    for name in sys.argv[1:]:
        try:
            code, file, qualname = find(name)
        except (ImportError, KeyError, AttributeError, IndexError) as error:
            print("// %d.%d has no %s: %r" % (sys.version_info[:2] + (name, error)))
            continue
        print('FUNCTION(0x%016x, "%s", "%s", DECODER)  // %d.%d.%d' % (
            (fingerprint(code), file, qualname) + tuple(sys.version_info[:3])))


if __name__ == "__main__":
    main()
