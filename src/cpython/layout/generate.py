#!/usr/bin/env python3
"""Writes tables/*.inc: the offsets of every field of fields.def, from the DWARF of real interpreters.

    generate.py [--interpreters FILE] [--output DIR] [--only NAME]...

FILE is the interpreters.json that tests/interpreters.sh writes. Each interpreter's debug information is
read by gdb; the output depends on nothing else, so running it again where the same builds are present
gives the same files (tests/live/test_layout_regenerate.py compares). Releases of one minor version and
build kind that agree in every field share one table; where they differ there is one table for each.

Free-threaded builds are rarely at hand with debug information: their tables come from the DWARF of an
empty program compiled against that release's headers with Py_GIL_DISABLED defined.
"""

import argparse
import collections
import functools
import json
import os
import pathlib
import re
import subprocess
import sys
import tempfile

HERE = pathlib.Path(__file__).resolve().parent
FIELD_FILES = ["fields.def", "value_fields.def"]
FIRST_MINOR = 8
# Where structures of value_fields.def may live in a file of their own instead of in the interpreter's.
MODULES = ["_datetime", "_collections", "array", "_sre", "_functools", "_operator", "itertools", "_decimal",
           "_zoneinfo", "_thread", "_queue", "_io", "_socket", "_asyncio", "_elementtree", "_contextvars", "_typing",
           "_struct", "mmap"]
# Structures that begin with no object header: a free-threaded build does not move their members.
NO_OBJECTS = {"deque_block", "ordered_dict_node", "array_descr", "thread_handle"}
OBJECT_HEAD_GROWTH = 16  # of a free-threaded build's PyObject (Include/object.h)
WIDTH = {"ptr": 8, "i64": 8, "i32": 4, "u32": 4, "u8": 1}

# CPython's names of a structure, newest first, where it had another one or is no typedef everywhere.
STRUCT_NAMES = {
    "_PyRuntimeState": ["_PyRuntimeState", "struct pyruntimestate"],
    "PyInterpreterState": ["PyInterpreterState", "struct _is"],
    "PyThreadState": ["PyThreadState", "struct _ts"],
    "_PyCFrame": ["_PyCFrame", "CFrame"],
    "_PyInterpreterFrame": ["_PyInterpreterFrame", "struct _PyInterpreterFrame"],
    "_gil_runtime_state": ["struct _gil_runtime_state"],
    "_PyStackChunk": ["_PyStackChunk", "struct _stack_chunk"],
    "PyDictKeysObject": ["PyDictKeysObject", "struct _dictkeysobject"],
    "PyDictValues": ["PyDictValues", "struct _dictvalues"],
    "managed_static_type_state": ["managed_static_type_state", "static_builtin_state"],
    "_odictnode": ["struct _odictnode"],
    "arraydescr": ["struct arraydescr"],
    "block": ["block", "struct BLOCK"],
}

# Where our field stood in older or newer releases; the first path that exists is taken.
PATHS = {
    ("runtime", "interpreters_head"): ["interpreters.head"],
    ("runtime", "interpreters_main"): ["interpreters.main"],
    ("runtime", "finalizing"): ["_finalizing", "finalizing"],
    ("runtime", "gc_collecting"): ["gc.collecting"],
    ("runtime", "gil"): ["ceval.gil"],
    ("interp", "next"): ["next"],
    ("interp", "threads_head"): ["threads.head", "tstate_head"],
    ("interp", "threads_main"): ["threads.main", "threads_main"],
    ("interp", "imports_modules"): ["imports.modules", "modules"],
    ("interp", "ceval_gil"): ["ceval.gil"],
    ("interp", "gil"): ["_gil"],
    ("interp", "gc_collecting"): ["gc.collecting"],
    ("interp", "int_max_str_digits"): ["long_state.max_str_digits", "int_max_str_digits"],
    ("interp", "types_builtins"): ["types.builtins.initialized", "types.builtins"],
    ("interp", "types_for_extensions"): ["types.for_extensions.initialized"],
    ("stack_chunk", "chunk_size"): ["size"],
    ("iframe", "f_executable"): ["f_executable", "f_code"],
    ("iframe", "f_funcobj"): ["f_funcobj", "f_func"],
    ("iframe", "instr_ptr"): ["instr_ptr", "prev_instr"],
    ("code", "co_linetable"): ["co_linetable", "co_lnotab"],
    ("gen", "gi_iframe"): ["gi_iframe"],
    ("long_", "lv_tag"): ["long_value.lv_tag"],
    ("memory_view", "view_buf"): ["view.buf"],
    ("memory_view", "view_obj"): ["view.obj"],
    ("memory_view", "view_len"): ["view.len"],
    ("memory_view", "view_itemsize"): ["view.itemsize"],
    ("memory_view", "view_format"): ["view.format"],
    ("memory_view", "view_ndim"): ["view.ndim"],
    ("memory_view", "view_readonly"): ["view.readonly"],
    ("decimal", "dec_flags"): ["dec.flags"],
    ("decimal", "dec_exp"): ["dec.exp"],
    ("decimal", "dec_digits"): ["dec.digits"],
    ("decimal", "dec_len"): ["dec.len"],
    ("decimal", "dec_data"): ["dec.data"],
    ("rlock", "rlock_owner"): ["rlock_owner", "lock.thread"],
    ("rlock", "rlock_count"): ["rlock_count", "lock.level"],
    ("file_io", "flag_bits"): ["created"],
    ("mmap", "length"): ["size"],
    ("simple_queue", "ring_items"): ["buf.items"],
    ("simple_queue", "ring_put_idx"): ["buf.put_idx"],
    ("simple_queue", "ring_get_idx"): ["buf.get_idx"],
    ("simple_queue", "ring_num_items"): ["buf.num_items"],
    ("simple_queue", "ring_items_cap"): ["buf.items_cap"],
    ("future", "dict"): ["dict", "fut_dict"],
    ("task", "dict"): ["dict", "task_dict"],
    ("gen", "gi_name"): ["gi_name"],
    ("long_", "ob_digit"): ["long_value.ob_digit", "ob_digit"],
}
# Members that hold the start of the structure: their fields are ours too.
BASES = ["d_common", "ob_base", "_base", "base", "ob_base.ob_base", "_base.ob_base", "_base._base", "ht_type"]
# Before 3.12 PyInterpreterState had no pointer to the GIL: `ceval` there was another structure.
KIND_MUST_MATCH = {("interp", "ceval_gil"), ("runtime", "gil")}


def read_fields():
    """[(our structure, CPython's, [(field, kind)])] of fields.def and of what it includes."""
    structures = []
    for line in [line for file in FIELD_FILES for line in (HERE / file).read_text().splitlines()]:
        if match := re.match(r"STRUCT\((\w+), (\w+)\)", line):
            structures.append((match[1], match[2], []))
        elif match := re.match(r"FIELD\((\w+), (\w+)\)", line):
            structures[-1][2].append((match[1], match[2]))
    return structures


VALUE_STRUCTURES = set(re.findall(r"^STRUCT\((\w+),", (HERE / "value_fields.def").read_text(), re.M))


# --- inside gdb -----------------------------------------------------------------------------------------

def extract_in_gdb(structures):
    import gdb

    def find_type(name):
        for candidate in STRUCT_NAMES.get(name, [name]):
            try:
                found = gdb.lookup_type(candidate).strip_typedefs()
            except gdb.error:
                continue
            if found.code == gdb.TYPE_CODE_STRUCT and found.fields():
                return found
        return None

    def member(structure, name):
        """(offset, type) of a direct member, looking through unnamed structures and unions."""
        for field in structure.fields():
            if not hasattr(field, "bitpos"):
                continue
            if field.name == name:
                return field.bitpos // 8, field.type
            if not field.name:
                inner = field.type.strip_typedefs()
                if inner.code in (gdb.TYPE_CODE_STRUCT, gdb.TYPE_CODE_UNION):
                    found = member(inner, name)
                    if found:
                        return field.bitpos // 8 + found[0], found[1]
        return None

    def resolve(structure, path):
        offset, current = 0, structure
        for part in path.split("."):
            current = current.strip_typedefs()
            if current.code not in (gdb.TYPE_CODE_STRUCT, gdb.TYPE_CODE_UNION):
                return None
            found = member(current, part)
            if not found:
                return None
            offset, current = offset + found[0], found[1]
        return offset, current

    tables, problems = {}, []
    for ours, theirs, fields in structures:
        structure = find_type(theirs)
        if structure is None:
            continue
        for field, kind in fields:
            if kind == "size":
                tables["%s.%s" % (ours, field)] = structure.sizeof
                continue
            found = None
            for path in PATHS.get((ours, field), [field]):
                for prefix in [""] + [base + "." for base in BASES]:
                    found = found or resolve(structure, prefix + path)
            if not found:
                continue
            offset, actual = found
            code = actual.strip_typedefs().code
            if (ours, field) in KIND_MUST_MATCH and (code == gdb.TYPE_CODE_PTR) != (kind == "ptr"):
                continue
            if kind in WIDTH and actual.sizeof != WIDTH[kind]:
                problems.append("%s.%s is %d bytes wide, not %s" % (ours, field, actual.sizeof, kind))
                continue
            tables["%s.%s" % (ours, field)] = offset
    words = find_type("_Py_DebugOffsets") or find_type("struct _Py_DebugOffsets")
    print("\n" + json.dumps({"offsets": tables, "problems": problems,
                             "debug_offsets_size": words.sizeof if words else None}))


# --- outside gdb ----------------------------------------------------------------------------------------

@functools.lru_cache(maxsize=None)
def run_gdb(file):
    """The offsets that the DWARF of `file` gives."""
    run = subprocess.run(["gdb", "-nx", "-q", "-batch", "-ex", "set max-value-size unlimited",
                          "-x", str(pathlib.Path(__file__).resolve()), str(file)],
                         stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.PIPE,
                         encoding="utf-8", errors="replace", env=dict(os.environ, DEBUGINFOD_URLS=""))
    lines = [line for line in run.stdout.splitlines() if line.startswith('{"offsets"')]
    if len(lines) != 1:
        raise RuntimeError("gdb gave no offsets for %s: %s" % (file, run.stderr.strip()[-500:]))
    result = json.loads(lines[0])
    if result["problems"]:
        raise RuntimeError("%s: %s" % (file, "; ".join(result["problems"])))
    return result["offsets"]


WHERE_MODULES_ARE = """
import importlib.util, json, sys
found = {}
for name in sys.argv[1:]:
    spec = importlib.util.find_spec(name)
    found[name] = spec.origin if spec else None
print(json.dumps(found))
"""


def module_files(entry):
    """Files with the debug information of those MODULES that are not built into the interpreter."""
    run = subprocess.run(entry["argv"] + ["-I", "-c", WHERE_MODULES_ARE] + MODULES, stdin=subprocess.DEVNULL,
                         stdout=subprocess.PIPE, check=True, encoding="utf-8")
    root = entry["dwarf"].split("/usr/lib/debug/")[0] + "/usr/lib/debug"
    for origin in sorted({o for o in json.loads(run.stdout).values() if o and o.startswith("/")}):
        identity = build_id(origin)
        separate = "%s/.build-id/%s/%s.debug" % (root, identity[:2], identity[2:]) if identity else ""
        yield separate if os.path.exists(separate) else origin


def offsets_of(entry):
    """Of the interpreter and of the extension modules that it would load."""
    offsets = dict(run_gdb(entry["dwarf"]))
    if "tstate.interp" not in offsets:
        raise RuntimeError("%s has no debug information of the interpreter" % entry["dwarf"])
    for file in module_files(entry):
        for key, value in run_gdb(file).items():
            offsets.setdefault(key, value)
    return offsets


HEADERS_PROGRAM = """
#define Py_BUILD_CORE 1
#define Py_BUILD_CORE_MODULE 1
#include <Python.h>
#include <frameobject.h>
#include <internal/pycore_runtime.h>
#include <internal/pycore_interp.h>
#include <internal/pycore_frame.h>
#include <internal/pycore_dict.h>
#include <internal/pycore_code.h>
#include <internal/pycore_moduleobject.h>
%(extra)s
typedef struct { PyObject_HEAD PyObject *tb_dummy; } UnusedObject;
_PyRuntimeState *a; PyInterpreterState *b; PyThreadState *c; _PyErr_StackItem *d; _PyInterpreterFrame *e;
PyFrameObject *f; PyCodeObject *g; PyTracebackObject *h; PyBaseExceptionObject *i; PySyntaxErrorObject *j;
PyImportErrorObject *k; PyUnicodeErrorObject *l; PyOSErrorObject *m; PyNameErrorObject *n;
PyAttributeErrorObject *o; PyBaseExceptionGroupObject *p; PyObject *q; PyVarObject *r; PyTypeObject *s;
PyHeapTypeObject *t; PyASCIIObject *u; PyCompactUnicodeObject *v; PyUnicodeObject *w; PyBytesObject *x;
PyLongObject *y; PyFloatObject *z; PyComplexObject *A; PyTupleObject *B; PyListObject *C; PySetObject *D;
PyDictObject *E; PyDictKeysObject *F; PyCellObject *G; PyModuleObject *H; PyFunctionObject *I;
PyGenObject *J; PySystemExitObject *K; PyStopIterationObject *L; PyDictValues *M; _PyStackChunk *N;
"""


@functools.lru_cache(maxsize=None)
def offsets_from_headers(include, minor):
    extra = "#include <internal/pycore_interpframe_structs.h>" if minor >= 14 else ""
    with tempfile.TemporaryDirectory() as directory:
        source = pathlib.Path(directory) / "headers.c"
        source.write_text(HEADERS_PROGRAM % {"extra": extra})
        target = source.with_suffix(".o")
        run = subprocess.run(["gcc", "-g", "-fno-eliminate-unused-debug-types", "-DPy_GIL_DISABLED=1",
                              "-I", include, "-I", os.path.join(include, "internal"),
                              # Debian keeps the generated header of each architecture apart.
                              "-I", str(pathlib.Path(include).parent), "-c", str(source), "-o", str(target)]
                             + multiarch_options(include),
                             stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
                             encoding="utf-8", errors="replace")
        if run.returncode:
            raise RuntimeError("cannot compile against %s:\n%s" % (include, run.stdout[-2000:]))
        return run_gdb(target)


def freethreaded_offsets(entry, include, minor):
    """What no header declares is what the release build has, moved by what the object header grew."""
    offsets = dict(offsets_from_headers(include, minor))
    declared = {key.split(".")[0] for key in offsets}
    for key, value in offsets_of(entry).items():
        structure, field = key.split(".")
        if structure in VALUE_STRUCTURES and structure not in declared:
            offsets[key] = value if structure in NO_OBJECTS else value + OBJECT_HEAD_GROWTH
    return offsets


def multiarch_options(include):
    return ["-I", str(pathlib.Path(include).parent / "x86_64-linux-gnu")]


class Build:
    def __init__(self, minor, micro, kind, provenance, offsets, origin="dwarf"):
        self.minor, self.micro, self.kind = minor, micro, kind
        self.provenance, self.offsets, self.origin = provenance, offsets, origin


def collect(entries, only=()):
    """One Build for every distinct interpreter of `entries` that has debug information."""
    builds, seen = [], set()
    for entry in entries:
        major, minor, micro = entry["version_info"][:3]
        wanted = not only or entry["name"] in only
        if not wanted or major != 3 or minor < FIRST_MINOR or not entry["dwarf"] or entry["build_id"] in seen:
            continue
        seen.add(entry["build_id"])
        kind = "freethreaded" if entry["free_threaded"] else "debug" if entry["debug"] else "release"
        core_id = build_id(entry["libpython"] or entry["path"]) or entry["build_id"]
        builds.append(Build(minor, micro, kind, "%s, build-id %s, DWARF" % (entry["version"], core_id),
                            offsets_of(entry)))
        include = headers_of(entry)
        if minor >= 13 and kind == "release" and include:
            builds.append(Build(minor, micro, "freethreaded", "%s, headers with Py_GIL_DISABLED (not run)"
                                % entry["version"], freethreaded_offsets(entry, include, minor), "headers"))
    return builds


def headers_of(entry):
    """The folder of the interpreter's headers, if the internal ones are there too."""
    include = entry.get("include")
    return include if include and os.path.exists(os.path.join(include, "internal/pycore_frame.h")) else None


def build_id(path):
    run = subprocess.run(["readelf", "-n", path], stdout=subprocess.PIPE, stderr=subprocess.DEVNULL,
                         encoding="utf-8", errors="replace")
    found = re.search(r"Build ID: ([0-9a-f]+)", run.stdout)
    return found.group(1) if found else None


def render(builds, structures):
    """{file name: text} of all tables and of their index."""
    groups = collections.defaultdict(list)  # (minor, kind) -> [[Build, ...] with equal offsets]
    for build in sorted(builds, key=lambda b: (b.minor, b.kind, b.micro, b.provenance)):
        variants = groups[build.minor, build.kind]
        for variant in variants:
            if variant[0].offsets == build.offsets:
                variant.append(build)
                break
        else:
            variants.append([build])
    files = {}
    functions = ["// Generated by generate.py: one function for every table.", ""]
    rows = ["// Generated by generate.py: name, minor, kind, origin, the micro releases it was read from.", ""]
    for (minor, kind), variants in sorted(groups.items()):
        for variant in variants:
            suffix = "" if kind == "release" else "-" + kind
            name = "3.%d.%d%s.inc" % (minor, variant[0].micro, suffix)
            lines = ["// Generated by generate.py. Do not edit. Read from:"]
            lines += ["//   CPython " + build.provenance for build in variant]
            lines.append("")
            for ours, _, fields in structures:
                for field, _ in fields:
                    key = "%s.%s" % (ours, field)
                    if key in variant[0].offsets:
                        lines.append("OFFSET(%s, %s, %d)" % (ours, field, variant[0].offsets[key]))
            files[name] = "\n".join(lines) + "\n"
            identifier = "py3_%d_%d%s" % (minor, variant[0].micro, suffix.replace("-", "_"))
            functions += ["void fill_%s(Layout& layout) {" % identifier,
                          '#include "cpython/layout/tables/%s"' % name, "}"]
            micros = sorted({build.micro for build in variant})
            # A binary's own DWARF, where one of several is that, counts more than headers.
            origin = min(build.origin for build in variant)
            rows.append("TABLE(%s, %d, %s, %s, %s)" % (identifier, minor, kind, origin, ", ".join(map(str, micros))))
    files["functions.inc"] = "\n".join(functions) + "\n"
    files["list.inc"] = "\n".join(rows) + "\n"
    return files


def default_interpreters():
    base = os.environ.get("PYEXC_TEST_CACHE") or os.path.join(
        os.environ.get("XDG_CACHE_HOME") or os.path.expanduser("~/.cache"), "pyexc-tests")
    return os.path.join(base, "interpreters.json")


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--interpreters", default=default_interpreters())
    parser.add_argument("--output", default=str(HERE / "tables"))
    parser.add_argument("--only", action="append", default=[])
    options = parser.parse_args()
    entries = json.loads(pathlib.Path(options.interpreters).read_text())
    files = render(collect(entries, options.only), read_fields())
    output = pathlib.Path(options.output)
    output.mkdir(parents=True, exist_ok=True)
    if not options.only:
        for old in output.glob("*.inc"):
            if old.name not in files:
                old.unlink()
    for name, text in files.items():
        (output / name).write_text(text)
    print("%d files in %s" % (len(files), output))
    return 0


if __name__ == "__main__":
    if "gdb" in sys.modules or not sys.argv[0]:
        extract_in_gdb(read_fields())
    else:
        sys.exit(main())
