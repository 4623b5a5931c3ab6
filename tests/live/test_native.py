"""--native: the frames of C among those of Python, against gdb's own unwinding and names."""

import json
import os
import pathlib
import re
import shutil
import subprocess
import time

import pytest

from conftest import READY_TIMEOUT, REPOSITORY, TARGETS, call_tool, interpreter_parameters

pytestmark = pytest.mark.xdist_group("native")
CASES = ["sorted_by_key", "reduce_in_reduce", "qsort_callback", "in_sleep", "in_poll", "generators", "special_methods",
         "recursion"]
EVAL = "_PyEval_EvalFrameDefault"
# gdb's frames but for those that it infers (inlined functions, tail calls), innermost first: address and symbol.
GDB_SCRIPT = r"""
import gdb, json
threads = {}
for thread in gdb.selected_inferior().threads():
    thread.switch()
    frames = []
    frame = gdb.newest_frame()
    while frame is not None and frame.is_valid():
        if frame.type() not in (gdb.INLINE_FRAME, gdb.TAILCALL_FRAME):
            frames.append([frame.pc(), gdb.execute("info symbol %d" % (frame.pc() if not frames else frame.pc() - 1), to_string=True)])
        frame = frame.older()
    threads[thread.ptid[1]] = frames
print("FRAMES " + json.dumps(threads))
"""


def wait_until_asleep(pid, tids):
    """Nothing tells when a thread has gone to sleep but /proc: until each is, twice in a row."""
    deadline = time.monotonic() + READY_TIMEOUT
    before = None
    while time.monotonic() < deadline:
        now = [pathlib.Path("/proc/%d/task/%d/syscall" % (pid, tid)).read_text() for tid in tids]
        if now == before and not any(line.startswith(("running", "-1")) for line in now):
            return
        before = now
        time.sleep(0.05)
    raise TimeoutError("not asleep: %r" % before)


class Standing:
    def __init__(self, target, count):
        self.target, self.pid = target, target.pid
        self.tids = {}
        for _ in range(count):
            fact = json.loads(target.read_line().decode())
            self.tids[fact["case"]] = fact["tid"]
        wait_until_asleep(self.pid, [self.pid, *self.tids.values()])


@pytest.fixture
def standing(start_target):
    def start(interpreter, *wanted, count=len(CASES)):
        return Standing(start_target(interpreter, TARGETS / "native.py", *wanted, wait=False), count)
    return start


def threads_of(report):
    return {thread["tid"]: thread for interpreter in report["interpreters"] for thread in interpreter["threads"]}


def ask_gdb(pid, tmp_path):
    if shutil.which("gdb") is None:
        pytest.skip("gdb is not installed")
    script = tmp_path / "frames.py"
    script.write_text(GDB_SCRIPT)
    run = subprocess.run(["gdb", "-nx", "-batch", "-p", str(pid), "-ex", "set debuginfod enabled off", "-ex", "set backtrace past-main on", "-x", str(script)],
                         stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.PIPE, timeout=300,
                         env=dict(os.environ, LC_ALL="C"))
    lines = [line for line in run.stdout.decode(errors="replace").splitlines() if line.startswith("FRAMES ")]
    assert lines, run.stderr.decode(errors="replace")
    return {int(tid): frames for tid, frames in json.loads(lines[0][len("FRAMES "):]).items()}


def names_at(path, cache={}):
    """All names that symbol tables give to each address, so that aliases are no difference."""
    if path not in cache:
        names = {}
        for options in (["-D"], []):
            run = subprocess.run(["nm", *options, path], stdout=subprocess.PIPE, stderr=subprocess.DEVNULL)
            for line in run.stdout.decode(errors="replace").splitlines():
                parts = line.split()
                if len(parts) == 3 and parts[1] in "tTwWiVvuU":
                    names.setdefault(int(parts[0], 16), set()).add(parts[2].split("@")[0])
        cache[path] = names
    return cache[path]


def same_function(ours, theirs, path):
    # gdb drops the numbers of functions that the compiler made copies of: f.constprop.0.
    if ours.split(".")[0] == theirs.split(".")[0]:
        return True
    return any(ours in names and theirs in names for names in names_at(path).values())


def parts_of_eval_loop(interpreter):
    """Where the parts are that the compiler split off it, of a stripped interpreter whose debug file is at hand."""
    if not interpreter.stripped or not interpreter.entry["dwarf"] or interpreter.entry["elf"] != "exec":
        return []
    listed = subprocess.run(["nm", "-S", interpreter.entry["dwarf"]], stdout=subprocess.PIPE).stdout.decode(errors="replace")
    symbols = sorted((int(line.split()[0], 16), line.split()[-1]) for line in listed.splitlines() if len(line.split()) >= 3)
    ends = {begin: symbols[i + 1][0] for i, (begin, _) in enumerate(symbols[:-1]) if symbols[i + 1][0] != begin}
    return [(begin, ends[begin]) for begin, name in symbols if name.split(".")[0] == EVAL and begin in ends]


def is_eval(pc, text, parts):
    return text.split()[0].split(".")[0] == EVAL or any(begin < pc <= end for begin, end in parts)


def test_against_gdb(interpreter, standing, json_report, tmp_path):
    if interpreter.name.endswith("-ldso"):
        pytest.skip("gdb takes the loader for the program, and unwinds what it runs wrongly")
    target = standing(interpreter)
    report = json_report(target.pid, "--native")
    theirs = ask_gdb(target.pid, tmp_path)
    threads = threads_of(report)
    assert set(target.tids.values()) <= set(threads)
    named, parts = 0, parts_of_eval_loop(interpreter)
    for tid, thread in threads.items():
        stack = thread["native_stack"]
        assert stack, (tid, report["problems"])
        # Each frame of Python once and in order: nothing is lost by merging.
        assert [frame["python"] for frame in stack if frame["python"] is not None] == list(range(len(thread["stack"])))
        ours = [frame for frame in stack if frame["python"] is None]
        expected = [(pc, text) for pc, text in theirs[tid][::-1] if not is_eval(pc, text, parts)]
        assert [frame["address"] for frame in ours] == [pc for pc, _ in expected], (tid, thread["name"])
        for frame, (_, text) in zip(ours, expected):
            if not frame["symbol"] or text.startswith("No symbol"):
                continue
            assert same_function(frame["symbol"], text.split()[0], frame["object"]), (frame, text)
            named += 1
    assert named > (10 if interpreter.stripped else 40)


def innermost_c(thread):
    """Per run of Python frames the functions of C that it calls into, by name."""
    names, after = [], None
    for frame in thread["native_stack"]:
        if frame["python"] is not None:
            after = thread["stack"][frame["python"]]["function"]
        else:
            names.append((after, frame["symbol"]))
    return names


# What must stand between which frames of Python: the functions are exported by libc, or named after what Python calls.
BELOW = {"in_sleep": ("in_sleep", "nanosleep|select"), "in_poll": ("in_poll", "poll"),
         "qsort_callback": ("qsort_callback", "qsort")}


@pytest.mark.parametrize("case", sorted(BELOW))
def test_what_a_frame_of_python_calls(interpreter, case, standing, json_report):
    target = standing(interpreter)
    thread = threads_of(json_report(target.pid, "--native"))[target.tids[case]]
    function, pattern = BELOW[case]
    assert any(after == function and symbol and re.search(pattern, symbol) for after, symbol in innermost_c(thread)), \
        innermost_c(thread)


def test_text_and_options(held_one, standing, run_tool, json_report):
    target = standing(held_one)
    run = run_tool("--native", target.pid)
    assert run.code == 0, run.err
    lines = [line for line in run.out.splitlines() if line.startswith("  native  ")]
    assert lines
    for line in lines:
        assert re.fullmatch(r"  native  0x[0-9a-f]{16} \S.*", line), line
    assert any(re.search(r" qsort\S*\+0x[0-9a-f]+ in libc\.so\.6", line) for line in lines), lines
    plain = run_tool(target.pid)
    assert "  native  " not in plain.out
    # Without the lines of C the text is what it is without --native.
    without = lambda text: [line for line in text.splitlines() if not line.startswith(("  native  ", "Python 3", "Thread "))]
    assert without(run.out) == without(plain.out)
    assert all(thread["native_stack"] is None for thread in threads_of(json_report(target.pid)).values())
    for options in (["--native=some"], ["--native", "--no-freeze"], ["--native", "--exceptions-only"]):
        assert run_tool(*options, target.pid).code == 2


def test_threads_that_python_does_not_know(held_one, standing, json_report, run_tool):
    target = standing(held_one, "strangers")
    everyone = {int(tid) for tid in os.listdir("/proc/%d/task" % target.pid)}
    report = json_report(target.pid, "--native=all")
    strangers = report["native_threads"]
    assert {thread["tid"] for thread in strangers} == everyone - set(threads_of(report))
    assert len(strangers) == 2
    for thread in strangers:
        assert thread["name"] == pathlib.Path("/proc/%d/task/%d/comm" % (target.pid, thread["tid"])).read_text().rstrip("\n")
        assert any(frame["symbol"] and "pause" in frame["symbol"] for frame in thread["native_stack"]), thread
        assert thread["waiting"]["call"] == "pause"
    assert json_report(target.pid, "--native")["native_threads"] is None
    text = run_tool("--native=all", target.pid).out
    assert re.search(r"^2 threads alike: .*unknown to Python", text, re.M), text


def test_json_obeys_its_schema(held_one, standing, json_report):
    jsonschema = pytest.importorskip("jsonschema", reason="python3-jsonschema is not installed")
    schema = json.loads((REPOSITORY / "docs/report.schema.json").read_text())
    report = json_report(standing(held_one, "strangers").pid, "--native=all")
    jsonschema.Draft202012Validator(schema).validate(report)
    assert report["native_threads"] and all(thread["native_stack"] for thread in threads_of(report).values())


def test_a_stack_that_is_cut(interpreter, standing, json_report):
    if interpreter.debug and interpreter.version_info[:2] == (3, 13):
        pytest.skip("debug builds of 3.13 allow 500 calls of C, which end before 256 KiB")
    target = standing(interpreter, "deep", count=1)
    report = json_report(target.pid, "--native", codes=(0, 1))
    thread = threads_of(report)[target.tids["deep"]]
    cuts = [problem for problem in report["problems"] if "KiB" in problem["what"]]
    assert len(cuts) == 1 and cuts[0]["code"] == "limit", report["problems"]
    assert cuts[0]["where"] == "thread %d" % target.tids["deep"] and "innermost 256 KiB" in cuts[0]["what"]
    assert not report["complete"]
    numbers = [frame["python"] for frame in thread["native_stack"] if frame["python"] is not None]
    assert numbers == list(range(len(thread["stack"])))
    assert sum(frame["python"] is None for frame in thread["native_stack"]) > 100


def without_moment(report):
    report = dict(report)
    report.pop("captured_at")
    report["target"] = dict(report["target"], kind="")
    return report


@pytest.mark.parametrize("option", ["--native", "--native=all"])
def test_replay_equals_live(held_one, option, standing, tool, tmp_path):
    target = standing(held_one, "strangers")
    path = tmp_path / "recording"
    live = call_tool(tool, "--format=json", option, "--record", path, target.pid)
    assert live.code == 0, live.err
    target.target.end()
    again = call_tool(tool, "--format=json", option, "replay", path)
    assert again.code == 0, again.err
    assert without_moment(again.json()) == without_moment(live.json())
    plain = call_tool(tool, "--format=json", "replay", path)
    assert plain.code == 0 and all(t["native_stack"] is None for t in threads_of(plain.json()).values())


def test_replay_of_what_was_not_recorded(held_one, standing, tool, tmp_path):
    target = standing(held_one)
    path = tmp_path / "recording"
    assert call_tool(tool, "--record", path, target.pid).code == 0
    again = call_tool(tool, "--format=json", "--native", "replay", path)
    assert again.code == 1
    assert [p["code"] for p in again.json()["problems"]] == ["not-recorded"]


def pytest_generate_tests(metafunc):
    if "interpreter" in metafunc.fixturenames:
        metafunc.parametrize("interpreter", interpreter_parameters(metafunc.config))
    if "held_one" in metafunc.fixturenames:
        metafunc.parametrize("held_one", interpreter_parameters(
            metafunc.config, lambda i: i.name in ("pyenv-3.10", "distribution", "sid-3.15")))
