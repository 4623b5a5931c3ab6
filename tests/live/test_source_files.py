"""No file is read that the target could not read, and none that would hang: design of src/source/.

The names below are what code objects of a hostile process could carry. A small process of another user stands
still, source_probe resolves the names for it as the tool does after its freeze.
"""

import contextlib
import ctypes
import json
import os
import socket
import struct
import subprocess
import threading
import time

import pytest

from conftest import REPOSITORY
from test_source_lines import find_probe, to_hex

NOBODY, NOGROUP, GROUP = 65534, 65534, 54321
SECRET = "the secret line\n"
IDLE = REPOSITORY / "tests" / "source" / "idle_target.py"

pytestmark = pytest.mark.skipif(os.geteuid() != 0, reason="becoming another user needs root")


@pytest.fixture
def probe():
    path = find_probe()
    if path is None:
        pytest.skip("source_probe is not built (set PYEXC_BUILDDIR)")
    return path


@pytest.fixture
def room(tmp_path_factory):
    """A directory that everybody can reach, unlike tmp_path, whose parents are 0700."""
    path = tmp_path_factory.mktemp("room")
    for parent in (path, *path.parents):
        if parent.parent == parent or os.stat(parent).st_mode & 0o005 == 0o005:
            continue
        os.chmod(parent, os.stat(parent).st_mode | 0o055)
    return path


@contextlib.contextmanager
def idle(**told):
    process = subprocess.Popen(["/usr/bin/python3", "-S", str(IDLE), json.dumps(told)], stdin=subprocess.PIPE,
                               stdout=subprocess.PIPE)
    try:
        assert process.stdout.readline() == b"ready\n"
        yield process.pid
    finally:
        process.stdin.close()
        process.stdout.close()
        assert process.wait(30) == 0


def nobody(**told):
    return idle(uid=NOBODY, gid=NOGROUP, **told)


def resolve(probe, pid, names, command=(), preexec_fn=None, **question):
    asked = dict(question, minor=13, micro=0, pid=pid,
                 cases=[{"file": to_hex(str(name)), "lines": [1, 2]} for name in names])
    run = subprocess.run([*command, probe], input=json.dumps(asked).encode(), stdout=subprocess.PIPE,
                         stderr=subprocess.PIPE, timeout=60, preexec_fn=preexec_fn)
    assert run.returncode == 0, run.stderr
    answer = json.loads(run.stdout)
    if "error" not in answer:
        answer["text"] = {str(name): "".join(map(lambda line: bytes.fromhex(line).decode(), lines))
                          for name, lines in zip(names, answer["lines"])}
    return answer


def problems(answer):
    return [bytes.fromhex(problem["where"]).decode() + ": " + problem["what"] for problem in answer["problems"]]


def write(path, text=SECRET, mode=0o644, owner=(0, 0)):
    path.write_text(text)
    os.chown(path, *owner)
    path.chmod(mode)
    return path


def test_only_what_the_target_may_read(probe, room):
    mine = write(room / "mine.py", "mine\n", 0o600, (NOBODY, 0))
    open_to_all = write(room / "all.py", "all\n")
    secret = write(room / "secret.py", mode=0o600)
    by_group = write(room / "group.py", "group\n", 0o640, (0, GROUP))
    hidden = room / "hidden"
    hidden.mkdir()
    write(hidden / "x.py")
    hidden.chmod(0o700)
    (room / "link.py").symlink_to(secret)
    names = [mine, open_to_all, secret, by_group, hidden / "x.py", room / "link.py", "/etc/shadow"]
    with nobody(cwd="/") as pid:
        answer = resolve(probe, pid, names)
    assert answer["text"] == {str(mine): "mine\n", str(open_to_all): "all\n", str(secret): "", str(by_group): "",
                              str(hidden / "x.py"): "", str(room / "link.py"): "", "/etc/shadow": ""}
    assert answer["complete"], problems(answer)  # Python would have found no line either
    assert answer["uid_after"] == 0
    with nobody(cwd="/", groups=[GROUP]) as pid:
        assert resolve(probe, pid, names)["text"][str(by_group)] == "group\n"
    # The control: a process of root, though without its capabilities, finds text in all of root's.
    with idle(cwd="/") as pid:
        answer = resolve(probe, pid, names)
    assert [name for name, text in answer["text"].items() if not text] == [str(mine)]


def test_relative_names(probe, room):
    """A process that was started in a directory whose parents it may not search still shows ./app.py."""
    closed = room / "closed"
    cwd = closed / "cwd"
    cwd.mkdir(parents=True)
    (cwd / "sub").mkdir()
    write(closed / "secret.py")
    write(cwd / "app.py", "app\n")
    write(cwd / "sub" / "inner.py", "inner\n")
    (cwd / "up.py").symlink_to("../secret.py")
    (cwd / "absolute.py").symlink_to(closed / "secret.py")
    (cwd / "inside.py").symlink_to("sub/inner.py")
    names = ["./app.py", "app.py", "sub/../app.py", "inside.py", "../secret.py", "up.py", "absolute.py",
             "../../../../../../../../../../etc/shadow", "sub/../../secret.py"]
    closed.chmod(0o700)
    with nobody(cwd=str(cwd)) as pid:
        answer = resolve(probe, pid, names)
    assert list(answer["text"].values()) == ["app\n", "app\n", "app\n", "inner\n", "", "", "", "", ""]
    # Where the target may go up, names that do are found.
    closed.chmod(0o755)
    with nobody(cwd=str(cwd)) as pid:
        answer = resolve(probe, pid, names)
    assert list(answer["text"].values()) == ["app\n", "app\n", "app\n", "inner\n", SECRET, SECRET, SECRET, "", SECRET]


def test_root_of_the_target(probe, room):
    """Links and `..` stay below a root directory that is not ours, also for one that runs as root."""
    jail = room / "jail"
    (jail / "etc").mkdir(parents=True)
    (jail / "app").mkdir()
    write(room / "outside.py")
    write(jail / "outside.py", "the jail's\n")
    write(jail / "app" / "app.py", "app\n")
    (jail / "app" / "absolute.py").symlink_to(room / "outside.py")
    (jail / "app" / "up.py").symlink_to("../../outside.py")
    (jail / "etc" / "shadow").symlink_to("/outside.py")
    names = ["./app.py", "/app/app.py", "../outside.py", "../../../../outside.py", "up.py", "absolute.py",
             "/etc/shadow", room / "outside.py", "/../../outside.py", "/../../../../../../etc/passwd"]
    expected = ["app\n", "app\n", "the jail's\n", "the jail's\n", "the jail's\n", "", "the jail's\n", "",
                "the jail's\n", ""]
    for told in ({}, {"uid": NOBODY, "gid": NOGROUP}):
        with idle(root=str(jail), cwd="/app", **told) as pid:
            answer = resolve(probe, pid, names)
        assert list(answer["text"].values()) == expected
    with idle(tmpfs=str(jail), cwd=str(jail)) as pid:
        answer = resolve(probe, pid, ["inside.py", jail / "inside.py", jail / "outside.py"])
    assert list(answer["text"].values()) == ["only in here\n", "only in here\n", ""]
    # A working directory outside of the root, which chroot() alone leaves behind: nothing leads back in.
    with idle(root=str(jail)) as pid:
        answer = resolve(probe, pid, ["../" * 20 + "etc/passwd"])
    assert list(answer["text"].values()) == [""]


def test_no_byte_and_no_hang(probe, room):
    os.mkfifo(room / "fifo.py", 0o666)
    os.chmod(room / "fifo.py", 0o666)
    writer_woken = threading.Event()

    def writer():
        # Blocks until somebody opens the other end, which must not happen before the test does it.
        with open(room / "fifo.py", "w"):
            writer_woken.set()

    thread = threading.Thread(target=writer)
    thread.start()
    with socket.socket(socket.AF_UNIX) as listening:
        listening.bind(str(room / "socket.py"))
        os.chmod(room / "socket.py", 0o777)
        with open(room / "huge.py", "w") as stream:
            stream.truncate(10 << 30)
        (room / "fd.py").symlink_to("/proc/self/fd/0")
        (room / "environ.py").symlink_to("/proc/self/environ")
        names = [room / "fifo.py", room / "socket.py", room / "huge.py", "/dev/zero", "/dev/tty", "/dev/random",
                 "/dev/full", "/dev/stdin", "/dev/fd/0", "/proc/self/environ", "/proc/self/cmdline",
                 "/proc/thread-self/environ", "/proc/self/mem", "/proc/kmsg", "/proc/1/environ", "/proc/self/root/etc/passwd",
                 "/proc/self/cwd/etc/passwd", "/proc/self/exe", "/proc/version", "/sys/kernel/uevent_seqnum",
                 "/sys/kernel/mm/transparent_hugepage/enabled", room / "fd.py", room / "environ.py"]
        for context in (nobody(cwd=str(room)), idle(cwd=str(room))):
            with context as pid:
                started = time.monotonic()
                answer = resolve(probe, pid, names)
                assert time.monotonic() - started < 5
            assert not any(answer["text"].values()), answer["text"]
            told = "\n".join(problems(answer))
            for name in ("fifo.py", "socket.py", "huge.py", "/dev/zero", "/proc/version", "uevent_seqnum"):
                assert name + ":" in told
            assert not answer["complete"]
            assert all(problem["code"] == "source-unreadable" for problem in answer["problems"])
    assert not writer_woken.is_set()
    with open(room / "fifo.py"):
        thread.join(30)
    assert writer_woken.is_set()


def seccomp_refuses(number, error):
    """A preexec_fn: the system call fails with this errno from here on."""
    def install():
        libc = ctypes.CDLL(None, use_errno=True)
        instructions = [(0x20, 0, 0, 0), (0x15, 0, 1, number), (0x06, 0, 0, 0x00050000 | error),
                        (0x06, 0, 0, 0x7fff0000)]
        program = b"".join(struct.pack("HBBI", *instruction) for instruction in instructions)
        buffer = ctypes.create_string_buffer(program)
        header = ctypes.create_string_buffer(struct.pack("HxxxxxxQ", len(instructions), ctypes.addressof(buffer)))
        PR_SET_NO_NEW_PRIVS, PR_SET_SECCOMP, SECCOMP_MODE_FILTER = 38, 22, 2
        assert libc.prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) == 0
        assert libc.prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, header, 0, 0) == 0
    return install


@pytest.mark.skipif(os.uname().machine != "x86_64", reason="system call numbers of x86-64")
@pytest.mark.parametrize("number, error, what", [
    (437, 38, "openat2"), (437, 1, "openat2"), (117, 1, "user"), (119, 1, "group"), (116, 22, "groups"),
    (116, 1, "groups"),
    (126, 1, "capabilities")])
def test_refuses_rather_than_reads(probe, room, number, error, what):
    """openat2, setresuid, setresgid, setgroups and capset, each failing."""
    name = write(room / "all.py", "all\n")
    with nobody(cwd=str(room)) as pid:
        # Emptying capabilities is left to capset only where the user stays the same.
        asked = {"pid": os.getpid()} if what == "capabilities" else {"pid": pid, "groups": [GROUP]}
        answer = resolve(probe, names=[name], preexec_fn=seccomp_refuses(number, error), **asked)
        assert answer["text"] == {str(name): ""}
        assert any(what in line for line in problems(answer)), problems(answer)
        assert not answer["complete"]
        assert resolve(probe, names=[name], **asked)["text"] == {str(name): "all\n"}


def test_a_tool_that_is_only_a_user(probe, room):
    mine = write(room / "mine.py", "mine\n", 0o600, (NOBODY, NOGROUP))
    by_group = write(room / "group.py", "group\n", 0o640, (0, GROUP))
    as_nobody = ["setpriv", "--reuid", str(NOBODY), "--regid", str(NOGROUP), "--bounding-set=-all", "--inh-caps=-all"]
    with nobody(cwd=str(room)) as pid:
        answer = resolve(probe, pid, [mine, by_group], command=[*as_nobody, "--clear-groups"])
        assert list(answer["text"].values()) == ["mine\n", ""] and answer["complete"]
        # One group more than the target, which cannot be put off: what only that group opens stays closed.
        answer = resolve(probe, pid, [mine, by_group], command=[*as_nobody, "--groups", str(GROUP)])
        assert list(answer["text"].values()) == ["mine\n", ""] and answer["complete"]
        # Another user than the target's cannot be taken: nothing is read at all.
        answer = resolve(probe, pid, [mine], command=[*as_nobody, "--clear-groups"], uid=12345)
        assert list(answer["text"].values()) == [""] and not answer["complete"]
    with nobody(cwd=str(room), groups=[GROUP]) as pid:
        answer = resolve(probe, pid, [by_group], command=[*as_nobody, "--groups", str(GROUP)])
        assert list(answer["text"].values()) == ["group\n"]


@pytest.mark.skipif(not os.access("/dev/fuse", os.R_OK | os.W_OK), reason="no /dev/fuse on this machine")
def test_a_file_system_that_never_answers(probe, room):
    """Nobody reads the requests of this mount: the lookup waits for ever, the report does not."""
    libc = ctypes.CDLL(None, use_errno=True)
    place = room / "dead"
    place.mkdir()
    write(room / "all.py", "all\n")
    fd = os.open("/dev/fuse", os.O_RDWR)
    try:
        options = "fd=%d,rootmode=40000,user_id=0,group_id=0,allow_other" % fd
        if libc.mount(b"dead", str(place).encode(), b"fuse", 0, options.encode()) != 0:
            pytest.skip("mounting FUSE is refused: " + os.strerror(ctypes.get_errno()))
        try:
            with nobody(cwd=str(room)) as pid:
                started = time.monotonic()
                answer = resolve(probe, pid, [room / "all.py", place / "x.py", "all.py"], wall_ms=300)
                assert time.monotonic() - started < 5
            assert list(answer["text"].values()) == ["all\n", "", ""]
            assert [line.rsplit(": ")[1] for line in problems(answer)] == ["not read in time"] * 2
        finally:
            os.close(fd)  # ends the connection, and with it every wait
            fd = None
            MNT_DETACH = 2
            libc.umount2(str(place).encode(), MNT_DETACH)
    finally:
        if fd is not None:
            os.close(fd)
