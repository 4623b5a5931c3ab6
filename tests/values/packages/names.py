"""How the pieces that a text must contain are made."""


def opening(value):
    """`<pkg.Type`, by the names that the type itself has."""
    return "<%s.%s " % (type(value).__module__, type(value).__qualname__)


def pairs(**named):
    return ["%s=%r" % item for item in named.items()]


def header(name, value):
    return "%r: %r" % (name, value)
