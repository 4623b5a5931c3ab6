"""Where the target's own code would have to run: said so, never guessed, and never run.

`instead` gives the exact line; `inexact=True` is for arguments whose repr needs code: there the message is marked,
and everything before it is still exact.
"""

SHARED = True

from corpus import case


class Described(Exception):
    __module__ = "pkg"

    def __str__(self):
        return "described by Python code"


class Child(Described):
    __module__ = "pkg.sub"


class ByRepr(Exception):
    __module__ = "pkg"

    def __repr__(self):
        return "not used by str()"


class Failing(Exception):
    __module__ = "pkg"

    def __str__(self):
        raise ValueError("__str__ fails")


class OwnKeyError(KeyError):
    __module__ = "pkg"

    def __str__(self):
        return "own text of a KeyError"


class OwnOSError(OSError):
    __module__ = "pkg"

    def __str__(self):
        return "own text of an OSError"


class Lambda(Exception):
    __module__ = "pkg"
    __str__ = lambda self: "a lambda"  # noqa: E731


TEXT = "described by Python code"


@case(instead=[("pkg.Described: " + TEXT, "pkg.Described: <__str__ is Python code; args=('a', 1)>")])
def own_str():
    raise Described("a", 1)


@case(instead=[("pkg.Described: " + TEXT, "pkg.Described: <__str__ is Python code; args=()>")])
def own_str_no_args():
    raise Described


@case(instead=[("pkg.Described: " + TEXT, "pkg.Described: <__str__ is Python code; args=('one',)>")])
def own_str_one_arg():
    raise Described("one")


@case(instead=[("pkg.sub.Child: " + TEXT, "pkg.sub.Child: <__str__ is Python code; args=(None, [1.5, {'k': b'v'}])>")])
def own_str_inherited():
    raise Child(None, [1.5, {"k": b"v"}])


@case(instead=[("pkg.OwnKeyError: own text of a KeyError", "pkg.OwnKeyError: <__str__ is Python code; args=('k',)>")])
def own_str_of_key_error():
    raise OwnKeyError("k")


@case(instead=[("pkg.OwnOSError: own text of an OSError", "pkg.OwnOSError: <__str__ is Python code; args=(2, 'No such file')>")])
def own_str_of_os_error():
    raise OwnOSError(2, "No such file")


@case(instead=[("pkg.Lambda: a lambda", "pkg.Lambda: <__str__ is Python code; args=(1,)>")])
def own_str_lambda():
    raise Lambda(1)


@case(instead=[("pkg.Described: " + TEXT, "pkg.Described: <__str__ is Python code; args=('cause',)>")], exact=True)
def own_str_in_the_cause():
    try:
        raise Described("cause")
    except Described as error:
        raise ValueError("outer is exact") from error


@case(inexact=True)
def own_str_fails():
    raise Failing("x")


@case
def own_repr_is_not_used():
    raise ByRepr("exact")


@case(inexact=True)
def str_set_on_the_class_later():
    class Later(Exception):
        pass

    error = Later("x")
    Later.__str__ = lambda self: "set later"
    raise error


@case
def str_set_on_the_instance_is_not_used():
    error = ValueError("exact")
    error.__str__ = lambda: "ignored"
    raise error


@case(inexact=True)
def argument_with_own_repr():
    class Thing:
        def __repr__(self):
            return "own repr"

    raise ValueError("text", Thing())


@case(inexact=True)
def argument_with_own_str():
    class Thing:
        def __str__(self):
            return "own str"

    raise ValueError(Thing())


@case(inexact=True)
def argument_deep_inside():
    class Thing:
        def __repr__(self):
            return "own repr"

    raise ValueError("text", [{"k": (1, Thing())}])


@case(inexact=True)
def key_with_own_repr():
    class Key(str):
        def __repr__(self):
            return "own repr of a key"

    raise KeyError(Key("k"))


@case(inexact=True)
def str_subclass_with_own_str():
    class Text(str):
        def __str__(self):
            return "own str of a str"

    raise ValueError(Text("x"))


@case(inexact=True)
def metaclass_with_own_repr():
    class Meta(type):
        def __repr__(cls):
            return "own repr of a class"

    class Thing(metaclass=Meta):
        pass

    raise ValueError("text", Thing)


@case(inexact=True, requires=(3, 11))
def note_with_own_str():
    class Note:
        def __str__(self):
            return "own str of a note"

    error = ValueError("exact")
    error.__notes__ = [Note()]
    raise error


@case(inexact=True)
def generated_str_of_dataclass_like():
    namespace = {}
    exec("class Err(Exception):\n    def __str__(self): return 'generated'\n", namespace)
    raise namespace["Err"]("x")


@case
def slot_wrapper_of_the_base():
    class Wrapped(Exception):
        __module__ = "pkg"
        __str__ = Exception.__str__

    raise Wrapped("BaseException's own, only through a class attribute")
