"""Where an exception can be handled: every place in which sys.exc_info() sees it."""

import contextlib
import sys
import threading

from corpus import case, run_source


def fail(text="failed"):
    raise ValueError(text)


@case
def except_block(wait):
    try:
        fail()
    except ValueError:
        wait()


@case
def finally_block(wait):
    try:
        fail()
    finally:
        wait()


@case
def exit_method(wait):
    class Manager:
        def __enter__(self):
            return self

        def __exit__(self, *info):
            wait()

    with Manager():
        fail()


@case
def exit_stack(wait):
    with contextlib.ExitStack() as stack:
        stack.callback(wait)
        fail()


@case
def context_manager_generator(wait):
    @contextlib.contextmanager
    def manager():
        try:
            yield
        except ValueError:
            wait()

    with manager():
        fail()


@case
def context_manager_finally(wait):
    @contextlib.contextmanager
    def manager():
        try:
            yield
        finally:
            wait()

    with manager():
        fail()


@case
def nested_inner(wait):
    try:
        fail("outer")
    except ValueError:
        try:
            fail("inner")
        except ValueError:
            wait()


@case
def nested_after_inner(wait):
    try:
        fail("outer")
    except ValueError:
        try:
            fail("inner")
        except ValueError:
            pass
        wait()


@case
def nested_in_function(wait):
    def inner():
        try:
            fail("inner")
        except ValueError:
            wait()

    try:
        fail("outer")
    except ValueError:
        inner()


@case
def helper_handles_nothing(wait):
    def helper():
        try:
            pass
        finally:
            wait()

    try:
        fail()
    except ValueError:
        helper()


@case
def caller_handles(wait):
    def one():
        two()

    def two():
        wait()

    try:
        fail()
    except ValueError:
        one()


@case
def generator_inside(wait):
    def generator():
        try:
            fail("in the generator")
        except ValueError:
            wait()
        yield

    list(generator())


@case
def generator_without_own(wait):
    def generator():
        wait()
        yield

    try:
        fail("of the caller")
    except ValueError:
        list(generator())


@case
def generator_with_own_and_caller(wait):
    def generator():
        try:
            fail("own")
        except ValueError:
            yield 1
            wait()

    iterator = generator()
    next(iterator)
    try:
        fail("of the caller")
    except ValueError:
        list(iterator)


@case
def generator_after_own(wait):
    def generator():
        try:
            fail("own, over")
        except ValueError:
            yield 1
        wait()

    iterator = generator()
    next(iterator)
    try:
        fail("of the caller")
    except ValueError:
        list(iterator)


@case
def generator_thrown_into(wait):
    def generator():
        try:
            yield
        except ValueError:
            wait()
        yield

    iterator = generator()
    next(iterator)
    iterator.throw(ValueError("thrown"))


@case
def generator_delegating(wait):
    def inner():
        try:
            fail("deep")
        except ValueError:
            wait()
        yield

    def outer():
        yield from inner()

    list(outer())


@case
def generator_closing(wait):
    def generator():
        try:
            yield
        finally:
            wait()

    iterator = generator()
    next(iterator)
    iterator.close()


@case
def generator_expression(wait):
    try:
        fail()
    except ValueError:
        list(wait() for _ in "a")


@case
def coroutine(wait):
    async def main():
        try:
            fail("in a coroutine")
        except ValueError:
            wait()

    try:
        main().send(None)
    except StopIteration:
        pass


@case
def coroutine_awaited(wait):
    async def leaf():
        fail("awaited")

    async def main():
        try:
            await leaf()
        except ValueError:
            wait()

    try:
        main().send(None)
    except StopIteration:
        pass


@case
def asyncio_task(wait):
    import asyncio

    async def leaf():
        await asyncio.sleep(0)
        fail("in a task")

    async def main():
        try:
            await asyncio.gather(leaf())
        except ValueError:
            wait()

    asyncio.run(main())


@case
def asyncio_exception_group(wait):
    import asyncio

    async def main():
        try:
            await asyncio.wait_for(asyncio.get_running_loop().create_future(), 0)
        except asyncio.TimeoutError:
            wait()

    asyncio.run(main())


@case(requires=(3, 11))
def asyncio_task_group(wait):
    import asyncio

    async def leaf(number):
        await asyncio.sleep(0)
        fail("leaf %d" % number)

    async def main():
        try:
            async with asyncio.TaskGroup() as group:
                group.create_task(leaf(1))
                group.create_task(leaf(2))
        except BaseExceptionGroup:
            wait()

    asyncio.run(main())


@case
def async_generator(wait):
    async def generator():
        try:
            fail("async generator")
        except ValueError:
            wait()
        yield 1

    async def main():
        async for _ in generator():
            pass

    try:
        main().send(None)
    except StopIteration:
        pass


@case
def class_body(wait):
    try:
        fail()
    except ValueError:
        class Body:
            waited = wait()


@case
def in_lambda(wait):
    try:
        fail()
    except ValueError:
        (lambda: wait())()


@case
def in_comprehension(wait):
    try:
        fail()
    except ValueError:
        [wait() for _ in "a"]


@case
def sorted_key(wait):
    try:
        fail()
    except ValueError:
        sorted([1], key=lambda _: wait())


@case
def raised_in_sorted_key():
    sorted([2, 1], key=lambda number: fail("from a C callback"))


@case
def through_map_and_reduce():
    import functools
    functools.reduce(lambda a, b: a + list(map(fail, [b]))[0], [1, 2])


@case
def handled_in_callback(wait):
    def key(number):
        try:
            fail("in the key function")
        except ValueError:
            wait()
        return number

    max([1], key=key)


@case
def destructor(wait):
    class Thing:
        def __del__(self):
            wait()

    try:
        fail()
    except ValueError:
        thing = Thing()
        del thing


@case
def destructor_with_own(wait):
    class Thing:
        def __del__(self):
            try:
                fail("inside __del__")
            except ValueError:
                wait()

    Thing()


@case
def property_getter(wait):
    class Thing:
        @property
        def value(self):
            try:
                fail("in a property")
            except ValueError:
                wait()

    Thing().value


@case
def operator_method(wait):
    class Thing:
        def __eq__(self, other):
            try:
                fail("in __eq__")
            except ValueError:
                wait()
            return True

    [Thing()].index(5)


@case
def trace_function(wait):
    def tracer(frame, event, argument):
        if frame.f_code.co_name == "traced" and event == "call":
            wait()

    def traced():
        pass

    if sys.gettrace():
        return wait()
    try:
        fail("before tracing")
    except ValueError:
        sys.settrace(tracer)
        try:
            traced()
        finally:
            sys.settrace(None)


@case
def in_thread(wait):
    def work():
        try:
            fail("in a thread")
        except ValueError:
            wait()

    thread = threading.Thread(target=work, name="worker")
    thread.start()
    thread.join()


@case
def in_thread_while_main_handles(wait):
    def work():
        try:
            fail("the thread's own")
        except ValueError:
            wait()

    try:
        fail("the main thread's")
    except ValueError:
        thread = threading.Thread(target=work)
        thread.start()
        thread.join()


@case
def excepthook_of_thread(wait):
    saved = threading.excepthook
    threading.excepthook = lambda args: wait()
    try:
        thread = threading.Thread(target=fail, args=("uncaught in a thread",))
        thread.start()
        thread.join()
    finally:
        threading.excepthook = saved


@case
def thread_pool(wait):
    import concurrent.futures

    def work(number):
        try:
            return 10 // number
        except ZeroDivisionError:
            wait()

    with concurrent.futures.ThreadPoolExecutor(1) as pool:
        list(pool.map(work, [0]))


@case
def future_result(wait):
    import concurrent.futures
    with concurrent.futures.ThreadPoolExecutor(1) as pool:
        future = pool.submit(fail, "from a future")
        try:
            future.result()
        except ValueError:
            wait()


@case
def deep_in_the_stack(wait):
    def down(depth):
        if depth:
            return down(depth - 1)
        try:
            fail("deep down")
        except ValueError:
            wait()

    down(60)


@case
def deep_traceback(wait):
    def down(depth):
        if depth % 3 == 0 and depth:
            return down(depth - 1)
        if depth:
            down(depth - 1)
        fail("from deep down")

    try:
        down(90)
    except ValueError:
        wait()


@case
def finally_with_return(wait):
    def function():
        try:
            fail()
        finally:
            wait()
            return 1

    function()


@case
def finally_without_exception(wait):
    try:
        fail("outer")
    except ValueError:
        try:
            pass
        finally:
            wait()


@case
def loop_with_continue(wait):
    for number in range(3):
        try:
            1 / number
        except ZeroDivisionError:
            wait()
            continue


@case
def except_in_module(wait):
    run_source("handles.py", "try:\n    1 / 0\nexcept ZeroDivisionError as error:\n    wait()\n",
               namespace={"wait": wait, "__name__": "handles"})


@case
def exec_inside(wait):
    try:
        fail()
    except ValueError:
        exec("wait()", {"wait": wait})


@case
def weakref_callback(wait):
    import weakref

    class Thing:
        pass

    thing = Thing()
    reference = weakref.ref(thing, lambda _: wait())
    try:
        fail()
    except ValueError:
        del thing
    return reference


@case
def signal_handler(wait):
    import signal
    saved = signal.signal(signal.SIGUSR1, lambda *args: wait())
    try:
        fail("when the signal came")
    except ValueError:
        signal.raise_signal(signal.SIGUSR1)
    finally:
        signal.signal(signal.SIGUSR1, saved)


@case
def exception_hook_of_unraisable(wait):
    saved = sys.unraisablehook
    sys.unraisablehook = lambda unraisable: None

    class Thing:
        def __del__(self):
            fail("unraisable")

    try:
        Thing()
        fail("after it")
    except ValueError:
        wait()
    finally:
        sys.unraisablehook = saved


@case
def with_other_exception_in_exit(wait):
    class Manager:
        def __enter__(self):
            pass

        def __exit__(self, *info):
            try:
                fail("while leaving")
            except ValueError:
                wait()

    with Manager():
        fail("body")


@case
def keyboard_interrupt(wait):
    try:
        raise KeyboardInterrupt
    except KeyboardInterrupt:
        wait()
