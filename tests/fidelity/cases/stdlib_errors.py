"""str() of exceptions of the standard library that have a __str__ of their own, written in Python or in C: raised as
their modules raise them where that is possible, and made with odd attributes."""

SHARED = True

import argparse
import asyncio
import calendar
import concurrent.futures.process
import configparser
import email.errors
import getopt
import http.client
import importlib.metadata
import io
import json
import multiprocessing.managers
import multiprocessing.pool
import netrc
import optparse
import pickle
import py_compile
import queue
import shutil
import signal
import smtplib
import socket
import ssl
import struct
import subprocess
import sys
import tarfile
import unittest
import urllib.error
import xml.parsers.expat
import xml.sax
import xmlrpc.client
import zipfile
from xml.etree import ElementTree

from corpus import case, table


def made(error, **attributes):
    for name, value in attributes.items():
        setattr(error, name, value)
    raise error


CALLED = {"plain": (1, "ls"), "list": (2, ["ls", "-l", "it's"]), "tuple": (3, ("a",)), "zero": (0, "true"), "killed": (-9, ["server", "-v"]),
          "interrupted": (-signal.SIGINT, "cmd"), "unknown_signal": (-99, "cmd"), "realtime": (-40, "cmd"), "bytes": (1, b"raw\xff"),
          "huge": (2 ** 80, "x"), "bool": (True, "x"), "unicode": (1, "\u65e5\u672c \ud800")}
table({"called_process_error_" + name: args for name, args in CALLED.items()},
      lambda args: made(subprocess.CalledProcessError(*args)))


@case
def called_process_error_real():
    subprocess.run([sys.executable, "-c", "import sys; sys.exit(7)"], check=True)


@case
def called_process_error_real_signal():
    subprocess.run([sys.executable, "-c", "import os; os.kill(os.getpid(), 15)"], check=True, capture_output=True)


@case
def called_process_error_subclass():
    class Failed(subprocess.CalledProcessError):
        pass

    raise Failed(1, "sub")


TIMEOUTS = {"plain": ("ls", 5), "float": (["a", "b"], 0.25), "none": (None, None), "str": (b"x", "soon")}
table({"timeout_expired_" + name: args for name, args in TIMEOUTS.items()}, lambda args: made(subprocess.TimeoutExpired(*args)))

REASONS = {"text": "unknown url type: x", "os_error": ConnectionRefusedError(111, "Connection refused"),
           "gaierror": socket.gaierror(-2, "Name or service not known"), "none": None, "timeout": socket.timeout("timed out"),
           "ssl": ssl.SSLCertVerificationError(1, "[SSL: CERTIFICATE_VERIFY_FAILED] certificate verify failed (_ssl.c:1129)")}
table({"url_error_" + name: reason for name, reason in REASONS.items()}, lambda reason: made(urllib.error.URLError(reason)))


@case
def http_error():
    raise urllib.error.HTTPError("http://localhost/", 404, "Not Found", {}, None)


@case
def http_error_with_body():
    raise urllib.error.HTTPError("http://localhost/", 503, "Down \u00e9", {}, io.BytesIO(b"body"))


@case
def content_too_short():
    raise urllib.error.ContentTooShortError("retrieval incomplete: got only 1 out of 2 bytes", b"x")


HTTP = {"incomplete": lambda: http.client.IncompleteRead(b"abc", 7), "incomplete_unknown": lambda: http.client.IncompleteRead(b""),
        "bad_status": lambda: http.client.BadStatusLine("garbage"), "bad_status_empty": lambda: http.client.BadStatusLine(""),
        "disconnected": lambda: http.client.RemoteDisconnected("Remote end closed connection without response"),
        "line_too_long": lambda: http.client.LineTooLong("header line"), "unknown_protocol": lambda: http.client.UnknownProtocol("HTTP/9"),
        "invalid_url": lambda: http.client.InvalidURL("nonnumeric port: 'x'")}
table({"http_" + name: make for name, make in HTTP.items()}, lambda make: made(make()))

SSL = {"two": (1, "[SSL: WRONG_VERSION_NUMBER] wrong version number (_ssl.c:1129)"), "one": ("text",), "none": (), "number": (5, 6),
       "three": (1, "text", "file"), "four": (1, "text", "file", 0)}
table({"ssl_" + name: args for name, args in SSL.items()}, lambda args: made(ssl.SSLError(*args)))
table({"ssl_" + kind.__name__: kind for kind in (ssl.SSLZeroReturnError, ssl.SSLWantReadError, ssl.SSLEOFError, ssl.CertificateError)},
      lambda kind: made(kind(8, "what happened")))


@case
def ssl_real():
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    incoming, outgoing = ssl.MemoryBIO(), ssl.MemoryBIO()
    incoming.write(b"HTTP/1.0 400 Bad Request\r\n\r\n")
    context.wrap_bio(incoming, outgoing, server_hostname="localhost").do_handshake()


def parse(*arguments):
    parser = argparse.ArgumentParser(exit_on_error=False) if sys.version_info >= (3, 9) else argparse.ArgumentParser()
    parser.add_argument("--number", type=int)
    parser.parse_args(arguments)


@case(requires=(3, 9))
def argument_error_real():
    parse("--number", "many")


@case
def argument_error_without_name():
    raise argparse.ArgumentError(None, "a message")


@case
def argument_error_of_an_action():
    raise argparse.ArgumentError(argparse.Action(["-x", "--long"], "dest"), "expected one argument")


@case
def argument_type_error():
    raise argparse.ArgumentTypeError("no such type")


def configured(text, **keywords):
    parser = configparser.ConfigParser(**keywords)
    parser.read_string(text)
    return parser


@case
def config_no_section():
    configured("").get("server", "port")


@case
def config_no_option():
    configured("[server]\nhost = x\n").get("server", "port")


@case
def config_interpolation():
    configured("[server]\nhost = %(name)s\n").get("server", "host")


@case
def config_duplicate():
    configured("[a]\nx=1\nx=2\n")


@case
def config_header():
    configured("x = 1\n")


@case
def config_parsing():
    configured("[a]\nnothing at all\n")


@case
def expat_error():
    ElementTree.fromstring("<a><b></a>")


@case
def sax_error():
    xml.sax.parseString(b"<a><b></a>", xml.sax.ContentHandler())


@case
def sax_error_plain():
    raise xml.sax.SAXException("a message", ValueError("inside"))


OTHER = {
    "getopt": lambda: getopt.getopt(["--no-such"], "a:"), "json": lambda: json.loads("{'a'"), "pickle": lambda: pickle.loads(b"garbage"),
    "struct": lambda: struct.unpack("<I", b""), "zip": lambda: zipfile.ZipFile(io.BytesIO(b"no zip")),
    "tar": lambda: tarfile.open(fileobj=io.BytesIO(b"no tar")), "shutil": lambda: made(shutil.Error([("a", "b", "why")])),
    "same_file": lambda: made(shutil.SameFileError("'a' and 'b' are the same file")), "queue": lambda: queue.Queue().get_nowait(),
    "calendar": lambda: calendar.monthrange(2020, 13), "weekday": lambda: calendar.setfirstweekday(9),
    "future": lambda: concurrent.futures.Future().result(0), "cancelled": lambda: made(concurrent.futures.CancelledError()),
    "process_pool": lambda: made(concurrent.futures.process.BrokenProcessPool("A process in the process pool was terminated abruptly")),
    "remote_traceback": lambda: made(concurrent.futures.process._RemoteTraceback("\n\"\"\"\nTraceback\n\"\"\"")),
    "pool_traceback": lambda: made(multiprocessing.pool.RemoteTraceback("text")),
    "encoding_error": lambda: made(multiprocessing.pool.MaybeEncodingError(ValueError("v"), [1])),
    "remote_error": lambda: made(multiprocessing.managers.RemoteError("the traceback of another process\n")),
    "netrc": lambda: made(netrc.NetrcParseError("bad token", "/home/x/.netrc", 7)), "non_printable": lambda: made(email.errors.NonPrintableDefect(["\x00"])),
    "opt_parse": lambda: made(optparse.OptParseError("message")), "option": lambda: made(optparse.OptionError("bad", "--x")),
    "bad_option": lambda: made(optparse.BadOptionError("--no-such")), "option_value": lambda: made(optparse.OptionValueError("value")),
    "py_compile": lambda: made(py_compile.PyCompileError(SyntaxError, SyntaxError("bad"), "f.py", "a message")),
    "smtp": lambda: made(smtplib.SMTPResponseException(550, b"no such user")), "refused": lambda: made(smtplib.SMTPRecipientsRefused({"a@b": (550, b"no")})),
    "gaierror": lambda: made(socket.gaierror(-2, "Name or service not known")), "socket_timeout": lambda: made(socket.timeout("timed out")),
    "skip": lambda: made(unittest.SkipTest("why")), "fault": lambda: made(xmlrpc.client.Fault(1, "text")),
    "protocol": lambda: made(xmlrpc.client.ProtocolError("localhost/RPC2", 500, "Internal", {})),
    "asyncio_timeout": lambda: made(asyncio.TimeoutError()), "asyncio_incomplete": lambda: made(asyncio.IncompleteReadError(b"xy", 9)),
    "asyncio_incomplete_none": lambda: made(asyncio.IncompleteReadError(b"xy", None)), "asyncio_limit": lambda: made(asyncio.LimitOverrunError("too long", 9)),
    "asyncio_state": lambda: made(asyncio.InvalidStateError("Result is not set.")), "no_package": lambda: importlib.metadata.version("no-such-package"),
    "no_package_args": lambda: made(importlib.metadata.PackageNotFoundError("a", "b")),
}
table({"stdlib_" + name: make for name, make in OTHER.items()}, lambda make: make())


@case(inexact=True)
def monkeypatched_str():
    class Patched(subprocess.TimeoutExpired):
        pass

    Patched.__str__ = lambda self: "of my own"
    raise Patched("x", 1)
