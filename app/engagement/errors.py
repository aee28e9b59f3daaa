"""What went wrong, worded for the person who has to act."""

from __future__ import annotations


class EngagementError(Exception):
    """Something about an engagement cannot be done. Nothing was changed.

    ``what`` says what is wrong, ``where`` names the place (a path, an id), ``remedy`` says what to do next.
    """

    def __init__(self, what: str, where: str = "", remedy: str = "") -> None:
        self.what, self.where, self.remedy = what, where, remedy
        said = ": ".join(part for part in (where, what.rstrip(".")) if part)
        super().__init__(said + (f". {remedy}" if remedy else ""))


def unread(reason: str, where: str, remedy: str) -> EngagementError:
    """The evidence reader's ``It is … . Do that.`` as an error; ``remedy`` is for a reason that says nothing to do."""
    what, _, own = reason.removeprefix("It ").partition(". ")
    return EngagementError(what[:1].lower() + what[1:].rstrip("."), where, own or remedy)


class UsageError(EngagementError):
    """What was asked for makes no sense here: an unknown id, a value outside its range."""
