"""In: what went wrong. Out: one family of errors that say what, where and how to mend it."""

from __future__ import annotations

__all__ = [
    "AidlibError",
    "AmbiguityError",
    "FigureError",
    "LedgerError",
    "LexiconError",
    "ParameterError",
    "RateError",
    "ReadError",
]


class AidlibError(Exception):
    """Base of every aidlib error: what failed, where, and how to mend it.

    Parameters
    ----------
    what : str
        What failed, with the value it failed on.
    where : str
        File, line, span or parameter.
    fix : str
        What the reader can do about it, as a sentence.
    """

    exit_code = 1

    def __init__(self, what: str, *, where: str, fix: str) -> None:
        super().__init__(f"{what} ({where}). {fix}")
        self.what, self.where, self.fix = what, where, fix


class ReadError(AidlibError, ValueError):
    """A document cannot be read."""

    exit_code = 3


class LexiconError(AidlibError, ValueError):
    """A table of words breaks its own rules."""

    exit_code = 3


class AmbiguityError(AidlibError, ValueError):
    """The text does not decide, and the caller asked for a decision."""

    exit_code = 3


class RateError(AidlibError, LookupError):
    """No exchange rate for that currency on that day."""

    exit_code = 3


class LedgerError(AidlibError, ValueError):
    """The books break their contract or do not add up; ``failures`` holds each, where there are many."""

    exit_code = 4
    failures: tuple[object, ...] = ()


class FigureError(AidlibError, ValueError):
    """A figure lacks what makes it readable, or cannot be written."""

    exit_code = 3


class ParameterError(AidlibError, ValueError):
    """A parameter or option is unknown, ill-typed or meaningless."""

    exit_code = 2
