"""Arguments from the standard library: dates, decimals, fractions, UUIDs, addresses, paths."""

SHARED = True

import datetime
import decimal
import fractions
import ipaddress
import pathlib
import uuid

from corpus import case, table


def alone(value):
    raise ValueError(value)


def several(value):
    raise ValueError("first", value)


def as_key(value):
    raise KeyError(value)


class MyDate(datetime.date):
    pass


class MyDecimal(decimal.Decimal):
    pass


class MyPath(type(pathlib.Path())):
    pass


_HOUR = datetime.timedelta(hours=1)
VALUES = {
    "date": datetime.date(2024, 2, 29), "date_mine": MyDate(2024, 2, 29), "time": datetime.time(1, 2, 3),
    "time_microseconds": datetime.time(0, 0, 0, 5), "time_zone": datetime.time(1, tzinfo=datetime.timezone.utc, fold=1),
    "datetime": datetime.datetime(2024, 2, 29, 12, 30), "datetime_fold": datetime.datetime(2024, 2, 29, 1, 2, 3, 4, fold=1),
    "datetime_utc": datetime.datetime(2024, 2, 29, tzinfo=datetime.timezone.utc),
    "datetime_west": datetime.datetime(2024, 2, 29, tzinfo=datetime.timezone(-_HOUR * 3.5, "it's")),
    "timedelta": datetime.timedelta(1, 2, 3), "timedelta_negative": -_HOUR, "timedelta_zero": datetime.timedelta(),
    "timezone": datetime.timezone(_HOUR), "timezone_utc": datetime.timezone.utc, "timezone_named": datetime.timezone(_HOUR, "CET"),
    "decimal": decimal.Decimal("1.10"), "decimal_mine": MyDecimal("-0.00"), "decimal_exponent": decimal.Decimal("1E+30"),
    "decimal_nan": decimal.Decimal("-sNaN123"), "decimal_infinity": decimal.Decimal("-Infinity"),
    "decimal_long": decimal.Decimal("0." + "1234567890" * 30), "fraction": fractions.Fraction(-22, 7), "fraction_whole": fractions.Fraction(4),
    "uuid": uuid.UUID("12345678-1234-5678-9abc-def012345678"), "ipv4": ipaddress.ip_address("192.168.0.1"),
    "ipv6": ipaddress.ip_address("2001:db8::1"), "ipv6_mapped": ipaddress.ip_address("::ffff:1.2.3.4"),
    "network": ipaddress.ip_network("10.0.0.0/8"), "interface": ipaddress.ip_interface("2001:db8::1/32"),
    "path": pathlib.Path("/srv/it's/x.txt"), "path_parts": pathlib.PurePosixPath("a", "./b//c", "d"), "path_mine": MyPath("a/../b"),
    "path_surrogate": pathlib.PurePosixPath("a\udcff\n"), "path_windows": pathlib.PureWindowsPath("c:/a") / "b",
}
str(VALUES["path_windows"])
for _name, _raiser in (("alone", alone), ("several", several), ("key", as_key)):
    table({"%s_%s" % (_name, name): value for name, value in VALUES.items()}, _raiser)


@case
def missing_path():
    open(pathlib.Path("/nowhere/at/all.txt"))


@case
def missing_path_made():
    raise FileNotFoundError(2, "No such file or directory", pathlib.PurePosixPath("x"))


@case
def renamed_paths():
    raise OSError(18, "Cross-device link", pathlib.PurePosixPath("from"), None, pathlib.PurePosixPath("to"))


@case
def decimal_division():
    decimal.Decimal(1) / decimal.Decimal(0)


@case
def missing_key():
    {decimal.Decimal("1.5"): 1}[decimal.Decimal("2.50")]


@case
def in_containers():
    several({"when": [datetime.date(2024, 1, 1), (decimal.Decimal("0E-9"), {uuid.UUID(int=1)})], "where": {pathlib.PurePosixPath("a"): None}})


@case
def noted():
    error = LookupError(fractions.Fraction(1, 3))
    error.__notes__ = [datetime.date(2024, 1, 1), decimal.Decimal("1.0"), pathlib.PurePosixPath("n")]
    raise error
