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


def values():
    return modules() + site_objects()
