"""Files of every kind, open, closed, detached and not initialised, and what the standard library puts around them."""

import bz2
import codecs
import gzip
import importlib.metadata
import io
import lzma
import mmap
import os
import sys
import tarfile
import tempfile
import unittest
import weakref
import zipfile
from xml.etree import ElementTree

KEPT = tempfile.TemporaryDirectory(prefix="corpus-")
FOLDER = KEPT.name


class FileIO(io.FileIO):
    pass


class NamedFileIO(io.FileIO):
    @property
    def name(self):
        return "own name"

    @name.setter
    def name(self, value):
        pass


class Reader(io.BufferedReader):
    pass


class Wrapper(io.TextIOWrapper):
    pass


class Described(io.TextIOWrapper):
    def __repr__(self):
        return "a file of my own"


class Raw(io.RawIOBase):
    def readable(self):
        return True


class NamedRaw(Raw):
    name = "a class attribute"


class PropertyRaw(Raw):
    @property
    def name(self):
        return "from code"


def path(name="plain"):
    return os.path.join(FOLDER, name)


def closed(file):
    file.close()
    return file


def raw_files():
    with open(path(), "wb") as file:
        file.write(b"text\n" * 10)
    modes = ["wb", "rb", "ab", "rb+", "wb+", "ab+"]
    found = [("raw " + mode, open(path("modes"), mode, buffering=0)) for mode in modes]
    for number, mode in enumerate(["xb", "xb+"]):
        found.append(("raw " + mode, open(path("new%d" % number), mode, buffering=0)))
    descriptor = os.open(path(), os.O_RDONLY)
    without = io.FileIO(os.dup(descriptor))
    del without.name
    itself = io.FileIO(os.dup(descriptor))
    itself.name = itself
    in_list = io.FileIO(os.dup(descriptor))
    in_list.name = [in_list]
    odd = io.FileIO(os.dup(descriptor))
    odd.name = {"a": 1}
    found += [("raw fd", io.FileIO(descriptor, closefd=False)), ("raw fd write", io.FileIO(os.dup(1), "w")),
              ("raw closed", closed(open(path(), "rb", buffering=0))), ("raw new", io.FileIO.__new__(io.FileIO)),
              ("raw without name", without), ("raw named itself", itself), ("raw named by a list", in_list),
              ("raw odd name", odd), ("raw bytes name", io.FileIO(os.fsencode(path()))), ("raw subclass", FileIO(path())),
              ("raw name property", NamedFileIO(path())), ("raw in a class", Raw()), ("raw pathlike", io.FileIO(path("\u00e9\udcff"), "w"))]
    return found


def buffered_files():
    detached = open(path(), "rb")
    detached.detach()
    found = [("buffered " + mode, open(path("modes"), mode)) for mode in ("rb", "wb", "ab", "rb+")]
    found += [("buffered closed", closed(open(path(), "rb"))), ("buffered detached", detached),
              ("buffered new", io.BufferedReader.__new__(io.BufferedReader)), ("buffered without name", io.BufferedReader(Raw())),
              ("buffered class name", io.BufferedReader(NamedRaw())), ("buffered property name", io.BufferedReader(PropertyRaw())),
              ("buffered subclass", Reader(io.FileIO(path()))), ("buffered of bytes", io.BufferedReader(io.BytesIO())),
              ("buffered pair", io.BufferedRWPair(Raw(), io.FileIO(path("modes"), "w"))),
              ("buffered twice", io.BufferedReader(io.BufferedReader(io.FileIO(path())))),
              ("buffered of fd", open(os.dup(0), "rb"))]
    return found


def text_files():
    detached = open(path())
    detached.detach()
    renamed = open(path())
    renamed.mode = "a mode of its own"
    no_mode = open(path())
    del no_mode.mode
    inner = open(path())
    inner.buffer.raw.name = "renamed inside"
    itself = open(path())
    itself.mode = itself
    broken = io.TextIOWrapper(io.BytesIO())
    try:
        broken.__init__(io.BytesIO(), encoding="no such encoding")
    except LookupError:
        pass
    found = [("text " + mode, open(path("modes"), mode)) for mode in ("r", "w", "a", "r+")]
    found += [("text latin", open(path(), encoding="latin-1")), ("text utf-8-sig", open(path(), encoding="UTF-8-SIG")),
              ("text closed", closed(open(path()))), ("text detached", detached), ("text renamed", renamed),
              ("text without mode", no_mode), ("text renamed inside", inner), ("text itself as mode", itself),
              ("text new", io.TextIOWrapper.__new__(io.TextIOWrapper)), ("text broken", broken),
              ("text of bytes", io.TextIOWrapper(io.BytesIO(), encoding="ascii")),
              ("text subclass", Wrapper(open(path(), "rb"), encoding="utf-8")),
              ("text own repr", Described(open(path(), "rb"), encoding="utf-8")),
              ("text of property", io.TextIOWrapper(io.BufferedReader(PropertyRaw()), encoding="utf-8")),
              ("text of gzip", io.TextIOWrapper(gzip.GzipFile(path("a.gz"), "w"), encoding="utf-8")),
              ("stdin", sys.stdin), ("stdout", sys.stdout), ("stderr", sys.stderr), ("stdout real", sys.__stdout__)]
    return found


def memory_files():
    anonymous = mmap.mmap(-1, 4096)
    anonymous.seek(7)
    mapped = open(path(), "rb")
    reading = mmap.mmap(mapped.fileno(), 0, access=mmap.ACCESS_READ)
    copied = mmap.mmap(mapped.fileno(), 10, access=mmap.ACCESS_COPY)
    closed_map = mmap.mmap(-1, 10, access=mmap.ACCESS_WRITE)
    closed_map.close()
    return [("stringio", io.StringIO("text")), ("stringio closed", closed(io.StringIO())), ("bytesio", io.BytesIO(b"x")),
            ("mmap", anonymous), ("mmap read", reading), ("mmap copy", copied), ("mmap closed", closed_map)]


def archives():
    with zipfile.ZipFile(path("a.zip"), "w") as archive:
        archive.writestr("stored", b"x")
        archive.writestr("deflated", b"x" * 100, zipfile.ZIP_DEFLATED)
        archive.writestr("other", b"x" * 100, zipfile.ZIP_BZIP2)
    reading = zipfile.ZipFile(path("a.zip"))
    buffer = io.BytesIO()
    in_memory = zipfile.ZipFile(buffer, "w")
    writing = gzip.open(path("b.gz"), "wb")
    ended = gzip.GzipFile(fileobj=io.BytesIO(), mode="w")
    ended.close()
    ended.fileobj = 5
    found = [("zip", reading), ("zip closed", closed(zipfile.ZipFile(path("a.zip")))), ("zip of a file", in_memory),
             ("zip member", reading.open("stored")), ("zip member deflated", reading.open("deflated")),
             ("zip member bzip2", reading.open("other")), ("zip member closed", closed(reading.open("stored"))),
             ("gzip", writing), ("gzip closed", closed(gzip.open(path("c.gz"), "wb"))),
             ("gzip of bytes", gzip.GzipFile(fileobj=io.BytesIO(), mode="w")), ("gzip of an int", ended),
             ("bz2", bz2.open(path("d.bz2"), "w")), ("lzma", lzma.open(path("e.xz"), "w")),
             ("tar", tarfile.open(path("f.tar"), "w")), ("tar info", tarfile.TarInfo("na'me"))]
    return found


class Case(unittest.TestCase):
    def runTest(self):
        pass


def others():
    temporary = tempfile.TemporaryDirectory()
    named = tempfile.NamedTemporaryFile()
    weak = weakref.WeakKeyDictionary()
    element = ElementTree.Element("a {tag}")
    odd = ElementTree.Element("x")
    odd.tag = [odd]
    return [("temporary directory", temporary), ("temporary file", named), ("temporary unnamed", tempfile.TemporaryFile()),
            ("spooled", tempfile.SpooledTemporaryFile()), ("weak keys", weak), ("weak values", weakref.WeakValueDictionary()),
            ("codec", codecs.lookup("utf-8")), ("stream reader", codecs.open(path(), "r", "utf-8")),
            ("test case", Case()), ("qname", ElementTree.QName("ns", "tag")), ("element", element),
            ("element in itself", odd), ("scandir closed", closed(os.scandir(FOLDER))),
            ("entry point", importlib.metadata.EntryPoint("a", "b:c", "d") if sys.version_info >= (3, 11) else None)]


def values():
    return raw_files() + buffered_files() + text_files() + memory_files() + archives() + others()
