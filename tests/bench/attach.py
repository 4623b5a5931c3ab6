#!/usr/bin/env python3
"""What an attach costs: the pause a spinning target sees, and wall time, CPU and memory of the tool, beside the
bare floor (stop every thread, read nothing, let go), in alternating pairs within one run.

    tests/bench/attach.py [--tool PATH] [--floor PATH] [--python PATH] [--pairs N] [--with OPTION] [THREADSxDEPTH[+TASKS] ...]

With +TASKS the target has so many tasks of asyncio besides, and the same attach with --tasks=none is measured, too.

`--with=--locals` measures the tool a second time in each pair, with that option, and prints what it adds.

Nothing is asserted: machines differ. Medians and ratios are printed; the ratio is taken pair by pair.
"""

import argparse
import os
import pathlib
import statistics
import subprocess
import sys
import time

HERE = pathlib.Path(__file__).resolve().parent
SHAPES = ["1x10", "1x20", "1x100", "1x1000", "10x20", "41x20", "100x10", "100x100", "1000x10",
          "1x10+1000", "1x10+3000", "1x10+10000"]


class Target:
    def __init__(self, python, threads, depth, tasks):
        self.process = subprocess.Popen([python, str(HERE / "spinner.py"), str(threads), str(depth), str(tasks)],
                                        stdin=subprocess.PIPE, stdout=subprocess.PIPE)
        assert self.process.stdout.readline() == b"ready\n"

    def tell(self, command):
        self.process.stdin.write(command)
        self.process.stdin.flush()

    def gap(self):
        self.tell(b"g")
        return int(self.process.stdout.readline()) / 1000

    def end(self):
        self.tell(b"q")
        self.process.wait()


def run(command):
    """(wall ms, cpu ms, peak MB)"""
    with open(os.devnull, "wb") as nowhere:
        begin = time.perf_counter()
        process = subprocess.Popen(command, stdout=nowhere, stderr=subprocess.PIPE)
        error = process.stderr.read()
        _, status, usage = os.wait4(process.pid, 0)
        wall = time.perf_counter() - begin
    process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode:
        sys.exit("%s: status %d: %s" % (command[0], process.returncode, error.decode(errors="replace").strip()))
    return wall * 1000, (usage.ru_utime + usage.ru_stime) * 1000, usage.ru_maxrss / 1024


def measure(options, shape):
    shape, _, tasks = shape.partition("+")
    threads, depth = map(int, shape.split("x"))
    target = Target(options.python, threads, depth, int(tasks or 0))
    more, without = options.more, False
    if tasks and not more:
        more, without = ["--tasks=none"], True
    pid = str(target.process.pid)
    rows = []
    for pair in range(options.pairs + 1):
        sample = {}
        commands = {"floor": [options.floor, pid], "tool": [options.tool, *options.options, pid]}
        if more:
            commands["more"] = [options.tool, *options.options, *more, pid]
        order = list(commands) if pair % 2 else list(commands)[::-1]
        for which in order:
            command = commands[which]
            target.tell(b"r")
            figures = run(command)
            sample[which] = (target.gap(), *figures)
        if pair:  # the first pair warms up
            rows.append(sample)
    target.tell(b"r")
    time.sleep(0.02)
    idle = target.gap()
    target.end()
    median = lambda which, i: statistics.median(row[which][i] for row in rows)
    ratio = statistics.median(row["tool"][0] / row["floor"][0] for row in rows)
    print("%5d %5d | %8.0f %8.0f  %5.2f | %7.2f %7.2f | %6.1f | %6.0f" % (
        threads, depth, median("floor", 0), median("tool", 0), ratio, median("tool", 1), median("tool", 2),
        max(row["tool"][3] for row in rows), idle), flush=True)
    if without:
        print("%11s | tasks: %s, the pause is %.2f times and the wall %.2f times those without" % (
            "", tasks, statistics.median(row["tool"][0] / row["more"][0] for row in rows),
            statistics.median(row["tool"][1] / row["more"][1] for row in rows)), flush=True)
    if more:
        last = "%.2f times the pause without" % statistics.median(row["more"][0] / row["tool"][0] for row in rows)
        print("%11s | %8s %8.0f  %5.2f | %7.2f %7.2f | %6.1f | %s" % (
            " ".join(more), "", median("more", 0),
            statistics.median(row["more"][0] / row["floor"][0] for row in rows), median("more", 1), median("more", 2),
            max(row["more"][3] for row in rows), "" if without else last), flush=True)


def main():
    build = pathlib.Path(os.environ.get("PYEXC_BUILDDIR", HERE.parent.parent / "build"))
    parser = argparse.ArgumentParser(description=__doc__.split("\n\n")[0])
    parser.add_argument("--tool", default=str(build / "src/app/pyexc-attach"))
    parser.add_argument("--floor", default=str(build / "tests/tools/bare_floor"))
    parser.add_argument("--python", default="/usr/bin/python3")
    parser.add_argument("--pairs", type=int, default=31)
    parser.add_argument("--option", action="append", default=[], dest="options", help="an option for the tool")
    parser.add_argument("--with", action="append", default=[], dest="more", help="options of a second measurement")
    parser.add_argument("shapes", nargs="*", default=SHAPES, metavar="THREADSxDEPTH")
    options = parser.parse_args()
    print("threads depth |  pause seen by the target, us | tool, ms        | peak   | idle gap")
    print("              |    floor     tool  ratio |    wall     cpu |     MB |     us")
    for shape in options.shapes:
        measure(options, shape)


if __name__ == "__main__":
    main()
