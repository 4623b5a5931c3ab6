"""The library's own functions replaced by others: what they print must be marked, never taken for what the library
would print."""

import asyncio
import asyncio.base_futures
import asyncio.format_helpers
import concurrent.futures
import io
import subprocess
import threading
import urllib.error
from unittest import mock


def of_my_own(self, *rest, **keywords):
    return "of my own"


def info(future):
    return ["of", "my", "own"]


def callback(future):
    pass


class Property(urllib.error.URLError):
    @property
    def reason(self):
        return "from code"

    @reason.setter
    def reason(self, value):
        pass


class GetAttribute(threading.Condition):
    def __getattribute__(self, name):
        return [1, 2, 3] if name == "_waiters" else super().__getattribute__(name)


class GetAttr(subprocess.CompletedProcess):
    def __getattr__(self, name):
        return "from code"


def values():
    loop = asyncio.new_event_loop()
    plain, called = loop.create_future(), loop.create_future()
    called.add_done_callback(callback)
    threading.Condition.__repr__ = of_my_own
    concurrent.futures.Future.__repr__ = lambda self: "a lambda"
    subprocess.TimeoutExpired.__str__ = of_my_own
    threading.Event.is_set = lambda self: True
    asyncio.base_futures._future_repr_info = info
    asyncio.format_helpers._format_callback = of_my_own
    asyncio.Queue._format = of_my_own
    asyncio.BaseEventLoop.is_running = lambda self: "from code"
    started = threading.Thread(name="not started, whatever is_set() says")
    missing = GetAttr([], 0)
    del missing.args
    queue = asyncio.Queue.__new__(asyncio.Queue)
    queue.__dict__.update(_maxsize=0, _getters=(), _putters=(), _unfinished_tasks=0, _is_shutdown=False)
    return [("condition", threading.Condition()), ("future of a pool", concurrent.futures.Future()),
            ("timeout", subprocess.TimeoutExpired("ls", 1)), ("thread", started), ("future", plain), ("future with callback", called),
            ("queue", queue), ("loop", loop), ("reason", Property("x")), ("getattribute", GetAttribute()), ("getattr", missing),
            ("mock", mock.Mock(spec=io.FileIO)), ("magic mock", mock.MagicMock(spec=threading.Thread))]
