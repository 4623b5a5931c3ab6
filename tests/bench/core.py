#!/usr/bin/env python3
"""What a report of a core costs: wall time and peak memory for cores of several sizes, plain and compressed.

    tests/bench/core.py [--tool PATH] [--python PATH] [--repeat N] [SIZE ...]      SIZE: 10M, 4G

The target handles an exception and has as much memory as SIZE: mostly pages that were never written to, which the
kernel stores as holes, so that a core of 4 GB takes little of a disk. Nothing is asserted: machines differ.
"""

import argparse
import os
import pathlib
import resource
import signal
import statistics
import subprocess
import sys
import tempfile
import time

SIZES = ["10M", "100M", "1G", "4G"]
TARGET = """
import mmap, os, signal, sys
pages = mmap.mmap(-1, int(sys.argv[1]), mmap.MAP_PRIVATE | mmap.MAP_ANONYMOUS)
if hasattr(mmap, "MADV_NOHUGEPAGE"):
    pages.madvise(mmap.MADV_NOHUGEPAGE)
for at in range(0, len(pages), 1 << 20):
    pages[at] = 1  # one page of each MiB is really there
def down(n):
    if n:
        return down(n - 1)
    try:
        raise KeyError("lost")
    except KeyError:
        os.abort()
down(20)
"""


def bytes_of(size):
    return int(size[:-1]) << {"K": 10, "M": 20, "G": 30}[size[-1]]


def make_core(python, size, directory):
    def limits():
        hard = resource.getrlimit(resource.RLIMIT_CORE)[1]
        resource.setrlimit(resource.RLIMIT_CORE, (hard, hard))
    run = subprocess.run([python, "-c", TARGET, str(size)], cwd=directory, preexec_fn=limits)
    cores = [path for path in pathlib.Path(directory).iterdir() if path.name.startswith("core")]
    if run.returncode != -signal.SIGABRT or len(cores) != 1:
        sys.exit("the kernel wrote no core into the working directory; see /proc/sys/kernel/core_pattern")
    return cores[0]


def measure(command):
    """(wall ms, peak MB)"""
    begin = time.perf_counter()
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE)
    error = process.stderr.read()
    _, status, usage = os.wait4(process.pid, 0)
    wall = time.perf_counter() - begin
    process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode:
        sys.exit("status %d: %s" % (process.returncode, error.decode(errors="replace").strip()))
    return wall * 1000, usage.ru_maxrss / 1024


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--tool", default="build/src/app/pyexc-attach")
    parser.add_argument("--python", default=sys.executable)
    parser.add_argument("--repeat", type=int, default=5)
    parser.add_argument("sizes", nargs="*", default=SIZES)
    options = parser.parse_args()
    print("%8s %12s %12s %10s %10s" % ("memory", "core MB", "on disk MB", "wall ms", "peak MB"))
    for size in options.sizes:
        with tempfile.TemporaryDirectory() as directory:
            core = make_core(options.python, bytes_of(size), directory)
            facts = core.stat()
            runs = [measure([options.tool, "core", "--locals", str(core)]) for _ in range(options.repeat)]
            print("%8s %12.1f %12.1f %10.1f %10.1f" % (size, facts.st_size / 1e6, facts.st_blocks * 512 / 1e6,
                                                     statistics.median(run[0] for run in runs), max(run[1] for run in runs)))
            sys.stdout.flush()
            packed = str(core) + ".zst"
            if size == options.sizes[-1]:
                subprocess.run(["zstd", "-q", "-1", str(core), "-o", packed], check=True)
                wall, peak = measure([options.tool, "core", "--locals", packed])
                print("%8s %12.1f %12s %10.1f %10.1f" % (size, os.stat(packed).st_size / 1e6, "zstd", wall, peak))


if __name__ == "__main__":
    main()
