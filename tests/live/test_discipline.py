"""What the tool does while it holds a target, and after: strace watches a whole run.

While a thread is stopped there are ptrace calls, reads of memory and what two threads need to talk to each
other; once the last thread was let go, the process is not read any more.
"""

import re
import shutil

import pytest

from conftest import TARGETS, interpreter_parameters

LINE = re.compile(r"^(?:\[pid\s+\d+\]\s+|\d+\s+)?\d+\.\d+\s+(?:<\.\.\. )?(\w+)(.*)$")
RESUMED = re.compile(r"^(?:\d+\s+)?\d+\.\d+\s+<\.\.\. \w+ resumed>")
# Stopping and waiting for stops, talking between reader and tracer, looking whether threads were started, and
# (openat, read, close) the state of a thread that does not stop.
WHILE_FROZEN = {"ptrace", "process_vm_readv", "wait4", "waitid", "futex", "newfstatat", "fstat", "getdents64", "lseek",
                "rt_sigprocmask", "rt_sigtimedwait", "rt_sigreturn", "timer_settime", "restart_syscall",
                "openat", "read", "close"}
NEVER = ("process_vm_writev", "PTRACE_POKE", "PTRACE_SETREG", "PTRACE_ATTACH", "PTRACE_CONT", "PTRACE_KILL")


def pytest_generate_tests(metafunc):
    if "held" in metafunc.fixturenames:
        metafunc.parametrize("held", interpreter_parameters(
            metafunc.config, lambda i: i.name in ("pyenv-3.8", "distribution", "sid-3.15")))


def strace(tool, pid, tmp_path, *options):
    import subprocess
    if shutil.which("strace") is None:
        pytest.skip("strace is not installed")
    log = tmp_path / "strace.txt"
    run = subprocess.run(["strace", "-f", "-ttt", "-s", "64", "-o", str(log), tool, *options, str(pid)],
                         stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.PIPE, timeout=60)
    assert run.returncode == 0, run.stderr.decode()
    return log.read_text(errors="replace").splitlines()


@pytest.mark.parametrize("options", [[], ["--native=all"]], ids=["plain", "native"])
def test_discipline_of_a_whole_run(held, options, tool, start_target, tmp_path):
    target = start_target(held, TARGETS / "held.py")
    lines = strace(tool, target.pid, tmp_path, *options)
    assert target.alive()
    for line in lines:
        assert not any(word in line for word in NEVER), line
        signal = re.search(r"\b(?:tgkill|tkill|kill|pidfd_send_signal|rt_sigqueueinfo)\((\d+)", line)
        assert not signal or int(signal.group(1)) != target.pid, line
    first = next(i for i, line in enumerate(lines) if "PTRACE_INTERRUPT" in line)
    last = max(i for i, line in enumerate(lines) if "PTRACE_DETACH" in line)
    # Up to the begin of the last detach: what runs beside it runs beside a thaw. What is only resumed here has
    # begun before, like the clone of the very thread that stops the target; a call that begins has its own line.
    for line in lines[first:last]:
        match = LINE.match(line)
        assert match, line
        if RESUMED.match(line):
            continue
        assert match.group(1) in WHILE_FROZEN, "while the target was frozen: " + line
        if match.group(1) == "openat":
            assert "task" in line or "stat" in line, "a file was opened while the target was frozen: " + line
    # Registers if frames of C or locks want them, with one call a thread and freeze.
    registers = [i for i, line in enumerate(lines) if "PTRACE_GETREGSET" in line]
    freezes = len(re.findall(r"PTRACE_DETACH, %d\b" % target.pid, "\n".join(lines)))
    assert len(registers) == 2 * freezes or not (options or registers), (freezes, registers)
    assert all(first < i < last for i in registers)
    reads = [i for i, line in enumerate(lines) if "process_vm_readv(" in line]
    assert reads and reads[-1] < last, "the process was read after the thaw: " + lines[reads[-1]]
    assert not [line for line in lines[last:] if "/mem\"" in line]
    inside = [i for i in reads if first < i < last]
    assert len(inside) <= 8, "%d reads of memory inside the freeze" % len(inside)
