"""Exception groups: nesting, width and depth limits, groups in chains."""

SHARED = True
REQUIRES = (3, 11)

from corpus import case


def raised(error):
    try:
        raise error
    except BaseException as caught:
        return caught


def chained():
    try:
        try:
            1 / 0
        except ZeroDivisionError as error:
            raise KeyError("key") from error
    except KeyError as error:
        return error


@case
def simple():
    raise ExceptionGroup("two", [ValueError(1), TypeError("t")])


@case
def one_member():
    raise ExceptionGroup("one", [ValueError(1)])


@case
def raised_members():
    raise ExceptionGroup("raised", [raised(ValueError(1)), raised(KeyError("k"))])


@case
def without_traceback(wait):
    try:
        raise ExceptionGroup("no header", [ValueError(1)]).with_traceback(None)
    except ExceptionGroup as error:
        error.__traceback__ = None
        wait()


@case
def nested():
    inner = raised(ExceptionGroup("inner", [raised(ValueError(1)), OSError(2, "No")]))
    raise ExceptionGroup("outer", [raised(TypeError("t")), inner, KeyError("k")])


@case
def nested_last():
    inner = ExceptionGroup("inner", [ValueError(1), ExceptionGroup("innermost", [ValueError(2)])])
    raise ExceptionGroup("outer", [TypeError("t"), inner])


@case
def nested_first():
    inner = ExceptionGroup("inner", [ExceptionGroup("innermost", [ValueError(2)]), ValueError(1)])
    raise ExceptionGroup("outer", [inner, TypeError("t")])


@case
def nested_base():
    raise BaseExceptionGroup("base", [KeyboardInterrupt(), SystemExit(3), ValueError("v")])


def wide(count):
    return ExceptionGroup("%d wide" % count, [ValueError(number) for number in range(count)])


@case
def fifteen():
    raise wide(15)


@case
def sixteen():
    raise wide(16)


@case
def seventeen():
    raise wide(17)


@case
def two_hundred():
    raise wide(200)


@case
def wide_inside_wide():
    raise ExceptionGroup("outer", [wide(17) for _ in range(17)])


def deep(count):
    error = raised(ValueError("bottom"))
    for number in range(count):
        error = ExceptionGroup("level %d" % number, [error])
    return error


@case
def nine_deep():
    raise deep(9)


@case
def ten_deep():
    raise deep(10)


@case
def eleven_deep():
    raise deep(11)


@case
def twelve_deep():
    raise deep(12)


@case
def thirty_deep():
    raise deep(30)


@case
def deep_with_siblings():
    error = ValueError("bottom")
    for number in range(14):
        error = ExceptionGroup("level %d" % number, [KeyError(number), error, TypeError(number)])
    raise error


@case
def as_cause():
    raise ValueError("outer") from raised(ExceptionGroup("cause", [TypeError("t")]))


@case
def as_context():
    try:
        raise ExceptionGroup("context", [TypeError("t"), ValueError("v")])
    except ExceptionGroup:
        raise ValueError("outer")


@case
def with_cause():
    try:
        1 / 0
    except ZeroDivisionError as error:
        raise ExceptionGroup("group", [ValueError("v")]) from error


@case
def with_group_cause():
    inner = raised(ExceptionGroup("inner", [ValueError("v")]))
    raise ExceptionGroup("outer", [TypeError("t")]) from inner


@case
def members_with_chains():
    raise ExceptionGroup("chains inside", [chained(), ValueError("between"), chained()])


@case
def member_with_group_cause():
    member = ValueError("member")
    member.__cause__ = raised(ExceptionGroup("cause of a member", [KeyError("k")]))
    raise ExceptionGroup("outer", [member, TypeError("t")])


@case
def same_member_twice():
    member = raised(ValueError("twice"))
    raise ExceptionGroup("outer", [member, member, ExceptionGroup("again", [member])])


@case
def member_is_own_context():
    member = raised(ValueError("member"))
    group = ExceptionGroup("outer", [member])
    group.__context__ = member
    raise group


@case
def member_has_group_as_context():
    member = ValueError("member")
    group = ExceptionGroup("outer", [member, TypeError("t")])
    member.__context__ = group
    raise group


@case
def members_share_cause():
    shared = raised(KeyError("shared"))
    first, second = ValueError("first"), ValueError("second")
    first.__cause__ = second.__cause__ = shared
    raise ExceptionGroup("outer", [first, second])


class MyGroup(ExceptionGroup):
    pass


class MyBaseGroup(BaseExceptionGroup):
    pass


@case
def subclass():
    raise MyGroup("subclass", [ValueError(1), TypeError(2)])


@case
def base_subclass():
    raise MyBaseGroup("subclass", [KeyboardInterrupt()])


@case
def nested_subclass():
    raise ExceptionGroup("outer", [MyGroup("inner", [ValueError(1)]), MyBaseGroup("b", [ValueError(2)])])


@case
def multi_line_messages():
    raise ExceptionGroup("two\nlines", [ValueError("a\nb\n\nc"), ExceptionGroup("x\ny", [KeyError("k")])])


@case
def empty_message():
    raise ExceptionGroup("", [ValueError(), ValueError("")])


@case
def notes():
    group = ExceptionGroup("noted", [ValueError(1)])
    group.add_note("on the group\nsecond line")
    member = group.exceptions[0]
    member.add_note("on a member\n\nlast")
    raise group


@case
def syntax_error_member():
    try:
        compile("x = = 1\n", "broken.py", "exec")
    except SyntaxError as error:
        raise ExceptionGroup("syntax", [error, ValueError(1)])


@case
def from_except_star():
    try:
        raise ExceptionGroup("start", [ValueError(1), TypeError(2), KeyError(3)])
    except* ValueError:
        raise RuntimeError("in except*")


@case
def rest_of_except_star():
    try:
        raise ExceptionGroup("start", [ValueError(1), TypeError(2), ExceptionGroup("in", [ValueError(3)])])
    except* ValueError:
        pass


@case
def inside_except_star(wait):
    try:
        raise ExceptionGroup("start", [ValueError(1), TypeError(2)])
    except* ValueError:
        wait()


@case
def naked_in_except_star(wait):
    try:
        raise ValueError("not a group")
    except* ValueError:
        wait()


@case
def split():
    group = raised(ExceptionGroup("whole", [ValueError(1), TypeError(2)]))
    raise group.split(ValueError)[0]


@case
def derived():
    group = raised(ExceptionGroup("whole", [ValueError(1), TypeError(2)]))
    group.__cause__ = KeyError("cause")
    raise group.derive([OSError(5, "five")])


@case
def tuple_of_members():
    raise ExceptionGroup("tuple", (ValueError(1), TypeError(2)))


@case
def args_changed():
    group = ExceptionGroup("original", [ValueError(1)])
    group.args = ("changed", [TypeError(2)])
    raise group


@case
def recursion_in_member():
    def again(depth):
        if depth:
            again(depth - 1)
        raise ValueError("bottom")

    try:
        again(8)
    except ValueError as error:
        raise ExceptionGroup("folded inside", [error, error])


@case
def wide_and_closed_by_a_nested_one():
    members = [ValueError(number) for number in range(14)] + [wide(16)]
    raise ExceptionGroup("fifteen, the last wide", members)
