"""Modules, what site.py puts into builtins, descriptors, proxies, frames, code, weak references, type variables."""

import builtins
import importlib
import importlib.machinery
import importlib.util
import os
import sys
import tempfile
import types
import zipimport

KEPT = []  # what only a weak reference would hold, and folders


def modules():
    class Odd(types.ModuleType):
        pass

    class Own(types.ModuleType):
        def __repr__(self):
            return "own"

    class Loader:
        def module_repr(self, module):
            return "by its loader"

    def made(name, cls=types.ModuleType, **attributes):
        module = cls(name)
        for key, value in attributes.items():
            setattr(module, key, value)
        return module

    def without(name, *deleted):
        module = types.ModuleType(name)
        for key in deleted:
            delattr(module, key)
        return module

    folder = tempfile.mkdtemp()
    KEPT.append(folder)
    os.makedirs(os.path.join(folder, "corpus_namespace", "inner"))
    sys.path.insert(0, folder)
    spec = importlib.machinery.ModuleSpec
    namespace = importlib.import_module("corpus_namespace")
    inner = importlib.import_module("corpus_namespace.inner")
    found = [("module " + m.__name__, m) for m in (sys, builtins, os, types, tempfile, importlib, zipimport)]
    found += [("module main", sys.modules["__main__"]), ("module namespace", namespace),
              ("module namespace inside", inner), ("namespace path", namespace.__path__),
              ("namespace spec", namespace.__spec__), ("namespace loader", namespace.__loader__)]
    found += [("module frozen", importlib.import_module("_frozen_importlib")),
              ("module frozen external", importlib.import_module("_frozen_importlib_external")),
              ("module made", types.ModuleType("made")), ("module quote", types.ModuleType("it's")),
              ("module file", made("m", __file__="/x/it's.py")), ("module file no str", made("m", __file__=7)),
              ("module loader", made("m", __loader__=7)),
              ("module loader built-in", made("m", __loader__=importlib.machinery.BuiltinImporter)),
              ("module loader frozen", made("m", __loader__=importlib.machinery.FrozenImporter)),
              ("module no name", without("m", "__name__")), ("module nothing", without("m", "__name__", "__loader__", "__spec__")),
              ("module no spec", without("m", "__spec__")),
              ("module spec", made("m", __spec__=spec("n", None))),
              ("module spec loader", made("m", __spec__=spec("n", 7))),
              ("module spec origin", made("m", __spec__=spec("n", None, origin="odd place"))),
              ("module spec file", made("m", __spec__=importlib.util.spec_from_file_location("n", "/x/it's.py"))),
              ("module spec name none", made("m", __spec__=spec(None, None))),
              ("module spec name none origin", made("m", __spec__=spec(None, None, origin="here"))),
              ("module spec false", made("m", __spec__=0)), ("module subclass", Odd("odd")),
              ("module own repr", Own("own")), ("module loader module_repr", made("m", __loader__=Loader())),
              ("module loader type", os.__loader__)]
    found += [("spec os", os.__spec__), ("spec sys", sys.__spec__), ("spec package", importlib.__spec__),
              ("spec origin", spec("n", None, origin="o", is_package=True)),
              ("file finder", importlib.machinery.FileFinder("/nowhere")),
              ("importer", importlib.machinery.BuiltinImporter)]
    return found


def site_objects():
    names = [name for name in ("exit", "quit", "copyright", "credits", "license", "help") if hasattr(builtins, name)]
    found = [("site " + name, getattr(builtins, name)) for name in names]
    import _sitebuiltins

    return found + [("site printer", _sitebuiltins._Printer("name", "a\nb")),
                    ("site printer long", _sitebuiltins._Printer("name", "a\n" * 40)),
                    ("site quitter", _sitebuiltins.Quitter("leave", "the door"))]


def functions():
    class A:
        __slots__ = ("slot", "__weakref__", "__dict__")

        def method(self):
            pass

        @property
        def prop(self):
            pass

        @classmethod
        def of_class(cls):
            pass

        @staticmethod
        def static():
            pass

    class Named:
        def __init__(self, **names):
            vars(self).update(names)

        def __call__(self):
            pass

    class ByProperty:
        @property
        def __name__(self):
            return "by property"

        def __call__(self):
            pass

    class Meta(type):
        pass

    class OwnMeta(type):
        def __repr__(cls):
            return "by its metaclass"

    def function():
        pass

    a = A()
    KEPT.append(a)
    bound = types.MethodType
    found = [("bound method", a.method), ("bound class method", A.of_class), ("bound builtin", bound(len, 1)),
             ("bound type", bound(int, 1)), ("bound nothing", bound(Named(), 1)), ("bound named", bound(Named(__name__="n'"), 1)),
             ("bound qualified", bound(Named(__name__="n", __qualname__="q"), 1)), ("bound odd", bound(Named(__qualname__=1, __name__="n"), 1)),
             ("bound property", bound(ByProperty(), 1)), ("bound bound", bound(a.method, 2)),
             ("bound descriptor", bound(str.join, 2)), ("bound slot wrapper", bound(int.__add__, 2)),
             ("bound builtin method", bound([].append, 2)), ("bound class builtin", bound(dict.fromkeys, 2)),
             ("bound partial", bound(__import__("functools").partial(len), 2))]
    found += [("method wrapper", (1).__add__), ("method wrapper mine", a.__init__), ("slot wrapper", int.__add__),
              ("method descriptor", str.join), ("class method descriptor", vars(dict)["fromkeys"]),
              ("getset", vars(int)["real"]), ("getset mine", vars(A)["__dict__"]), ("member", A.slot),
              ("member builtin", vars(types.CodeType)["co_argcount"]), ("property", A.prop),
              ("classmethod", vars(A)["of_class"]), ("staticmethod", vars(A)["static"]),
              ("static of odd", staticmethod(3)), ("class method of list", classmethod([1])),
              ("super", super(A, a)), ("super class", super(A, A)), ("super unbound", super(A)),
              ("cell empty", types.CellType()), ("cell", types.CellType(a)), ("cell int", types.CellType(1)),
              ("class", A), ("class meta", Meta("M", (), {})), ("class own meta", OwnMeta("M", (), {})),
              ("class no module", type("N", (), {"__module__": 3})), ("class renamed", type("R", (), {"__qualname__": "a.b<c>"})),
              ("function", function), ("lambda", lambda: 0), ("builtin method", [].append), ("builtin of class", dict.fromkeys),
              ("builtin", len), ("object method", a.__str__)]
    import ctypes

    instance_method = ctypes.pythonapi.PyInstanceMethod_New
    instance_method.restype = ctypes.py_object
    instance_method.argtypes = [ctypes.py_object]
    return found + [("instance method", instance_method(function)), ("instance method odd", instance_method(Named()))]


def running():
    def generator():
        yield

    async def coroutine():
        pass

    async def asynchronous():
        yield

    gen, coro, agen = generator(), coroutine(), asynchronous()
    renamed = generator()
    renamed.__qualname__ = "another 'name'"
    code = compile("x = 1", "file \"with\" quotes", "exec")
    return [("generator", gen), ("generator renamed", renamed), ("generator expression", (x for x in ())), ("coroutine", coro),
            ("async generator", agen), ("coroutine wrapper", coro.__await__()), ("asend", agen.__anext__()),
            ("athrow", asynchronous().athrow(ValueError)), ("code", generator.__code__), ("code module", code),
            ("code line 0", code.replace(co_firstlineno=0)), ("async generator closed", agen)]


def views():
    import collections
    import weakref

    class Slots:
        __slots__ = ("__name__", "__weakref__")

    class Plain:
        pass

    class Named:
        __name__ = "name of the class"

    class ByProperty:
        @property
        def __name__(self):
            return "x"

    class Reference(weakref.ref):
        pass

    class Mine(dict):
        pass

    def function():
        pass

    ordered = collections.OrderedDict(a=1, b=[2], c=3)
    ordered.move_to_end("a")
    mine = Mine(x=1)
    loop = {}
    loop["v"] = loop.values()
    released = memoryview(b"x")
    released.release()
    plain, slots, named, by_property, dead = Plain(), Slots(), Named(), ByProperty(), Plain()
    own = Plain()
    own.__name__ = "own"
    slots.__name__ = "slot"
    referents = [("plain", plain), ("slots", slots), ("named", named), ("property", by_property), ("own", own), ("class", Plain),
                 ("function", function), ("builtin", len), ("module", types), ("set", {1}), ("generator", (x for x in ())),
                 ("thread", __import__("threading").current_thread())]
    KEPT.extend(referents)
    gone, gone_proxy = weakref.ref(dead), weakref.proxy(dead)
    del dead
    found = [("keys", {1: 2}.keys()), ("values", {1: "v"}.values()), ("items", {"k": [1]}.items()), ("keys none", {}.keys()),
             ("ordered keys", ordered.keys()), ("ordered values", ordered.values()), ("ordered items", ordered.items()),
             ("ordered none", collections.OrderedDict().items()), ("keys of subclass", mine.keys()), ("values loop", loop["v"]),
             ("dict with its values", loop), ("key iterator", iter({1: 2})), ("values of class", vars(Slots).values()),
             ("mapping proxy", types.MappingProxyType({1: {2: 3}})), ("proxy of ordered", types.MappingProxyType(ordered)),
             ("proxy of proxy", types.MappingProxyType(types.MappingProxyType({}))), ("class dict", vars(Plain)),
             ("memoryview", memoryview(b"abc")), ("memoryview released", released), ("weakref dead", gone),
             ("weakref subclass", Reference(plain)), ("weak method", weakref.WeakMethod(KEPT_A.method)),
             ("keyed", weakref.KeyedRef(plain, None, 1))]
    found += [("weakref " + label, weakref.ref(value)) for label, value in referents]
    return found


class KeptA:
    def method(self):
        pass


KEPT_A = KeptA()


def generics():
    import collections.abc
    import functools
    import typing

    T = typing.TypeVar("T")
    found = []

    def add(label, make):
        """What this Python cannot make is left out."""
        try:
            found.append((label, make()))
        except (TypeError, AttributeError, NameError, SyntaxError, ImportError):
            pass

    class Mine:
        pass

    def function():
        pass

    for label, arguments in [("int", int), ("two", (int, str)), ("text", "x"), ("none", None), ("none type", type(None)),
                             ("ellipsis", (int, ...)), ("empty", ()), ("mine", Mine), ("function", function), ("builtin", len),
                             ("list", [int, Mine]), ("list of none", [type(None), ...]), ("typevar", T), ("any", typing.Any),
                             ("alias", typing.List[int]), ("bare alias", typing.List), ("tuple", ((int, str), 1)), ("instance", Mine()),
                             ("slot wrapper", int.__add__), ("partial", functools.partial(len)), ("union", typing.Union[int, str]),
                             ("optional", typing.Optional[int]), ("literal", typing.Literal["a"]), ("newtype", typing.NewType("N", int)),
                             ("method", KEPT_A.method), ("module", builtins), ("object method", [].append)]:
        add("alias " + label, lambda: types.GenericAlias(list, arguments))
        add("alias nested " + label, lambda: dict[str, types.GenericAlias(tuple, arguments)])
        add("alias of mine " + label, lambda: types.GenericAlias(Mine, arguments))
        add("union " + label, lambda: int | arguments)
        add("union of aliases " + label, lambda: list[arguments] | None | Mine)
    add("alias starred", lambda: next(iter(tuple[int, str])))
    add("abc callable", lambda: collections.abc.Callable[[int, Mine], str])
    add("abc callable any", lambda: collections.abc.Callable[..., str])
    add("abc callable none", lambda: collections.abc.Callable[[], None])
    add("abc callable spec", lambda: collections.abc.Callable[typing.ParamSpec("P"), None])
    add("typevar", lambda: T)
    add("typevar covariant", lambda: typing.TypeVar("T", covariant=True))
    add("typevar contravariant", lambda: typing.TypeVar("T", contravariant=True))
    add("typevar inferred", lambda: typing.TypeVar("T", infer_variance=True))
    add("param spec", lambda: typing.ParamSpec("P"))
    add("param spec args", lambda: typing.ParamSpec("P").args)
    add("param spec kwargs", lambda: typing.ParamSpec("P").kwargs)
    add("typevar tuple", lambda: typing.TypeVarTuple("Ts"))
    add("type alias", lambda: typing.TypeAliasType("Alias", int))
    add("type alias of", lambda: typing.TypeAliasType("Alias", typing.List[T], type_params=(T,))[int])
    add("no default", lambda: typing.NoDefault)
    add("template", lambda: eval("t'a{1!r:>{3}}b{T}'", {"T": T}))
    add("template empty", lambda: eval("t''"))
    add("interpolation", lambda: eval("t'{[1]}'").interpolations[0])
    add("frozendict", lambda: eval("frozendict(a=1, b=[2])"))
    add("frozendict empty", lambda: eval("frozendict()"))
    add("frozendict subclass", lambda: eval("type('F', (frozendict,), {})(a=2)"))
    add("frozendict subclass empty", lambda: eval("type('F', (frozendict,), {})()"))
    add("sentinel", lambda: eval("sentinel('MISSING')"))
    add("sentinel repr", lambda: eval("sentinel('MISSING', repr='<gone>')"))
    return found


def frames():
    """Of a suspended generator, one that is over, and the traceback's of an exception."""
    def steps():
        yield 1
        yield 2

    def fails():
        raise ValueError("for its frames")

    started, fresh = steps(), steps()
    next(started)
    found = [("frame suspended", started.gi_frame), ("frame fresh", fresh.gi_frame)]
    RUNNING.extend([started, fresh])
    try:
        fails()
    except ValueError as error:
        found += [("frame over", error.__traceback__.tb_next.tb_frame)]
        RUNNING.append(error)
    return found


RUNNING = []


def values():
    return modules() + site_objects() + functions() + running() + views() + generics() + frames()
