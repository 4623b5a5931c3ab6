"""The name before the colon: qualified names, modules, and what __module__ may hold."""

SHARED = True

import sys
import types

from corpus import case, table


class Outer:
    class Inner(Exception):
        class Innermost(ValueError):
            pass


class Module(Exception):
    pass


@case
def module_level():
    raise Module("x")


@case
def nested():
    raise Outer.Inner("x")


@case
def nested_twice():
    raise Outer.Inner.Innermost("x")


@case
def local():
    class Local(Exception):
        pass

    raise Local("x")


@case
def local_in_local():
    def make():
        class Local(Exception):
            class Inside(Exception):
                pass
        return Local.Inside

    raise make()("x")


@case
def in_lambda():
    raise (lambda: type("Made", (Exception,), {}))()("x")


def with_module(value):
    class Named(Exception):
        __module__ = value

    raise Named("x")


table({
    "main": "__main__", "builtins": "builtins", "dotted": "a.b.c", "empty": "", "spaces": "with space",
    "unicode": "m\u00f6dul\u65e5", "surrogate": "m\udc80", "new_line": "two\nlines", "exceptions": "exceptions",
}, lambda value: with_module(value))
table({"module_none": None, "module_number": 5, "module_list": ["m"], "module_bytes": b"m", "module_tuple": ()},
      with_module)


class StrSubclass(str):
    pass


@case
def module_str_subclass():
    with_module(StrSubclass("sub"))


@case
def module_str_subclass_main():
    with_module(StrSubclass("__main__"))


@case
def module_set_later():
    class Later(Exception):
        pass

    error = Later("x")
    Later.__module__ = "set.later"
    raise error


@case
def module_of_instance_is_ignored():
    error = Module("x")
    error.__module__ = "of.the.instance"
    raise error


@case
def module_deleted():
    class Bare(Exception):
        pass

    del Bare.__module__
    raise Bare("x")


@case
def module_missing_from_namespace():
    namespace = {"__builtins__": __builtins__}
    exec("class NoName(Exception): pass", namespace)
    raise namespace["NoName"]("x")


@case
def module_inherited_only():
    kind = type.__new__(type, "Made", (Module,), {"__module__": "given"})
    raise kind("x")


@case
def qualname_changed():
    class Renamed(Exception):
        pass

    Renamed.__qualname__ = "Other.Name"
    raise Renamed("x")


@case
def qualname_in_body():
    class Renamed(Exception):
        __qualname__ = "Set.In.Body"

    raise Renamed("x")


@case
def name_changed():
    class Renamed(Exception):
        pass

    Renamed.__name__ = "OnlyName"
    raise Renamed("x")


@case
def unicode_name():
    raise type("Fehler\u00dc\u65e5\U0001d4d0", (Exception,), {})("x")


@case
def odd_name():
    raise type("not an identifier!", (Exception,), {})("x")


@case
def surrogate_qualname():
    raise type("Odd", (Exception,), {"__qualname__": "lone\udcff"})("x")


@case
def created_by_type():
    raise type("Made", (ValueError, KeyError), {"__module__": "pkg.mod"})("x")


@case
def multiple_inheritance():
    class Both(OSError, KeyError):
        pass

    raise Both("x")


@case
def static_type_of_a_module():
    import struct
    struct.unpack("<I", b"")


@case
def zlib_error():
    import zlib
    zlib.decompress(b"not zlib")


@case
def binascii_error():
    import binascii
    binascii.unhexlify("zz")


@case
def select_error_is_os_error():
    import select
    raise select.error(9, "Bad file descriptor")


@case
def socket_gaierror():
    import socket
    raise socket.gaierror(-2, "Name or service not known")


@case
def json_error():
    import json
    json.loads("{")


@case
def unpicklable():
    import pickle
    pickle.loads(b"garbage")


@case
def queue_empty():
    import queue
    queue.Queue().get_nowait()


@case
def asyncio_cancelled():
    import asyncio
    raise asyncio.CancelledError("stop")


@case
def asyncio_timeout():
    import asyncio
    raise asyncio.TimeoutError


@case
def concurrent_future():
    import concurrent.futures
    raise concurrent.futures.BrokenExecutor("pool")


@case
def subprocess_error():
    import subprocess
    raise subprocess.SubprocessError("child")


@case
def module_object_in_sys_modules():
    module = types.ModuleType("made.up")
    sys.modules["made.up"] = module
    exec("class Error(Exception): pass\ndef fail(): raise Error('from a made up module')", module.__dict__)
    try:
        module.fail()
    finally:
        del sys.modules["made.up"]


@case(requires=(3, 12))
def generic():
    namespace = {"__name__": "generic"}
    exec("class Box[T](Exception):\n    pass", namespace)
    raise namespace["Box"]("x")


@case
def metaclass():
    class Meta(type):
        pass

    raise Meta("WithMeta", (Exception,), {})("x")
