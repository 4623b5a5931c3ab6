"""Cores of targets, made by the kernel and by gdb, and what of a report must not depend on where it is from."""

import os
import pathlib
import resource
import shutil
import signal
import subprocess

import pytest

CORE_TIMEOUT = 120


def unlimited_cores():
    """In the child, before the target runs."""
    hard = resource.getrlimit(resource.RLIMIT_CORE)[1]
    resource.setrlimit(resource.RLIMIT_CORE, (hard, hard))


def why_no_kernel_cores():
    pattern = pathlib.Path("/proc/sys/kernel/core_pattern").read_text().strip()
    if not pattern or pattern[0] in "|/" or "/" in pattern:
        return "the kernel here does not write cores into the working directory: core_pattern is %r" % pattern
    if resource.getrlimit(resource.RLIMIT_CORE)[1] != resource.RLIM_INFINITY:
        return "cores are limited here"
    return None


def need_kernel_cores():
    reason = why_no_kernel_cores()
    if reason:
        pytest.skip(reason)


def need(program):
    path = shutil.which(program)
    if path is None:
        pytest.skip(program + " is not installed")
    return path


def gcore(pid, path):
    run = subprocess.run([need("gdb"), "-nx", "-p", str(pid), "-batch", "-ex", "gcore %s" % path],
                         stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, timeout=CORE_TIMEOUT)
    said = run.stdout.decode("utf-8", "replace")
    assert os.path.exists(path), said
    # A stack of a thread with guard pages in it (glibc with MADV_GUARD_INSTALL): gdb stores zeros in its place.
    lost = [line for line in said.splitlines() if "Memory read failed for corefile section" in line
            and "ffffffffff600000" not in line]
    if lost:
        pytest.skip("this gdb cannot read all memory of the process and its core lacks it: " + lost[0].strip())
    return path


def only_core(directory):
    found = [path for path in pathlib.Path(directory).iterdir() if path.name.startswith("core")]
    assert len(found) == 1, found
    return found[0]


def kill_for_core(target, directory, number=signal.SIGABRT):
    """Ends a target that was started with unlimited_cores() in `directory`."""
    os.kill(target.pid, number)
    assert target.process.wait(CORE_TIMEOUT) == -number
    return only_core(directory)


def same_command_line(core, live):
    """Started through ld.so, which moves what is on the stack, only the kernel's own note is left: 79 bytes."""
    ours, theirs = core["target"]["command_line"], live["target"]["command_line"]
    through_loader = theirs[0].rpartition("/")[2].startswith("ld-")
    if through_loader and ours == [" ".join(theirs)[:79].rstrip(" ")]:
        core["target"]["command_line"] = ours = theirs
    return ours == theirs


def comparable(report):
    """Without what only a process that runs can have, or only one that ended."""
    interpreters = []
    for interpreter in report["interpreters"]:
        threads = []
        for thread in interpreter["threads"]:
            kept = {key: thread[key] for key in ("tid", "ident", "name", "main", "handling", "raising", "stack",
                                                 "stack_left_out", "stack_unreadable", "gil", "waits_for")}
            threads.append(kept)
        interpreters.append({"id": interpreter["id"], "threads": threads})
    target = {key: report["target"][key] for key in ("pid", "executable", "command_line")}
    return {"target": target, "python": report["python"], "exceptions": report["exceptions"],
            "interpreters": interpreters, "tasks": report["tasks"],
            "suspended": report["suspended"], "locks": report["locks"], "deadlocks": report["deadlocks"], "complete": report["complete"],
            "problems": report["problems"]}
