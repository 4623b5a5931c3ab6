"""The checked-in layout tables are what their generator reads from the interpreters of this machine."""

import re
import shutil
import sys

import pytest

from conftest import REPOSITORY, all_interpreters

LAYOUT = REPOSITORY / "src/cpython/layout"
sys.path.insert(0, str(LAYOUT))
import generate  # noqa: E402


def checked_in(minor, kind):
    """{file name: ([version, ...], {"structure.field": offset})} of the tables of a minor version and kind."""
    tables = {}
    for file in (LAYOUT / "tables").glob("3.%d.*.inc" % minor):
        suffix = re.fullmatch(r"3\.\d+\.\d+(?:-(\w+))?\.inc", file.name)
        if (suffix.group(1) or "release") != kind:
            continue
        text = file.read_text()
        offsets = {"%s.%s" % (structure, field): int(value)
                   for structure, field, value in re.findall(r"^OFFSET\((\w+), (\w+), (\d+)\)$", text, re.M)}
        tables[file.name] = (re.findall(r"^//   CPython ([\d.]+),", text, re.M), offsets)
    return tables


def with_dwarf(interpreter):
    if shutil.which("gdb") is None:
        pytest.skip("gdb is not installed")
    if not interpreter.entry["dwarf"]:
        pytest.skip("no debug information of this build is at hand")
    return interpreter.entry


def same_table(minor, kind, version, found):
    tables = checked_in(minor, kind)
    for versions, offsets in tables.values():
        if version in versions:
            assert found == offsets
            return
    if not tables:
        pytest.fail("no table for 3.%d %s; run src/cpython/layout/generate.py" % (minor, kind))
    # A release that no table was read from: what matters is that the nearest table reads it rightly.
    micro = int(version.split(".")[2])
    nearest = min(tables.values(), key=lambda table: min(abs(int(v.split(".")[2]) - micro) for v in table[0]))
    without_sizes = [{key: value for key, value in offsets.items() if not key.endswith(".size")}
                     for offsets in (found, nearest[1])]
    assert without_sizes[0] == without_sizes[1]


def test_table_agrees_with_debug_information(interpreter):
    entry = interpreter.entry
    kind = "freethreaded" if entry["free_threaded"] else "debug" if interpreter.debug else "release"
    same_table(interpreter.version_info[1], kind, interpreter.version, generate.offsets_of(with_dwarf(interpreter)))


def test_freethreaded_table_agrees_with_headers(interpreter):
    minor = interpreter.version_info[1]
    include = generate.headers_of(interpreter.entry)
    if minor < 13 or interpreter.debug or interpreter.kind == "ldso" or interpreter.entry["free_threaded"]:
        pytest.skip("one release build of each version with free-threaded headers is enough")
    if include is None:
        pytest.skip("the internal headers of this version are not installed")
    if shutil.which("gdb") is None or shutil.which("gcc") is None:
        pytest.skip("gdb and gcc are needed")
    if not interpreter.entry["dwarf"]:
        pytest.skip("no debug information of this build is at hand")
    same_table(minor, "freethreaded", interpreter.version,
               generate.freethreaded_offsets(interpreter.entry, include, minor))


def test_files_are_what_the_generator_writes():
    """Byte for byte, where every build that the tables name is at hand."""
    wanted = set()
    for file in (LAYOUT / "tables").glob("3.*.inc"):
        wanted |= set(re.findall(r"^//   CPython (.*)$", file.read_text(), re.M))
    builds = generate.collect([interpreter.entry for interpreter in all_interpreters()])
    missing = wanted - {build.provenance for build in builds}
    if missing:
        pytest.skip("not at hand: " + "; ".join(sorted(missing)))
    written = generate.render([build for build in builds if build.provenance in wanted], generate.read_fields())
    present = {file.name: file.read_text() for file in (LAYOUT / "tables").glob("*.inc")}
    assert sorted(written) == sorted(present)
    assert written == present


def test_every_field_is_in_some_table():
    """A field that no version has is a misspelt one."""
    known = set()
    for file in (LAYOUT / "tables").glob("3.*.inc"):
        known |= {"%s.%s" % pair for pair in re.findall(r"^OFFSET\((\w+), (\w+),", file.read_text(), re.M)}
    fields = {"%s.%s" % (ours, field) for ours, _, fields in generate.read_fields() for field, _ in fields}
    assert fields == known
