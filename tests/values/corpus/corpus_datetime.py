"""datetime and zoneinfo: every class, its extremes, folds, zones of each kind, and subclasses."""

import datetime as dt
import sys


class Holder:
    class Nested(dt.datetime):
        pass


class MyDate(dt.date):
    pass


class MyTime(dt.time):
    pass


class MyDelta(dt.timedelta):
    pass


class OwnIso(dt.datetime):
    def isoformat(self, sep="T", timespec="auto"):
        return "mine"


class OwnRepr(dt.date):
    def __repr__(self):
        return "mine"


class OwnStr(dt.date):
    def __str__(self):
        return "mine"


class Zone(dt.tzinfo):
    def utcoffset(self, when):
        return dt.timedelta(hours=5, minutes=30)

    def dst(self, when):
        return None

    def tzname(self, when):
        return "zone"


def zones():
    utc, minute = dt.timezone.utc, dt.timedelta(minutes=1)
    found = [("utc", utc), ("zero", dt.timezone(dt.timedelta(0))), ("zero named", dt.timezone(dt.timedelta(0), "Z")),
             ("east", dt.timezone(dt.timedelta(hours=5, minutes=30))), ("west", dt.timezone(-dt.timedelta(hours=3))),
             ("seconds", dt.timezone(dt.timedelta(hours=1, seconds=7))),
             ("microseconds", dt.timezone(-dt.timedelta(hours=1, microseconds=9))),
             ("least", dt.timezone.min), ("most", dt.timezone.max), ("tiny", dt.timezone(dt.timedelta(microseconds=-1))),
             ("named", dt.timezone(minute, "it's \u65e5")), ("empty name", dt.timezone(minute, "")),
             ("of a subclass", dt.timezone(MyDelta(hours=2))), ("base", dt.tzinfo()), ("own", Zone())]
    return [("timezone " + label, zone) for label, zone in found]


def zone_infos():
    try:
        import zoneinfo
        from zoneinfo import _zoneinfo as in_python
    except ImportError:
        return []
    found = []
    for name, kind in (("zone ", zoneinfo.ZoneInfo), ("zone in Python ", in_python.ZoneInfo)):
        mine = type("MyZone", (kind,), {})
        for key in ("UTC", "Europe/Berlin", "America/New_York", "Asia/Kolkata", "Australia/Lord_Howe"):
            try:
                found += [(name + key, kind(key)), (name + "no cache " + key, kind.no_cache(key)), (name + "mine " + key, mine(key))]
                for folder in zoneinfo.TZPATH:
                    try:
                        with open(folder + "/" + key, "rb") as file:
                            found.append((name + "file " + key, kind.from_file(file)))
                        with open(folder + "/" + key, "rb") as file:
                            found.append((name + "file with key " + key, kind.from_file(file, key="it's")))
                        break
                    except OSError:
                        pass
            except Exception:  # no time zones on this machine
                pass
    return found


def moments(zone):
    for number, when in enumerate([dt.datetime(1, 1, 2), dt.datetime(1900, 1, 1), dt.datetime(1941, 5, 5, 5, 5), dt.datetime(2020, 2, 29, 12, 30, 5),
                                   dt.datetime(2021, 3, 28, 2, 30), dt.datetime(2021, 10, 31, 2, 30), dt.datetime(2021, 10, 31, 2, 30, fold=1),
                                   dt.datetime(2021, 11, 7, 1, 30), dt.datetime(2021, 11, 7, 1, 30, fold=1), dt.datetime(2021, 3, 14, 2, 30),
                                   dt.datetime(2045, 7, 1, 1, 2, 3, 4), dt.datetime(2045, 12, 1, 23, 59), dt.datetime(2045, 3, 26, 2, 30, fold=1),
                                   dt.datetime(2044, 10, 30, 2, 30, fold=1), dt.datetime(2044, 4, 3, 1, 45), dt.datetime(2044, 4, 3, 1, 45, fold=1),
                                   dt.datetime(9999, 12, 30)]):
        yield "moment %d" % number, when.replace(tzinfo=zone)


def deltas():
    delta = dt.timedelta
    return [delta(), delta(1), delta(-1), delta(2), delta(-2), delta(seconds=1), delta(seconds=-1), delta(microseconds=1), delta(microseconds=-1),
            delta(hours=23, minutes=59, seconds=59, microseconds=999999), delta(1, 2, 3), delta(-1, 2, 3), delta.min, delta.max,
            delta.resolution, delta(10, microseconds=5), delta(hours=10), delta(hours=-10), MyDelta(3, 4), MyDelta()]


def values():
    utc, east = dt.timezone.utc, dt.timezone(dt.timedelta(hours=2))
    found = [("date", dt.date(2024, 2, 29)), ("date min", dt.date.min), ("date max", dt.date.max), ("date mine", MyDate(987, 6, 5)),
             ("date type", dt.date), ("date own repr", OwnRepr(2000, 1, 1)), ("date own str", OwnStr(2000, 1, 1))]
    stamps = [(2024, 1, 2), (2024, 1, 2, 3), (2024, 1, 2, 3, 4), (2024, 1, 2, 3, 4, 5), (2024, 1, 2, 3, 4, 5, 6), (2024, 1, 2, 0, 0, 0, 6),
              (2024, 1, 2, 0, 0, 7), (1, 1, 1), (9999, 12, 31, 23, 59, 59, 999999), (300, 12, 31, 0, 0, 0, 500000)]
    for kind in (dt.datetime, Holder.Nested):
        for zone in (None, utc, east, Zone()):
            for fold in (0, 1):
                for number, stamp in enumerate(stamps):
                    found.append(("%s %d fold %d zone %s" % (kind.__name__, number, fold, type(zone).__name__),
                                  kind(*stamp, tzinfo=zone, fold=fold)))
    for kind in (dt.time, MyTime):
        for zone in (None, utc, east, Zone()):
            for fold in (0, 1):
                for number, clock in enumerate([(), (1,), (1, 2), (1, 2, 3), (1, 2, 3, 4), (0, 0, 0, 4), (23, 59, 59, 999999)]):
                    found.append(("%s %d fold %d zone %s" % (kind.__name__, number, fold, type(zone).__name__),
                                  kind(*clock, tzinfo=zone, fold=fold)))
    found += [("datetime own isoformat", OwnIso(2024, 1, 1)), ("datetime min", dt.datetime.min), ("datetime max", dt.datetime.max)]
    found += [("timedelta %d" % number, delta) for number, delta in enumerate(deltas())]
    found += zones()
    for label, zone in zones():
        found += [("at %s time" % label, dt.time(1, 2, 3, tzinfo=zone)), ("at %s" % label, dt.datetime(2024, 5, 6, tzinfo=zone))]
    found += zone_infos()
    for label, zone in zone_infos():
        found += [("at %s %s" % (label, name), when) for name, when in moments(zone)]
        found.append(("at %s time" % label, dt.time(1, 2, tzinfo=zone)))
    calendar = dt.date(2021, 1, 3).isocalendar()
    found.append(("isocalendar", calendar))
    if sys.version_info >= (3, 9):
        # Its class can be reached but not made into another; what is inside is any object.
        found.append(("isocalendar pickled", calendar.__reduce__()))
    found += [("in containers", {dt.date(2020, 1, 1): [dt.timedelta(1), (dt.time(), {dt.timezone.utc})]}),
              ("in an exception", ValueError(dt.date(2020, 1, 1), dt.timedelta(3))), ("as a key", KeyError(dt.datetime(2020, 1, 1, tzinfo=utc))),
              ("alone in an exception", ValueError(dt.datetime(2020, 1, 1, tzinfo=east)))]
    return found
