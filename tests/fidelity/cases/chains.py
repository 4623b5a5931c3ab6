"""Causes, contexts, suppression and cycles."""

SHARED = True

from corpus import case, table


def raised(error):
    try:
        raise error
    except BaseException as caught:
        return caught


@case
def plain():
    raise ValueError("plain")


@case
def no_message():
    raise ValueError


@case
def cause():
    try:
        1 / 0
    except ZeroDivisionError as error:
        raise ValueError("with a cause") from error


@case
def context():
    try:
        {}["missing"]
    except KeyError:
        raise ValueError("with a context")


@case
def suppressed():
    try:
        1 / 0
    except ZeroDivisionError:
        raise ValueError("from None") from None


@case
def suppressed_by_hand():
    try:
        1 / 0
    except ZeroDivisionError:
        error = ValueError("suppressed")
        error.__suppress_context__ = True
        raise error


@case
def cause_with_context_of_its_own():
    try:
        try:
            {}["first"]
        except KeyError:
            raise IndexError("second")
    except IndexError as error:
        raise ValueError("third") from error


@case
def cause_that_is_the_context():
    try:
        raise KeyError("both")
    except KeyError as error:
        new = ValueError("cause is context")
        new.__cause__ = error
        raise new


@case
def cause_without_suppression():
    try:
        raise KeyError("context")
    except KeyError:
        new = ValueError("shows its cause")
        new.__cause__ = TypeError("cause")
        new.__suppress_context__ = False
        raise new


@case
def cause_never_raised():
    raise ValueError("outer") from TypeError("never raised, no traceback")


@case
def cause_is_a_type():
    raise ValueError("outer") from TypeError


@case
def context_never_raised():
    error = ValueError("outer")
    error.__context__ = TypeError("hand-made")
    raise error


@case
def long_mixed_chain():
    error = None
    for number in range(12):
        try:
            try:
                if error:
                    raise error
                raise OSError(number, "start")
            except BaseException as caught:
                if number % 3 == 0:
                    raise ValueError("step %d" % number) from caught
                elif number % 3 == 1:
                    raise TypeError("step %d" % number)
                else:
                    raise RuntimeError("step %d" % number) from None
        except BaseException as caught:
            error = caught
    raise error


@case
def cause_cycle_of_one():
    error = ValueError("its own cause")
    error.__cause__ = error
    raise error


@case
def cause_cycle_of_two():
    first, second = raised(ValueError("first")), raised(TypeError("second"))
    first.__cause__, second.__cause__ = second, first
    raise first


@case
def cause_cycle_of_three():
    a, b, c = (raised(ValueError(letter)) for letter in "abc")
    a.__cause__, b.__cause__, c.__cause__ = b, c, a
    raise a


@case(requires=(3, 9))  # 3.8 itself never ends: its own loop over contexts has no cycle check
def context_cycle_of_two():
    first, second = ValueError("first"), TypeError("second")
    first.__context__, second.__context__ = second, first
    raise first


@case(requires=(3, 9))
def context_cycle_behind_a_tail():
    tail, a, b = ValueError("tail"), TypeError("a"), KeyError("b")
    tail.__context__, a.__context__, b.__context__ = a, b, a
    raise tail


@case(requires=(3, 9))
def mixed_cycle():
    a, b, c = ValueError("a"), TypeError("b"), KeyError("c")
    a.__cause__, b.__context__, c.__cause__ = b, c, a
    raise a


@case
def dropped_cause_gives_context_a_chance():
    a, b, c = ValueError("a"), TypeError("b"), KeyError("c")
    a.__cause__ = b
    b.__cause__ = a
    b.__context__ = c
    b.__suppress_context__ = False
    raise a


@case
def one_cause_shared_by_both():
    shared = raised(KeyError("shared"))
    inner, outer = TypeError("inner"), ValueError("outer")
    inner.__cause__ = shared
    outer.__cause__ = inner
    outer.__context__ = shared
    raise outer


@case
def context_shared_along_the_chain():
    shared = raised(KeyError("shared"))
    inner, outer = raised(TypeError("inner")), ValueError("outer")
    inner.__context__ = shared
    outer.__context__ = inner
    shared.__context__ = None
    outer.__cause__ = shared
    outer.__suppress_context__ = False
    raise outer


@case
def same_exception_raised_again():
    error = raised(ValueError("again"))
    raise error


@case
def reraised():
    try:
        raise ValueError("passed on")
    except ValueError:
        raise


@case
def reraised_through_functions():
    def deepest():
        raise ValueError("deep")

    def middle():
        try:
            deepest()
        except ValueError:
            raise

    def outer():
        try:
            middle()
        except ValueError as error:
            raise error

    outer()


@case
def cause_without_traceback():
    try:
        1 / 0
    except ZeroDivisionError as error:
        raise ValueError("outer") from error.with_traceback(None)


@case
def two_levels_of_suppression():
    try:
        try:
            1 / 0
        except ZeroDivisionError:
            raise TypeError("inner") from None
    except TypeError:
        raise ValueError("outer")


@case
def context_removed():
    try:
        1 / 0
    except ZeroDivisionError:
        try:
            raise ValueError("context taken away")
        except ValueError as error:
            error.__context__ = None
            raise


@case
def hundred_contexts():
    error = ValueError(0)
    for number in range(1, 100):
        new = ValueError(number)
        new.__context__ = error
        error = new
    raise error


def _raise(error):
    raise error


# Each kind of exception at the top of a traceback that goes through one more frame.
table({"base_" + kind.__name__: kind("argument") for kind in (
    BaseException, Exception, KeyboardInterrupt, GeneratorExit, SystemExit, StopIteration, StopAsyncIteration,
    ArithmeticError, AssertionError, BufferError, EOFError, LookupError, MemoryError, NotImplementedError,
    RecursionError, ReferenceError, SystemError, Warning, UserWarning, BytesWarning)}, _raise)
