"""Source lines that only the target has: linecache entries, loaders, archives, frozen modules, bytecode only."""

import code
import doctest
import importlib
import importlib.machinery
import importlib.util
import linecache
import os
import py_compile
import sys
import types
import zipfile

from corpus import case, path, table, write

SOURCE = "def fail(x):\n    return x['key'] + 1  # %s\n"


def cached(filename, lines, size=None, mtime=None, fullname=None):
    namespace = {}
    exec(compile(SOURCE % "compiled", filename, "exec"), namespace)
    linecache.cache[filename] = (size if size is not None else sum(map(len, lines)), mtime, lines, fullname or filename)
    namespace["fail"]({})


LINES = (SOURCE % "only in the cache").splitlines(True)


table({
    "ipython_like": "<ipython-input-1-0123456789ab>", "angle": "<made up>", "attrs_like": "<attrs generated init m.C>",
    "plain_name": "not a file", "empty_name": "", "absolute_missing": "/no/such/file.py", "string": "<string>",
    "doctest_like": "<doctest m.f[0]>", "unicode": "<\u65e5\u672c>", "frozen_like": "<frozen made.up>",
    "stdin": "<stdin>", "stdin_numbered": "<stdin-3>",
}, lambda filename: cached(filename, LINES))


@case
def lines_without_newlines():
    cached("<no newlines>", [line.rstrip("\n") for line in LINES])


@case
def fewer_lines():
    cached("<fewer>", LINES[:1])


@case
def no_lines():
    cached("<none>", [])


@case
def lines_are_a_tuple():
    cached("<tuple>", tuple(LINES))


@case
def entry_is_stale():
    cached(write("stale.py", SOURCE % "file"), LINES, size=1, mtime=1.0)


@case
def entry_is_stale_and_file_missing():
    cached("/no/such/stale.py", LINES, size=1, mtime=1.0)


@case
def entry_with_other_full_name():
    other = write("other.py", "x" * 50)
    status = os.stat(other)
    cached("<redirected>", LINES, size=status.st_size, mtime=status.st_mtime, fullname=other)


@case(unreadable=True)
def entry_is_lazy():
    namespace = {}
    exec(compile(SOURCE % "compiled", "/lazy/file.py", "exec"), namespace)
    linecache.cache["/lazy/file.py"] = (lambda: "def fail(x):\n    lazily + found\n",)
    namespace["fail"]({})


@case
def wide_cached_lines():
    cached("<wide>", ["def f():\n", "    '\u65e5\u672c\u8a9e' + x['key'] + 1\n"])


@case
def line_with_form_feed():
    cached("<ff>", ["def f():\n", "\f    return x['key'] + 1\n"])


@case
def register_code():
    if hasattr(linecache, "_register_code"):
        compiled = compile(SOURCE % "registered", "<registered>", "exec")
        try:
            linecache._register_code(compiled, SOURCE % "registered", "<registered>")
        except TypeError:
            linecache._register_code("<registered>", SOURCE % "registered", "<registered>")
    else:
        compiled = compile(SOURCE % "plain", "<registered>", "exec")
    namespace = {}
    exec(compiled, namespace)
    namespace["fail"]({})


@case
def doctest_example(wait):
    class Runner(doctest.DocTestRunner):
        def report_unexpected_exception(self, out, test, example, exc_info):
            try:
                raise exc_info[1]
            except Exception:
                wait()

    text = ">>> x = 1\n>>> def f():\n...     return x + None\n>>> f()\n>>> x\n1\n"
    test = doctest.DocTestParser().get_doctest(text, {}, "documented", "documented.txt", 0)
    Runner(verbose=False).run(test, out=lambda text: None)


@case
def interactive_console(wait):
    class Console(code.InteractiveConsole):
        def showtraceback(self):
            wait()

    console = Console({"__name__": "__console__"})
    console.push("def f():")
    console.push("    return 1 / 0")
    console.push("")
    console.push("f() + 1")


@case
def interactive_console_with_entries(wait):
    class Console(code.InteractiveConsole):
        count = 0

        def runsource(self, source, filename="<input>", symbol="single"):
            self.count += 1
            filename = "<session-%d>" % self.count
            lines = (source + "\n").splitlines(True)
            linecache.cache[filename] = (len(source), None, lines, filename)
            return super().runsource(source, filename, symbol)

        def showtraceback(self):
            wait()

    console = Console({"__name__": "__console__"})
    console.push("f = lambda: {}['k']")
    console.push("[f() for _ in range(2)]")


class Loader:
    """A loader that keeps source in memory, as some import hooks do."""

    def __init__(self, text):
        self.text = text

    def create_module(self, spec):
        return None

    def exec_module(self, module):
        exec(compile(self.text, "/in/memory/%s.py" % module.__name__, "exec"), module.__dict__)

    def get_source(self, name):
        return self.text


@case(unreadable=True)
def loader_with_get_source():
    spec = importlib.machinery.ModuleSpec("memory_module", Loader(SOURCE % "from get_source"))
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    module.fail({})


@case(unreadable=True)
def loader_without_source():
    spec = importlib.machinery.ModuleSpec("sourceless", Loader(SOURCE % "gone"))
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    spec.loader.text = None
    module.fail({})


@case(unreadable=True)
def loader_raises_import_error():
    class Failing(Loader):
        def get_source(self, name):
            raise ImportError("no")

    spec = importlib.machinery.ModuleSpec("failing", Failing(SOURCE % "gone"))
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    module.fail({})


@case(unreadable=True)
def loader_of_globals_only():
    namespace = {"__name__": "by_globals", "__loader__": Loader(SOURCE % "through __loader__")}
    exec(compile(SOURCE % "compiled", "/no/such/by_globals.py", "exec"), namespace)
    namespace["fail"]({})


@case
def archive(compression=zipfile.ZIP_STORED, name="stored", inner="zipped_%s.py", text=SOURCE):
    inner = inner % name
    full = path("archive_%s.zip" % name)
    with zipfile.ZipFile(full, "w", compression) as archive:
        archive.writestr("readme.txt", "not python")
        if "/" in inner:
            archive.writestr(os.path.dirname(inner) + "/__init__.py", "")
        archive.writestr(inner, text % name if "%s" in text else text)
    sys.path.insert(0, full)
    try:
        module = importlib.import_module(inner[:-3].replace("/", "."))
    finally:
        sys.path.pop(0)
    module.fail({})


table({
    "archive_deflated": dict(compression=zipfile.ZIP_DEFLATED, name="deflated"),
    "archive_package": dict(name="package", inner="zipped_pkg_%s/inside.py"),
    "archive_package_deflated": dict(name="deep", inner="zipped_deep_%s/inside.py", compression=zipfile.ZIP_DEFLATED),
    "archive_crlf": dict(name="crlf", text="# %s\r\n" + SOURCE.replace("\n", "\r\n").replace("%s", "x")),
    "archive_unicode": dict(name="unicode", text="# %s\n" + SOURCE.replace("%s", "\u65e5\u672c")),
    "archive_latin1": dict(name="latin1", text=("# coding: latin-1\ndef fail(x):\n    '\u00e9' + 1\n").encode("latin-1").decode("latin-1")),
}, lambda options: archive(**options))


@case
def archive_bytecode_only():
    write("zip_bytecode.py", SOURCE % "compiled away")
    compiled = path("zip_bytecode.pyc")
    py_compile.compile(path("zip_bytecode.py"), compiled, doraise=True)
    os.unlink(path("zip_bytecode.py"))
    full = path("bytecode.zip")
    with zipfile.ZipFile(full, "w") as archive:
        archive.write(compiled, "zip_bytecode.pyc")
    os.unlink(compiled)
    sys.path.insert(0, full)
    try:
        import zip_bytecode
    finally:
        sys.path.pop(0)
    zip_bytecode.fail({})


@case
def archive_deleted_later():
    full = path("vanishing.zip")
    with zipfile.ZipFile(full, "w") as archive:
        archive.writestr("vanishing_module.py", SOURCE % "vanished")
    sys.path.insert(0, full)
    try:
        import vanishing_module
    finally:
        sys.path.pop(0)
    os.unlink(full)
    vanishing_module.fail({})


@case
def bytecode_only():
    source = write("bytecode_only.py", SOURCE % "compiled away")
    py_compile.compile(source, path("bytecode_only.pyc"), doraise=True)
    os.unlink(source)
    sys.path.insert(0, path(""))
    try:
        import bytecode_only as module
    finally:
        sys.path.pop(0)
    module.fail({})


@case
def bytecode_from_another_place():
    source = write("built/elsewhere.py", SOURCE % "x")
    py_compile.compile(source, path("moved_here.pyc"), dfile="/build/machine/moved_here.py", doraise=True)
    sys.path.insert(0, path(""))
    try:
        import moved_here as module
    finally:
        sys.path.pop(0)
    module.fail({})


@case
def bytecode_in_pycache():
    source = write("cached_module.py", SOURCE % "beside its bytecode")
    py_compile.compile(source, doraise=True)
    sys.path.insert(0, path(""))
    try:
        import cached_module as module
    finally:
        sys.path.pop(0)
    module.fail({})


@case
def frozen_importlib():
    importlib.import_module("no_such_module_at_all")


@case
def frozen_importlib_parent():
    importlib.import_module("no_such_package.child")


@case
def frozen_importlib_relative():
    importlib.import_module(".child")


@case
def frozen_external():
    spec = importlib.util.spec_from_file_location("gone", "/no/such/file.py")
    spec.loader.exec_module(importlib.util.module_from_spec(spec))


@case
def frozen_bootstrap_raises_in_module():
    write("raises_at_import.py", "import os\nos.environ['THIS IS NOT SET']\n")
    sys.path.insert(0, path(""))
    try:
        import raises_at_import  # noqa: F401
    finally:
        sys.path.pop(0)


@case
def frozen_os():
    os.fspath_test = None
    try:
        os.makedirs(5)
    finally:
        del os.fspath_test


@case
def frozen_abc():
    import abc

    class Meta(abc.ABC):
        @abc.abstractmethod
        def method(self):
            pass

    Meta()


@case
def frozen_codecs():
    import codecs
    codecs.getincrementaldecoder("utf-8")().decode(b"\xff", True)


@case
def frozen_posixpath():
    import posixpath
    posixpath.join("a", 5)


@case
def frozen_zipimport():
    import zipimport
    zipimport.zipimporter("/no/such/archive.zip")


@case
def frozen_hello():
    namespace = {"__name__": "x", "__file__": "/no/such.py"}
    exec(compile("1 / 0", "<frozen made.up.module>", "exec"), namespace)


@case
def frozen_with_file():
    full = write("unfrozen.py", "1 / 0  # in __file__\n")
    exec(compile("1 / 0", "<frozen unfrozen>", "exec"), {"__name__": "unfrozen", "__file__": full})


@case(unreadable=True)
def module_globals_without_name():
    namespace = {"__loader__": Loader(SOURCE % "x")}
    exec(compile(SOURCE % "x", "/no/such/nameless.py", "exec"), namespace)
    namespace.pop("__name__", None)
    namespace["fail"]({})


@case
def standard_library_frames():
    import json
    json.dumps({"a": [object()]}, indent=2, sort_keys=True, default=lambda value: value.nothing)


@case(unreadable=True)
def module_type_with_spec():
    module = types.ModuleType("with_spec")
    module.__spec__ = importlib.machinery.ModuleSpec("with_spec", Loader(SOURCE % "by spec"))
    module.__loader__ = module.__spec__.loader
    exec(compile(SOURCE % "compiled", "/no/such/with_spec.py", "exec"), module.__dict__)
    module.fail({})


def lazy_globals(**globals_):
    full = "/no/such/lazy_globals.py"
    namespace = {key.join(("__", "__")): value for key, value in globals_.items()}
    exec(compile(SOURCE % "compiled", full, "exec"), namespace)
    for key in ("__name__", "__loader__", "__spec__"):
        if key.strip("_") not in globals_:
            namespace.pop(key, None)
    namespace["fail"]({})


class NoSource:
    def create_module(self, spec):
        return None

    def exec_module(self, module):
        pass


def _spec(name, loader):
    return importlib.machinery.ModuleSpec(name, loader)


table({
    "globals_spec_only": lambda: dict(name="a", spec=_spec("a", Loader(SOURCE % "spec only"))),
    "globals_spec_other_name": lambda: dict(name="a", spec=_spec("b", Loader(SOURCE % "other name")), loader=None),
    "globals_two_loaders": lambda: dict(name="a", loader=Loader(SOURCE % "one"), spec=_spec("a", Loader(SOURCE % "two"))),
    "globals_spec_without_loader": lambda: dict(name="a", loader=Loader(SOURCE % "one"), spec=_spec("a", None)),
    "globals_spec_is_none": lambda: dict(name="a", loader=Loader(SOURCE % "one"), spec=None),
    "globals_main": lambda: dict(name="__main__", loader=Loader(SOURCE % "of main"), spec=None),
    "globals_name_none": lambda: dict(name=None, loader=Loader(SOURCE % "one"), spec=None),
    "globals_name_number": lambda: dict(name=5, loader=Loader(SOURCE % "five"), spec=None),
    "globals_loader_without_source": lambda: dict(name="a", loader=NoSource(), spec=None),
    "globals_spec_loader_without_source": lambda: dict(name="a", spec=_spec("a", NoSource())),
    "globals_loader_none": lambda: dict(name="a", loader=None, spec=None),
    "globals_empty": lambda: dict(),
}, lambda make: lazy_globals(**make()), unreadable=True)


def in_archive(member, data, used):
    """Code whose file name is inside an archive that sys.path knows, with globals that name no loader."""
    full = path("loaderless.zip")
    with zipfile.ZipFile(full, "w") as archive:
        archive.writestr("findable.py", "x = 1\n")
        archive.writestr(member, data)
    sys.path.insert(0, full)
    try:
        importlib.invalidate_caches()
        sys.path_importer_cache.pop(full, None)
        for name in ("findable",):
            sys.modules.pop(name, None)
            importlib.import_module(name)
    finally:
        sys.path.pop(0)
    namespace = {}
    exec(compile(SOURCE % "compiled", os.path.join(full, used), "exec"), namespace)
    namespace["fail"]({})


table({
    "archive_member": ("member.py", SOURCE % "in the archive", "member.py"),
    "archive_member_below": ("a/b/member.py", SOURCE % "below", "a/b/member.py"),
    "archive_member_latin1": ("member.py", b"# coding: latin-1\ndef fail(x): return x['\xe9']\n", "member.py"),
    "archive_member_undecodable": ("member.py", b"# \xff\xfe\n", "member.py"),
    "archive_member_missing": ("member.py", "x", "other.py"),
}, lambda arguments: in_archive(*arguments))
table({"archive_member_bad_cookie": ("member.py", b"# coding: no-such\n", "member.py")},
      lambda arguments: in_archive(*arguments), unreadable=True)
