"""pathlib: everything that a path may be made of, and what nobody has asked for its text yet."""

import pathlib

UNASKED = True

POSIX = ["", ".", "..", "/", "//", "///", "a", "a/b", "/a/b", "//a/b", "///a", "a/", "a//b", "./a", "a/./b", "a/../b", "/.", "/./a", "//./a", "it's",
         "\"", "it's \"so\"", "\n", "\u65e5\u672c", "\udcff", "\x00", "c:/x", "a\\b", "\\", " ", "~", "a" * 300, "/".join("abc" * 40), ".//.", "a/.b/..c"]
SEVERAL = [("a", "b"), ("a", "/b"), ("/a", "b", "c"), ("a", "", "b"), ("", "a"), ("", ""), ("a/", "b"), ("/", "a"), ("//", "a"), ("a", "//b", "c"),
           (".", "a"), ("a", "."), ("//a", "b")]
WINDOWS = ["", ".", "c:", "c:/", "c:/a/b", "C:\\a", "c:a", "\\\\server\\share", "\\\\server\\share\\a", "//server/share/a/b", "\\a", "a\\b/c",
           "\\\\?\\c:\\a", "\\\\?\\UNC\\s\\h\\a", "./c:a", "it's", "a/./b", "\\\\.\\dev", "nul", "a:b:c"]


class MyPath(type(pathlib.Path())):
    pass


class OwnStr(pathlib.PurePosixPath):
    def __str__(self):
        return "mine"


class OwnPosix(pathlib.PurePosixPath):
    def as_posix(self):
        return "mine"


class OwnRepr(pathlib.PurePosixPath):
    def __repr__(self):
        return "mine"


class OwnDrive(pathlib.PurePosixPath):
    drive = property(lambda self: "drive:")


class WithDict(pathlib.PurePosixPath):
    def __new__(cls, *args):
        made = super().__new__(cls, *args)
        made.more = 1
        return made


def kept_text(text):
    made = pathlib.PurePosixPath("a")
    str(made)
    made._str = text
    return made


def values():
    Posix, Windows = pathlib.PurePosixPath, pathlib.PureWindowsPath
    found = []
    for kind in (Posix, pathlib.Path, MyPath, WithDict):
        found += [("%s %d" % (kind.__name__, number), kind(text)) for number, text in enumerate(POSIX)]
        found += [("%s several %d" % (kind.__name__, number), kind(*texts)) for number, texts in enumerate(SEVERAL)]
    found += [("windows %d" % number, Windows(text)) for number, text in enumerate(WINDOWS)]
    for number, text in enumerate(WINDOWS):
        made = Windows(text)
        made.parts
        found.append(("windows parsed %d" % number, made))
    for number, text in enumerate(POSIX):
        made = Posix(text)
        made.parts
        found.append(("parsed %d" % number, made))
    home = pathlib.Path("/srv/x.tar.gz")
    found += [("parent", home.parent), ("joined", home / "b" / "../c"), ("suffix", home.with_suffix(".z")), ("name", home.with_name("n")),
              ("relative", home.relative_to("/srv")), ("parents", list(home.parents)), ("windows joined", Windows("c:/a") / "b"),
              ("windows of posix", Windows(Posix("a/b"))), ("posix of windows", Posix(Windows("a\\b").as_posix())),
              ("absolute", pathlib.Path("x").absolute()), ("cwd", pathlib.Path.cwd()), ("root", pathlib.Path("/").resolve())]
    found += [("own str", OwnStr("a")), ("own as posix", OwnPosix("a")), ("own repr", OwnRepr("a")), ("own drive", OwnDrive("a/b")),
              ("kept text", kept_text("else")), ("kept no text", kept_text(5)), ("kept empty", kept_text(""))]
    found += [("in containers", {Posix("a"): [Windows("b\\c"), (home,)]}), ("missing file", FileNotFoundError(2, "No such file", home)),
              ("two files", OSError(18, "Cross-device", Posix("a"), None, Posix("b"))), ("alone in an exception", ValueError(Posix("a/b"))),
              ("in an exception", ValueError(Posix("a"), 1)), ("as a key", KeyError(home))]
    made = Posix.__new__(Posix)
    found.append(("made by __new__ alone", made))
    return found
