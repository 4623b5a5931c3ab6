"""Imported by module_frames.py: __builtins__ is a dict here, and __spec__ is set."""

import collections.abc
import functools
import os.path as path
import typing

import sync

ALIASES = [typing.List[int], typing.Optional[str], collections.abc.Callable]
BOUND = functools.partial(path.join, "/")


class Plain:
    pass


def said(error):
    import traceback

    lines = traceback.TracebackException(type(error), error, error.__traceback__, capture_locals=True).format()
    return "".join(lines).encode("utf-8", "surrogatepass").hex()


try:
    Plain().attribute
except AttributeError as error:
    said(error)  # what a repr() looks up the first time is known from here on
    sync.say(said(error).encode())
    sync.ready_and_wait()
