"""Numbers beyond the builtin ones, UUIDs, addresses, and other small objects of the standard library."""

import decimal
import enum
import fractions
import ipaddress
import numbers
import statistics
import sys
import uuid

D = decimal.Decimal


class MyDecimal(D):
    pass


class OwnRepr(D):
    def __repr__(self):
        return "mine"


class MyFraction(fractions.Fraction):
    pass


class Numerator(fractions.Fraction):
    _numerator = property(lambda self: 7, lambda self, new: None)


class MyUUID(uuid.UUID):
    pass


class OwnStr(uuid.UUID):
    def __str__(self):
        return "mine"


class Endless(uuid.UUID):
    __str__ = object.__str__


class OwnHex(uuid.UUID):
    hex = property(lambda self: "f" * 32)


class MyAddress(ipaddress.IPv4Address):
    pass


class OwnText(ipaddress.IPv6Address):
    @classmethod
    def _string_from_ip_int(cls, ip_int=None):
        return "mine"


class MyInt(int):
    pass


class MyReal(numbers.Real):
    __abstractmethods__ = ()


MyReal.__abstractmethods__ = frozenset()


class MyDist(statistics.NormalDist):
    pass


DECIMALS = """0 -0 0.0 -0.0 0E+3 0E-7 0E-6 0.000000 0.0000000 1 -1 10 1E+1 1E+2 12345E-3 12345E-5 12345E-6 12345E-11 12345E-12 1E-6 1E-7
1.10 -1.10 123.456 1E+999999 1E-999999 9.99E+30 123E+5 Infinity -Infinity NaN -NaN sNaN -sNaN NaN123 sNaN456 -NaN99 NaN0
1234567890123456789 12345678901234567890 123456789012345678.9 0.1234567890123456789 1000000000000000000 10000000000000000000
100000000000000000000000000000000000000 1.00000000000000000000 10000000000000000000.00000000000000000001 -5E-400 5E+999999999999999999
1E-1999999999999999997 12E+999999999999999998 NaN12345678901234567890123""".split()


def decimals():
    found = [("decimal " + text, D(text)) for text in DECIMALS]
    found += [("decimal of a float", D(0.1)), ("decimal of the least float", D(5e-324)), ("decimal long", D("9" * 900)),
              ("decimal long with a dot", D("1" * 400 + "." + "2" * 450)), ("decimal long small", D("1" * 500 + "E-506")),
              ("decimal of a long int", D(10 ** 700 + 1)), ("decimal mine", MyDecimal("1.50")), ("decimal own repr", OwnRepr("1.5")),
              ("decimal sum", D("1.10") + D("2.2")), ("decimal square root", D(2).sqrt()),
              ("decimal longer than shown", D("9" * 3000)), ("decimal type", D),
              ("decimal signal", decimal.DivisionByZero),
              ("decimal exception", decimal.InvalidOperation([decimal.ConversionSyntax])),
              ("decimal context manager", decimal.localcontext())]
    context = decimal.Context(prec=5, rounding=decimal.ROUND_HALF_DOWN, Emin=-99, Emax=99, capitals=0, clamp=1,
                              flags=[decimal.Inexact, decimal.Rounded, decimal.FloatOperation], traps=[decimal.DivisionByZero])
    found += [("context", context), ("context default", decimal.Context()), ("context basic", decimal.BasicContext),
              ("context extended", decimal.ExtendedContext), ("context none", decimal.Context(traps=[])),
              ("context all", decimal.Context(traps=list(context.flags), flags=list(context.flags))), ("context flags", context.flags)]
    found += [("context " + mode, decimal.Context(rounding=mode)) for mode in
              ("ROUND_CEILING", "ROUND_FLOOR", "ROUND_UP", "ROUND_DOWN", "ROUND_HALF_UP", "ROUND_HALF_EVEN", "ROUND_05UP")]
    return found


def addresses():
    found = [(text, ipaddress.ip_address(text)) for text in (
        "0.0.0.0", "255.255.255.255", "192.168.10.1", "::", "::1", "1::", "2001:db8::1", "1:0:0:2:0:0:0:3", "1:0:2:0:0:3:0:4", "1:2:3:4:5:6:7:8",
        "0:0:1::", "1:0:0:2:0:0:3:4", "::ffff:1.2.3.4", "::ffff:0:1", "::1.2.3.4", "fe80::1", "0:1:0:1:0:1:0:1", "1:2:3:4:5:6:7:0", "0:2:3:4:5:6:7:8",
        "ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff", "0:0:0:1:0:0:0:0", "abcd:ef01::")]
    found += [("network " + text, ipaddress.ip_network(text)) for text in (
        "10.0.0.0/8", "0.0.0.0/0", "1.2.3.4/32", "2001:db8::/32", "::/0", "::1/128", "::ffff:1.2.3.0/120")]
    found += [("interface " + text, ipaddress.ip_interface(text)) for text in (
        "10.1.2.3/8", "1.2.3.4", "2001:db8::1/32", "::1", "::ffff:1.2.3.4/100", "10.0.0.1/255.255.255.0")]
    if sys.version_info >= (3, 9):
        found += [("scoped address", ipaddress.ip_address("fe80::1%eth0")), ("scoped interface", ipaddress.ip_interface("fe80::1%e/64")),
                  ("scoped mapped", ipaddress.ip_address("::ffff:1.2.3.4%lo"))]
    broken = ipaddress.ip_address("1.2.3.4")
    broken._ip = "no number"
    removed = ipaddress.ip_network("1.2.3.0/24")
    del removed.network_address
    prefix = ipaddress.ip_interface("1.2.3.4/24")
    prefix._prefixlen = 2.5
    summary = ipaddress.ip_network("10.0.0.0/30")
    return found + [("mine", MyAddress("1.2.3.4")), ("own text", OwnText("::1")), ("of bytes", ipaddress.ip_address(b"\x7f\0\0\1")),
                    ("broken", broken), ("removed", removed), ("prefix", prefix), ("hosts", list(summary.hosts())),
                    ("error", ValueError(ipaddress.ip_address("1.2.3.4"))), ("address error", ipaddress.AddressValueError("x"))]


def small_objects():
    import bz2
    import hashlib
    import hmac
    import locale
    import lzma
    import os
    import random
    import sqlite3
    import string
    import struct
    import xml.etree.ElementTree as trees
    import zlib
    connection = sqlite3.connect(":memory:")
    connection.row_factory = sqlite3.Row
    row = connection.execute("select 1 as a").fetchone()
    element = trees.fromstring("<a b='c'><it's.\u65e5/></a>".replace("'s", "s"))
    path_like = type("PathLike", (), {"__fspath__": lambda self: "x"})()
    return [("random", random.Random(1)), ("system random", random.SystemRandom()), ("formatter", string.Formatter()),
            ("template", string.Template("$a")), ("struct", struct.Struct("<i")), ("zlib", zlib.compressobj()), ("bz2", bz2.BZ2Compressor()),
            ("lzma", lzma.LZMACompressor()), ("hash", hashlib.sha256(b"x")), ("hmac", hmac.new(b"k", b"m", "sha256")),
            ("blake", hashlib.blake2b(b"x")), ("element", element), ("element child", element[0]), ("tree", trees.ElementTree(element)),
            ("sqlite connection", connection), ("sqlite row", row), ("sqlite cursor", connection.cursor()),
            ("locale", locale.localeconv().__class__), ("path like", path_like),
            ("scandir", os.scandir("/proc/self/fdinfo").__class__), ("dir entry", next(iter(sorted(os.scandir("/proc/1/attr"), key=lambda e: e.name)), None)),
            ("dir entry bytes", next(iter(sorted(os.scandir(b"/proc/1/attr"), key=lambda e: e.name)), None))]


def values():
    F = fractions.Fraction
    found = decimals()
    found += [("fraction %d" % number, one) for number, one in enumerate([
        F(0), F(1), F(-1), F(1, 3), F(-22, 7), F(10 ** 40, 3), F(5, 10 ** 50), F(0.1), MyFraction(1, 2), MyFraction(4, 2), F(True)])]
    found += [("fraction numerator", Numerator(1, 2))]
    odd = F(1, 2)
    odd._denominator = "x"
    huge = F(1, 2)
    huge._numerator = MyInt(10 ** 30)
    found += [("fraction odd", odd), ("fraction huge", huge), ("real", MyReal()), ("int mine", MyInt(5)), ("flag", enum.IntFlag("F", "a b").__class__)]
    found += [("complex %d" % number, one) for number, one in enumerate(
        [0j, -0j, 1 + 0j, complex(-0.0, 1), complex(float("nan"), float("-inf")), 1e16 + 1e-7j, complex(0.0, -0.0), 3j])]
    found += [("uuid nil", uuid.UUID(int=0)), ("uuid most", uuid.UUID(int=2 ** 128 - 1)), ("uuid", uuid.UUID("12345678-1234-5678-9abc-def012345678")),
              ("uuid 1", uuid.uuid1()), ("uuid 4", uuid.uuid4()), ("uuid mine", MyUUID(int=1)), ("uuid own str", OwnStr(int=1)),
              ("uuid own hex", OwnHex(int=1)), ("uuid endless", Endless(int=1)), ("uuid key", KeyError(uuid.UUID(int=5)))]
    if uuid.UUID.__dict__.get("__slots__") or hasattr(uuid.UUID, "__slots__"):
        unset = uuid.UUID.__new__(uuid.UUID)
        found.append(("uuid unset", unset))
    replaced = uuid.UUID(int=3)
    object.__setattr__(replaced, "int", 2 ** 130)
    found.append(("uuid too large", replaced))
    found += [("normal", statistics.NormalDist()), ("normal mine", MyDist(1.5, 2)), ("normal ints", statistics.NormalDist(10, 3))]
    found += [("address " + label, one) for label, one in addresses()]
    found += [("small " + label, one) for label, one in small_objects()]
    found += [("nested", {D("1.1"): [F(1, 2), (uuid.UUID(int=9), {ipaddress.ip_address("::1")})]}),
              ("alone in an exception", ValueError(D("1.1"))), ("in an exception", ValueError(D("NaN"), F(1, 3), 2j)),
              ("in a key error", KeyError(D("1E+5")))]
    return found
