"""Blocks one thread in each of many system calls and says what is true of it, as Python itself knows it.

Each line said is a JSON object: the name of the case, the thread's tid, the names the call may have, and what
getsockname, getpeername, fileno, readlink and fork said. Children are forked before any thread is started; they
end when this process does, because they read a pipe that only it can write to.
"""

import fcntl
import json
import os
import pty
import select
import socket
import struct
import sys
import tempfile
import threading
import time

import sync

FOLDER = tempfile.mkdtemp(prefix="pyexc-waits-")
ALIVE_READ, ALIVE_WRITE = os.pipe()
KEEP = [ALIVE_WRITE]  # what must stay open
said = threading.Lock()


def tell(case, calls, **facts):
    if "fd" in facts:
        facts.setdefault("file", os.readlink("/proc/self/fd/%d" % facts["fd"]))
    tid = threading.get_native_id() if hasattr(threading, "get_native_id") else None
    with said:
        sync.say(json.dumps(dict(facts, case=case, tid=tid, calls=calls, before=time.monotonic())).encode())


def child(keep=(), first=None):
    """A process that has `keep` open, does `first`, and waits for our end."""
    done_read, done_write = os.pipe()
    pid = os.fork()
    if pid == 0:
        try:
            for fd in range(3, 256):
                if fd not in keep and fd not in (ALIVE_READ, done_write):
                    try:
                        os.close(fd)
                    except OSError:
                        pass
            if first is not None:
                first()
            os.write(done_write, b".")
            os.close(done_write)
            os.read(ALIVE_READ, 1)
        finally:
            os._exit(0)
    os.close(done_write)
    assert os.read(done_read, 1) == b"."
    os.close(done_read)
    return pid


def end(address):
    if isinstance(address, tuple):
        return ("[%s]:%d" if ":" in address[0] else "%s:%d") % address[:2]
    return address


CASES = {}


def case(function):
    CASES[function.__name__] = function
    return function


# Each is called in the main thread while there is no other, and gives what its thread is to do.

@case
def read_pipe():
    r, w = os.pipe()
    pid = child(keep=[w])
    os.close(w)
    return lambda: (tell("read_pipe", ["read"], fd=r, peers=[pid], what="pipe"), os.read(r, 1))


@case
def write_full_pipe():
    r, w = os.pipe()
    pid = child(keep=[r])
    os.close(r)
    os.set_blocking(w, False)
    try:
        while True:
            os.write(w, b"x" * 4096)
    except BlockingIOError:
        pass
    os.set_blocking(w, True)
    return lambda: (tell("write_full_pipe", ["write"], fd=w, peers=[pid], what="pipe"), os.write(w, b"x" * 8192))


def tcp(name, family, host):
    server = socket.socket(family)
    server.bind((host, 0))
    server.listen(5)
    client = socket.create_connection(server.getsockname()[:2])
    KEEP.append((server, client, server.accept()))

    def run():
        tell(name, ["recvfrom"], fd=client.fileno(), family="tcp", local=end(client.getsockname()),
             remote=end(client.getpeername()), state="ESTABLISHED", peers=[os.getpid()])
        client.recv(1)
    return run


@case
def tcp4_peer_that_never_answers():
    return tcp("tcp4_peer_that_never_answers", socket.AF_INET, "127.0.0.1")


@case
def tcp6_peer_that_never_answers():
    try:
        return tcp("tcp6_peer_that_never_answers", socket.AF_INET6, "::1")
    except OSError as error:
        return str(error)


@case
def tcp_read():
    server = socket.socket()
    server.bind(("127.0.0.1", 0))
    server.listen(5)
    client = socket.create_connection(server.getsockname())
    KEEP.append((server, server.accept()))

    def run():
        tell("tcp_read", ["read"], fd=client.fileno(), family="tcp", local=end(client.getsockname()),
             remote=end(client.getpeername()), state="ESTABLISHED", peers=[os.getpid()])
        os.read(client.fileno(), 1)
    return run


@case
def accepting():
    server = socket.socket()
    server.bind(("127.0.0.1", 0))
    server.listen(5)

    def run():
        tell("accepting", ["accept4"], fd=server.fileno(), family="tcp", local=end(server.getsockname()), remote="",
             state="LISTEN")
        server.accept()
    return run


@case
def connecting():
    # Nobody accepts: once the backlog is full the kernel drops every further SYN.
    server = socket.socket()
    server.bind(("127.0.0.1", 0))
    server.listen(0)
    address = server.getsockname()
    KEEP.append(server)
    for _ in range(4):
        filler = socket.socket()
        filler.setblocking(False)
        filler.connect_ex(address)
        KEEP.append(filler)
    client = socket.socket()
    client.bind(("127.0.0.1", 0))

    def run():
        tell("connecting", ["connect"], fd=client.fileno(), family="tcp", local=end(client.getsockname()),
             remote=end(address), state="SYN_SENT")
        client.connect(address)
    return run


@case
def udp():
    one = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    one.bind(("127.0.0.1", 0))

    def run():
        tell("udp", ["recvfrom"], fd=one.fileno(), family="udp", local=end(one.getsockname()), remote="")
        one.recvfrom(1)
    return run


@case
def udp6():
    try:
        one = socket.socket(socket.AF_INET6, socket.SOCK_DGRAM)
        one.bind(("::1", 0))
    except OSError as error:
        return str(error)

    def run():
        tell("udp6", ["recvfrom"], fd=one.fileno(), family="udp", local=end(one.getsockname()), remote="")
        one.recvfrom(1)
    return run


@case
def unix_pair():
    ours, theirs = socket.socketpair()
    pid = child(keep=[theirs.fileno()])
    theirs.close()

    def run():
        tell("unix_pair", ["recvfrom"], fd=ours.fileno(), family="unix", local="", remote="", peers=[pid])
        ours.recv(1)
    return run


@case
def unix_path():
    path = os.path.join(FOLDER, "socket")
    server = socket.socket(socket.AF_UNIX)
    server.bind(path)
    server.listen(5)
    client = socket.socket(socket.AF_UNIX)
    client.connect(path)
    KEEP.append((server, server.accept()))

    def run():
        tell("unix_path", ["recvfrom"], fd=client.fileno(), family="unix", local="", remote=client.getpeername(),
             peers=[os.getpid()])
        client.recv(1)
    return run


def lock_case(name, calls, lock, hold):
    path = os.path.join(FOLDER, name + ".lock")
    with open(path, "w"):
        pass
    pid = child(first=hold(path))
    stream = open(path, "r+")

    def run():
        tell(name, calls, fd=stream.fileno(), path=path, holders=[pid], lock=True)
        lock(stream)
    return run


def holds(function):
    def hold(path):
        def first():
            KEEP.append(open(path, "r+"))
            function(KEEP[-1], fcntl.LOCK_EX)
        return first
    return hold


@case
def flock_held_by_another():
    return lock_case("flock_held_by_another", ["flock"], lambda s: fcntl.flock(s, fcntl.LOCK_EX), holds(fcntl.flock))


@case
def record_lock_held_by_another():
    return lock_case("record_lock_held_by_another", ["fcntl"], lambda s: fcntl.lockf(s, fcntl.LOCK_EX), holds(fcntl.lockf))


@case
def flock_of_deleted():
    run = lock_case("flock_of_deleted", ["flock"], lambda s: fcntl.flock(s, fcntl.LOCK_EX), holds(fcntl.flock))
    os.unlink(os.path.join(FOLDER, "flock_of_deleted.lock"))
    return run


@case
def child_that_never_exits():
    pid = child()
    return lambda: (tell("child_that_never_exits", ["wait4"], peers=[pid], text="wait4(pid %d)" % pid), os.waitpid(pid, 0))


@case
def child_by_waitid():
    pid = child()
    return lambda: (tell("child_by_waitid", ["waitid"], peers=[pid], text="waitid(pid %d)" % pid),
                    os.waitid(os.P_PID, pid, os.WEXITED))


@case
def child_by_pidfd():
    if not hasattr(os, "pidfd_open"):
        return "no os.pidfd_open before Python 3.9"
    pid = child()
    fd = os.pidfd_open(pid)
    # os.P_PIDFD is there since 3.9 too.
    return lambda: (tell("child_by_pidfd", ["waitid"], fd=fd, peers=[pid], text="waitid(pidfd %d)" % fd),
                    os.waitid(os.P_PIDFD, fd, os.WEXITED))


@case
def lock():
    one = threading.Lock()
    one.acquire()
    return lambda: (tell("lock", ["futex"], text="futex"), one.acquire())


@case
def lock_with_timeout():
    one = threading.Lock()
    one.acquire()

    def run():
        tell("lock_with_timeout", ["futex"], text="futex", until=time.monotonic() + 5000)
        one.acquire(timeout=5000)
    return run


@case
def sleeping():
    # Before 3.11 time.sleep() is a select() without descriptors.
    calls = ["clock_nanosleep"] if sys.version_info >= (3, 11) else ["select", "pselect6"]

    def run():
        facts = {"until": time.monotonic() + 6000} if sys.version_info >= (3, 11) else {}
        tell("sleeping", calls, **facts)
        time.sleep(6000)
    return run


@case
def poll_one():
    r, w = os.pipe()
    KEEP.append(w)

    def run():
        poll = select.poll()
        poll.register(r, select.POLLIN)
        tell("poll_one", ["poll", "ppoll"], fd=r, fds=[r], what="pipe", peers=[os.getpid()])
        poll.poll(3600000)
    return run


@case
def poll_three():
    pipes = [os.pipe() for _ in range(3)]

    def run():
        poll = select.poll()
        for r, _ in pipes:
            poll.register(r, select.POLLIN)
        fds = sorted(r for r, _ in pipes)
        tell("poll_three", ["poll", "ppoll"], fds=fds)
        poll.poll(3600000)
    return run


@case
def select_two():
    pipes = [os.pipe() for _ in range(2)]

    def run():
        fds = sorted([pipes[0][0], pipes[1][0]])
        tell("select_two", ["select", "pselect6"], fds=fds)
        select.select([pipes[0][0]], [], [pipes[1][0]])
    return run


@case
def epoll():
    pipes = [os.pipe() for _ in range(2)]
    one = select.epoll()
    for r, _ in pipes:
        one.register(r, select.EPOLLIN)
    KEEP.append(pipes)

    def run():
        tell("epoll", ["epoll_wait", "epoll_pwait"], fd=one.fileno(), fds=sorted(r for r, _ in pipes),
             text="epoll_wait(fd %d)" % one.fileno())
        one.poll()
    return run


@case
def terminal():
    ours, theirs = pty.openpty()
    KEEP.append(ours)
    return lambda: (tell("terminal", ["read"], fd=theirs, what=os.ttyname(theirs)), os.read(theirs, 1))


@case
def opening_a_fifo():
    path = os.path.join(FOLDER, "fifo")
    os.mkfifo(path)
    return lambda: (tell("opening_a_fifo", ["openat", "open"], path=path), os.open(path, os.O_RDONLY))


def by_ctypes(name, what, create):
    try:
        import ctypes
        libc = ctypes.CDLL(None, use_errno=True)
    except ImportError as error:
        return "no ctypes: %s" % error
    fd = create(libc, ctypes)
    assert fd >= 0
    return lambda: (tell(name, ["read"], fd=fd, what=what), os.read(fd, 128))


@case
def eventfd():
    return by_ctypes("eventfd", "eventfd", lambda libc, _: libc.eventfd(0, 0))


@case
def timerfd():
    return by_ctypes("timerfd", "timerfd", lambda libc, _: libc.timerfd_create(1, 0))


@case
def inotify():
    return by_ctypes("inotify", "inotify", lambda libc, _: libc.inotify_init())


@case
def signalfd():
    def create(libc, ctypes):
        return libc.signalfd(-1, ctypes.create_string_buffer(struct.pack("=Q", 1 << 9) + bytes(120)), 0)
    return by_ctypes("signalfd", "signalfd", create)


@case
def other_network_namespace():
    """A thread alone in a namespace of its own, with a port that is another socket's outside."""
    if os.geteuid() != 0:
        return "needs root"
    try:
        import ctypes
        libc = ctypes.CDLL(None, use_errno=True)
    except ImportError as error:
        return "no ctypes: %s" % error
    outside = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    outside.bind(("0.0.0.0", 0))
    KEEP.append(outside)

    def run():
        clone_newnet = 0x40000000
        if libc.unshare(clone_newnet) != 0:
            return tell("other_network_namespace", [], skip="unshare: errno %d" % ctypes.get_errno())
        one = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        one.bind(("0.0.0.0", outside.getsockname()[1]))
        tell("other_network_namespace", ["recvfrom"], fd=one.fileno(), family="udp", local=end(one.getsockname()), remote="")
        one.recvfrom(1)
    return run


def main():
    ready = {}
    for name, prepare in CASES.items():
        ready[name] = prepare()
    for name, run in ready.items():
        if isinstance(run, str):
            sync.say(json.dumps({"case": name, "skip": run}).encode())
        else:
            threading.Thread(target=run, name=name, daemon=True).start()
    sync.wait()
    import shutil
    shutil.rmtree(FOLDER, ignore_errors=True)
    os._exit(0)


main()
