"""Threads, locks, queues, futures and processes. Everything is settled when values() returns: what runs waits on a
pipe that nobody writes to."""

import _thread
import concurrent.futures
import os
import queue
import signal
import subprocess
import sys
import threading

KEPT = []  # what must outlive values()


class OwnThread(threading.Thread):
    def run(self):
        KEPT[0].wait()


class AliveThread(threading.Thread):
    def is_alive(self):
        return True


class SlotThread(threading.Thread):
    __slots__ = ("extra",)


class OwnLocked(threading.Condition().__class__):
    pass


class Described(threading.Event):
    def __repr__(self):
        return "an event of my own"


class Event(threading.Event):
    pass


class RLockSubclass(type(threading.RLock())):
    pass


class Result:
    pass


class Falsy(Exception):
    def __bool__(self):
        return False


def started(thread):
    thread.start()
    return thread


def in_another_thread(function):
    thread = threading.Thread(target=function)
    thread.start()
    thread.join()


def threads():
    forever = threading.Event()
    KEPT.append(forever)
    done = threading.Thread(target=int, name="done")
    done.start()
    done.join()
    dummies = []
    ready = threading.Lock()
    ready.acquire()

    def foreign():
        dummies.append(threading.current_thread())
        ready.release()
        forever.wait()

    _thread.start_new_thread(foreign, ())
    ready.acquire()
    # One that has ended without anybody asking: up to 3.12 only its lock says so.
    unasked = threading.Thread(target=int, name="unasked", daemon=True)
    unasked.start()
    lock = getattr(unasked, "_tstate_lock", None)
    if lock is not None:
        lock.acquire()
        lock.release()
    else:
        unasked.join()
    renamed = threading.Thread(name="before")
    renamed.name = "after \u00e9\ud800"
    no_name = threading.Thread()
    no_name._name = None
    broken = threading.Thread.__new__(threading.Thread)
    half = threading.Thread(name="half")
    del half._daemonic
    timer = threading.Timer(1e6, int)
    overridden = AliveThread(name="own is_alive")
    monkey = threading.Thread(name="instance attribute")
    monkey.is_alive = lambda: True
    slots = SlotThread(name="slots", daemon=True)
    own = threading.Thread(name="own started")
    own._started = Event()
    found = [("main", threading.main_thread()), ("initial", threading.Thread(name="one")),
             ("initial daemon", threading.Thread(name="two", daemon=True)),
             ("running", started(threading.Thread(target=forever.wait, name="three", daemon=True))),
             ("own class running", started(OwnThread(name="four", daemon=True))), ("done", done), ("unasked", unasked),
             ("dummy", dummies[0]), ("renamed", renamed), ("no name", no_name), ("not initialised", broken),
             ("half made", half), ("timer", timer), ("own is_alive", overridden), ("is_alive on instance", monkey),
             ("slots", slots), ("own event", own), ("handle", getattr(threading.main_thread(), "_handle", None))]
    return found


def locks():
    held, free, foreign = threading.Lock(), threading.Lock(), threading.Lock()
    held.acquire()
    in_another_thread(foreign.acquire)
    rlocks = [threading.RLock() for _ in range(5)]
    for _ in range(3):
        rlocks[1].acquire()
    rlocks[2].acquire()
    rlocks[2].release()
    in_another_thread(rlocks[3].acquire)
    python_rlock, python_held = threading._PyRLock(), threading._PyRLock()
    python_held.acquire()
    python_held.acquire()
    foreign_owner = threading._PyRLock()
    in_another_thread(foreign_owner.acquire)
    sub = RLockSubclass()
    sub.acquire()
    return [("lock free", free), ("lock held", held), ("lock of another thread", foreign),
            ("rlock free", rlocks[0]), ("rlock 3", rlocks[1]), ("rlock released", rlocks[2]),
            ("rlock of another thread", rlocks[3]), ("python rlock", python_rlock), ("python rlock held", python_held),
            ("python rlock of a dead thread", foreign_owner), ("rlock subclass", sub),
            ("many locks", [free, held, rlocks[1]]), ("local", threading.local())]


def conditions():
    unset, is_set = threading.Event(), threading.Event()
    is_set.set()
    gone = threading.Event()
    del gone._flag
    waited = threading.Condition()
    waiters = threading.Semaphore(0)

    def wait():
        with waited:
            waiters.release()
            waited.wait()

    for _ in range(2):
        threading.Thread(target=wait, daemon=True).start()
        waiters.acquire()
    waited.acquire()  # both have let go of it, so both wait
    waited.release()
    semaphore = threading.Semaphore(3)
    semaphore.acquire()
    bounded = threading.BoundedSemaphore(5)
    bounded.acquire()
    barrier, broken, waiting = threading.Barrier(2), threading.Barrier(3), threading.Barrier(3)
    broken.abort()
    resetting = threading.Barrier(4)
    resetting._state = -1
    resetting._count = 2
    waiting._count = 2
    own = threading.Semaphore(2)
    own._value = "many"
    found = [("event unset", unset), ("event set", is_set), ("event in a subclass", Event()), ("event own repr", Described()),
             ("event without flag", gone), ("condition", threading.Condition()), ("condition lock", threading.Condition(threading.Lock())),
             ("condition waited for", waited), ("condition subclass", OwnLocked()), ("semaphore", semaphore),
             ("bounded semaphore", bounded), ("barrier", barrier), ("barrier broken", broken), ("barrier waiting", waiting),
             ("barrier resetting", resetting), ("semaphore odd value", own)]
    return found


def queues():
    filled = queue.Queue()
    filled.put(1)
    simple = queue.SimpleQueue()
    simple.put(1)
    return [("queue", filled), ("lifo", queue.LifoQueue()), ("priority", queue.PriorityQueue()), ("simple queue", simple),
            ("queue.Empty", queue.Empty()), ("queue.Full", queue.Full("x"))]


def future(**attributes):
    made = concurrent.futures.Future()
    made.__dict__.update(attributes)
    return made


def futures():
    running, cancelled, notified = future(), future(), future()
    running.set_running_or_notify_cancel()
    cancelled.cancel()
    notified.cancel()
    notified.set_running_or_notify_cancel()
    result, own_result, failed, falsy = future(), future(), future(), future()
    result.set_result([1])
    own_result.set_result(Result())
    failed.set_exception(KeyError("k"))
    falsy.set_exception(Falsy())

    class Future(concurrent.futures.Future):
        pass

    executor = concurrent.futures.ThreadPoolExecutor(1)
    KEPT.append(executor)
    return [("future", future()), ("future running", running), ("future cancelled", cancelled),
            ("future notified", notified), ("future result", result), ("future of a class", own_result),
            ("future failed", failed), ("future falsy", falsy), ("future subclass", Future()),
            ("future odd state", future(_state="ODD")), ("executor", executor)]


def processes():
    def made(cls=subprocess.Popen, **attributes):
        process = cls.__new__(cls)
        process.__dict__.update({"returncode": None, "args": ["ls", "-l"], "_child_created": False}, **attributes)
        KEPT.append(process)
        return process

    class Child(subprocess.Popen):
        pass

    real = subprocess.Popen([sys.executable, "-c", "import sys; sys.exit(3)"])
    real.wait()
    completed = subprocess.CompletedProcess
    return [("popen", real), ("popen made", made()), ("popen ended", made(returncode=-9)), ("popen shell", made(args="ls | wc")),
            ("popen of 80", made(args="x" * 46)), ("popen of 81", made(args="x" * 47)), ("popen long", made(args=["x" * 200])),
            ("popen wide", made(args=["\u65e5" * 60])), ("popen subclass", made(Child)),
            ("popen of bytes", made(args=[b"ls", b"\xff"])), ("completed", completed(["ls"], 0)),
            ("completed both", completed("ls", 1, b"out", "err")), ("completed out", completed(("a", "b"), None, stdout="")),
            ("completed err", completed([], -signal.SIGTERM, stderr=b""))]


def values():
    return threads() + locks() + conditions() + queues() + futures() + processes()
