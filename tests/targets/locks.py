"""locks.py waits|deadlocks|dead|exit|busy: threads that wait for every kind of lock, and say what for before they do.

One JSON object a line: the case, the tid, and of what is waited for: address, kind, type, name and the type whose
attribute it is, the tid of the holder as this program knows it, or null where Python does not let it know.
"""

import concurrent.futures
import contextlib
import json
import multiprocessing
import os
import queue
import sys
import threading
import time
import types

import locks_bank
import sync

said = threading.Lock()
FOREVER = threading.Event()
BANK = threading.Lock()
gettid = threading.get_native_id
KEPT = []
WAITERS = []  # of the cases: (name, function)


def tell(case, thing, kind, type, name, of=None, holder=None, address=None, gone=False):
    with said:
        sync.say(json.dumps({"case": case, "tid": gettid(), "address": id(thing), "kind": kind, "type": type, "name": name,
                             "of": of, "holder": holder, "gone": gone}).encode())


def start(function, *args):
    """A daemon thread; returns when the function has called its last argument, with what it gave it."""
    told = queue.SimpleQueue()
    thread = threading.Thread(target=function, args=args + (told.put,), daemon=True, name=function.__name__)
    thread.start()
    return told.get()


def hold(manager):
    """The tid of a thread that is inside `with manager` and stays there."""
    def holder(manager, ready):
        with manager:
            ready(gettid())
            FOREVER.wait()
    return start(holder, manager)


def hold_by_acquire(lock):
    def holder(lock, ready):
        lock.acquire()
        ready(gettid())
        FOREVER.wait()
    return start(holder, lock)


def case(function):
    WAITERS.append(function)
    return function


class Pool:
    shared = threading.Lock()

    def __init__(self):
        self._lock = threading.Lock()
        self.locks = [threading.Lock(), threading.Lock()]

    def with_it(self, holder):
        tell("attribute", self._lock, "lock", "threading.Lock", "self._lock", "__main__.Pool", holder)
        with self._lock:
            pass

    def acquire_it(self, holder):
        tell("attribute_acquired", self._lock, "lock", "threading.Lock", "self._lock", "__main__.Pool", holder)
        self._lock.acquire()

    def of_class(self, holder):
        tell("of_class", Pool.shared, "lock", "threading.Lock", "self.shared", "__main__.Pool", holder)
        with self.shared:
            pass


class Slots:
    __slots__ = ("guard",)

    def __init__(self):
        self.guard = threading.Lock()


@case
def attribute():
    pool = Pool()
    pool.with_it(hold(pool._lock))


@case
def attribute_acquired():
    pool = Pool()
    pool.acquire_it(hold(pool._lock))


@case
def of_class():
    Pool().of_class(hold(Pool.shared))


@case
def slot():
    owner = Slots()
    tell("slot", owner.guard, "lock", "threading.Lock", "owner.guard", "__main__.Slots", hold(owner.guard))
    with owner.guard:
        pass


@case
def attribute_of_attribute():
    server = types.SimpleNamespace(pool=Pool())
    class Server:
        def __init__(self, pool):
            self.pool = pool
    server = Server(Pool())
    tell("attribute_of_attribute", server.pool._lock, "lock", "threading.Lock", "server.pool._lock", "__main__.Pool",
         hold(server.pool._lock))
    with server.pool._lock:
        pass


@case
def of_global():
    tell("of_global", BANK, "lock", "threading.Lock", "BANK", None, hold(BANK))
    with BANK:
        pass


@case
def of_module():
    tell("of_module", locks_bank.LOCK, "lock", "threading.Lock", "locks_bank.LOCK", None, hold(locks_bank.LOCK))
    with locks_bank.LOCK:
        pass


@case
def local():
    accounts_lock = threading.Lock()
    tell("local", accounts_lock, "lock", "threading.Lock", "accounts_lock", None, hold(accounts_lock))
    with accounts_lock:
        pass


@case
def closure():
    closed_over = threading.Lock()
    holder = hold(closed_over)

    def inner():
        tell("closure", closed_over, "lock", "threading.Lock", "closed_over", None, holder)
        closed_over.acquire()
    inner()


@case
def item_of_list():
    locks = [threading.Lock() for _ in range(3)]
    tell("item_of_list", locks[1], "lock", "threading.Lock", "locks[1]", None, hold(locks[1]))
    with locks[1]:
        pass


@case
def item_of_dict():
    locks = {"a": threading.Lock(), "b": threading.Lock()}
    tell("item_of_dict", locks["b"], "lock", "threading.Lock", "locks['b']", None, hold(locks["b"]))
    locks["b"].acquire()


@case
def nested_with():
    """The holder is in other blocks too, inside and outside of its `with`."""
    guarded = threading.Lock()

    def holder(lock, ready):
        for _ in range(1):
            try:
                with open("/dev/null") as first, lock:
                    for item in [1]:
                        try:
                            with threading.Lock():
                                try:
                                    raise ValueError(first, item)
                                except ValueError:
                                    ready(gettid())
                                    FOREVER.wait()
                        finally:
                            pass
            except KeyError:
                pass
    tell("nested_with", guarded, "lock", "threading.Lock", "guarded", None, start(holder, guarded))
    with guarded:
        pass


@case
def after_with():
    """Who was in a `with` of it, but is no more, does not hold it, whatever is left on its stack."""
    handed_on = threading.Lock()

    def holder(lock, ready):
        with lock:
            pass
        lock.acquire()
        ready(gettid())
        FOREVER.wait()
    start(holder, handed_on)
    tell("after_with", handed_on, "lock", "threading.Lock", "handed_on", None, None)
    with handed_on:
        pass


@case
def acquired_without_with():
    taken = threading.Lock()
    hold_by_acquire(taken)
    tell("acquired_without_with", taken, "lock", "threading.Lock", "taken", None, None)
    with taken:
        pass


@case
def by_context_manager():
    """The `with` is in a generator that is suspended meanwhile."""
    guarded = threading.Lock()

    @contextlib.contextmanager
    def guard():
        with guarded:
            yield
    holder = hold(guard())
    tell("by_context_manager", guarded, "lock", "threading.Lock", "guarded", None, holder)
    with guarded:
        pass


@case
def bound_method():
    bound = threading.Lock()
    holder = hold(bound)

    def wait(acquire):
        tell("bound_method", bound, "lock", "threading.Lock", "bound", None, holder)
        acquire()
    wait(bound.acquire)


@case
def rlock():
    reentrant = threading.RLock()
    tell("rlock", reentrant, "lock", "threading.RLock", "reentrant", None, hold_by_acquire(reentrant))
    with reentrant:
        pass


@case
def rlock_in_python():
    reentrant = threading._RLock()
    tell("rlock_in_python", reentrant, "lock", "threading.RLock", "reentrant", None, hold_by_acquire(reentrant))
    with reentrant:
        pass


@case
def condition():
    filled = threading.Condition()
    tell("condition", filled, "condition", "threading.Condition", "filled")
    with filled:
        filled.wait()


@case
def condition_for():
    filled = threading.Condition()
    tell("condition_for", filled, "condition", "threading.Condition", "filled")
    with filled:
        filled.wait_for(lambda: False)


@case
def lock_of_condition():
    """Whoever waits for a condition has let its lock go; who is in its `with` and does not wait, has it."""
    changed = threading.Condition(threading.Lock())

    def waiter(condition, ready):
        with condition:
            ready(None)
            condition.wait()
    start(waiter, changed)
    holder = hold(changed)
    tell("lock_of_condition", changed._lock, "lock", "threading.Lock", "changed._lock", None, holder)
    with changed:
        pass


@case
def event():
    started = threading.Event()
    tell("event", started, "event", "threading.Event", "started")
    started.wait()


@case
def event_with_timeout():
    started = threading.Event()
    tell("event_with_timeout", started, "event", "threading.Event", "started")
    started.wait(100_000)


@case
def lock_with_timeout():
    slow = threading.Lock()
    tell("lock_with_timeout", slow, "lock", "threading.Lock", "slow", None, hold(slow))
    slow.acquire(timeout=100_000)


@case
def semaphore():
    slots = threading.Semaphore(0)
    tell("semaphore", slots, "semaphore", "threading.Semaphore", "slots")
    with slots:
        pass


@case
def bounded_semaphore():
    slots = threading.BoundedSemaphore(1)
    slots.acquire()
    tell("bounded_semaphore", slots, "semaphore", "threading.BoundedSemaphore", "slots")
    slots.acquire()


@case
def barrier():
    everybody = threading.Barrier(2)
    tell("barrier", everybody, "barrier", "threading.Barrier", "everybody")
    everybody.wait()


@case
def queue_get():
    jobs = queue.Queue()
    tell("queue_get", jobs, "queue", "queue.Queue", "jobs")
    jobs.get()


@case
def queue_put():
    jobs = queue.LifoQueue(1)
    jobs.put(1)
    tell("queue_put", jobs, "queue", "queue.LifoQueue", "jobs")
    jobs.put(2)


@case
def queue_join():
    jobs = queue.Queue()
    jobs.put(1)
    tell("queue_join", jobs, "queue", "queue.Queue", "jobs")
    jobs.join()


@case
def queue_mutex():
    jobs = queue.Queue()
    tell("queue_mutex", jobs.mutex, "lock", "threading.Lock", "jobs.mutex", None, hold(jobs.mutex))
    jobs.get()


@case
def simple_queue():
    results = queue.SimpleQueue()
    tell("simple_queue", results, "queue", "queue.SimpleQueue", "results")
    results.get()


@case
def simple_queue_in_python():
    results = queue._PySimpleQueue()
    tell("simple_queue_in_python", results, "queue", "queue.SimpleQueue", "results")
    results.get()


@case
def buffered_file():
    """Another thread is inside a read of the same file."""
    r, w = os.pipe()
    stream = os.fdopen(r, "rb")
    KEPT.append(w)

    def reader(ready):
        ready(gettid())
        stream.read(1)
    tid = start(reader)
    while True:
        with open("/proc/self/task/%d/syscall" % tid) as line:
            if line.read().startswith("0 0x%x " % r):
                break
    tell("buffered_file", stream, "file", "_io.BufferedReader", "stream")
    stream.read(1)


@case
def process_lock():
    shared = multiprocessing.get_context("fork").Lock()
    shared.acquire()
    tell("process_lock", shared, "lock", "multiprocessing.synchronize.Lock", "shared")
    with shared:
        pass


@case
def process_lock_acquired():
    shared = multiprocessing.get_context("fork").Lock()
    shared.acquire()
    tell("process_lock_acquired", shared._semlock, "lock", "multiprocessing.synchronize.Lock", "shared")
    shared.acquire()


@case
def join():
    def last(ready):
        ready((gettid(), threading.current_thread()))
        FOREVER.wait()
    tid, worker = start(last)
    tell("join", worker, "thread", "threading.Thread", "worker", None, tid)
    worker.join()


@case
def future():
    answer = concurrent.futures.Future()
    tell("future", answer, "future", "concurrent.futures.Future", "answer")
    answer.result()


@case
def importing():
    """Another thread is in the middle of an import of the same module."""
    gates = sys.modules["locks_gates"] = types.ModuleType("locks_gates")
    told = queue.SimpleQueue()

    def inside():
        told.put(gettid())
        FOREVER.wait()
    gates.inside = inside

    def first():
        import locks_slow
    threading.Thread(target=first, daemon=True).start()
    importer = told.get()
    lock = sys.modules["_frozen_importlib"]._get_module_lock("locks_slow")
    tell("importing", lock, "import", "importlib._bootstrap._ModuleLock", "locks_slow", None, importer)
    import locks_slow


DEADLOCKS = {}


def deadlock(function):
    DEADLOCKS[function.__name__] = function
    return function


class Account:
    def __init__(self):
        self.lock = threading.Lock()

    def transfer(self, to, met, case, tids, me, other):
        with self.lock:
            tids[me] = gettid()
            met.wait()
            tell(case, to.lock, "lock", "threading.Lock", "to.lock", "__main__.Account", tids[other])
            with to.lock:
                pass


def run(function, *args, name=None):
    threading.Thread(target=function, args=args, daemon=True, name=name).start()


@deadlock
def two_locks():
    first, second, met, tids = Account(), Account(), threading.Barrier(2), {}
    run(first.transfer, second, met, "two_locks", tids, 0, 1, name="two_locks 0")
    run(second.transfer, first, met, "two_locks", tids, 1, 0, name="two_locks 1")
    return 2


@deadlock
def two_rlocks_acquired():
    locks, met, tids = [threading.RLock(), threading.RLock()], threading.Barrier(2), {}

    def take(me):
        own, other = locks[me], locks[1 - me]
        own.acquire()
        tids[me] = gettid()
        met.wait()
        tell("two_rlocks_acquired", other, "lock", "threading.RLock", "other", None, tids[1 - me])
        other.acquire()
    run(take, 0)
    run(take, 1)
    return 2


@deadlock
def three_threads():
    locks, met, tids = [threading.Lock(), threading.RLock(), threading.Lock()], threading.Barrier(3), {}

    def take(me):
        own, other = locks[me], locks[(me + 1) % 3]
        with own:
            tids[me] = gettid()
            met.wait()
            tell("three_threads", other, "lock", "threading.RLock" if me == 0 else "threading.Lock", "other", None,
                 tids[(me + 1) % 3])
            with other:
                pass
    for me in range(3):
        run(take, me)
    return 3


@deadlock
def itself():
    def twice():
        once = threading.Lock()
        with once:
            tell("itself", once, "lock", "threading.Lock", "once", None, gettid())
            with once:
                pass
    run(twice)
    return 1


@deadlock
def join_and_lock():
    wanted, met, tids = threading.Lock(), threading.Barrier(2), {}

    def last():
        tids[0] = gettid()
        met.wait()
        tell("join_and_lock", wanted, "lock", "threading.Lock", "wanted", None, tids[1])
        with wanted:
            pass
    worker = threading.Thread(target=last, daemon=True)

    def first():
        with wanted:
            tids[1] = gettid()
            worker.start()
            met.wait()
            tell("join_and_lock", worker, "thread", "threading.Thread", "worker", None, tids[0])
            worker.join()
    run(first)
    return 2


@deadlock
def import_and_lock():
    gates = sys.modules["locks_gates"] = types.ModuleType("locks_gates")
    taken, met, tids = threading.Lock(), threading.Barrier(2), {}

    def inside():
        tids[0] = gettid()
        met.wait()
        tell("import_and_lock", taken, "lock", "threading.Lock", "taken", None, tids[1])
        with taken:
            pass
    gates.inside = inside

    def first():
        import locks_slow

    def second():
        with taken:
            tids[1] = gettid()
            run(first)
            met.wait()
            lock = sys.modules["_frozen_importlib"]._get_module_lock("locks_slow")
            tell("import_and_lock", lock, "import", "importlib._bootstrap._ModuleLock", "locks_slow", None, tids[0])
            import locks_slow
    run(second)
    return 2


@deadlock
def with_timeout():
    locks, met, tids = [threading.Lock(), threading.Lock()], threading.Barrier(2), {}

    def take(me):
        own, other = locks[me], locks[1 - me]
        with own:
            tids[me] = gettid()
            met.wait()
            tell("with_timeout", other, "lock", "threading.Lock", "other", None, tids[1 - me])
            other.acquire(timeout=100_000 if me else -1)
    run(take, 0)
    run(take, 1)
    return 2


@deadlock
def none_but_busy():
    """The holder runs on: nobody is stuck."""
    busy = threading.Lock()

    def holder(lock, ready):
        with lock:
            ready(gettid())
            sync.wait()

    def waiter(tid):
        tell("none_but_busy", busy, "lock", "threading.Lock", "busy", None, tid)
        with busy:
            pass
    run(waiter, start(holder, busy))
    return 1


def at_exit():
    """The main thread has come to its end and waits for one that does not."""
    def last(ready):
        ready(gettid())
        FOREVER.wait()
    told = queue.SimpleQueue()
    worker = threading.Thread(target=last, args=(told.put,), name="last")
    worker.start()
    tell("at_exit", worker, "thread", "threading.Thread", None, None, told.get())


def rlock_of_the_dead():
    """Nothing is started after it: a thread's ident may be used again."""
    abandoned = threading.RLock()
    thread = threading.Thread(target=abandoned.acquire)
    thread.start()
    thread.join()
    tell("rlock_of_the_dead", abandoned, "lock", "threading.RLock", "abandoned", None, None, gone=True)
    abandoned.acquire()


def in_order():
    """Threads that take locks in the same order for ever: nobody is ever stuck."""
    outer, inner, shared = threading.Lock(), threading.RLock(), queue.Queue()
    changed = threading.Condition(outer)

    def work(read_fd, write_fd):
        while True:
            with outer:
                with inner:
                    os.write(write_fd, b".")
                    shared.put(os.read(read_fd, 1))  # gives the GIL away
                    time.sleep(0.002)  # long enough for the others to wait
                changed.notify()
            with inner:
                shared.get()

    def wait():
        while True:
            with changed:
                changed.wait()
    for _ in range(8):
        run(work, *os.pipe(), name="worker")
    run(wait, name="waiter")


if __name__ == "__main__":
    if sys.argv[1] == "waits":
        for function in WAITERS:
            run(function, name=function.__name__)
        expected = len(WAITERS)
    elif sys.argv[1] == "deadlocks":
        expected = sum(function() for function in DEADLOCKS.values())
    else:
        expected = 0 if sys.argv[1] == "busy" else 1
    if sys.argv[1] == "busy":
        in_order()
    sync.say(json.dumps({"expected": expected}).encode())
    if sys.argv[1] == "dead":
        rlock_of_the_dead()
    if sys.argv[1] == "exit":
        at_exit()
    else:
        sync.wait()
