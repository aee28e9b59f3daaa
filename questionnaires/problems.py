"""What is wrong with a content file, as a value."""

from __future__ import annotations

from dataclasses import dataclass, replace


@dataclass(frozen=True, slots=True)
class Problem:
    """One problem: where it is, what is wrong and what to do."""

    file: str
    key: str
    """The place inside the file, such as ``practice[risk.release].criterion[2].level``; empty for the whole file."""
    message: str
    hint: str = ""

    def __str__(self) -> str:
        place = f"{self.file}: {self.key}" if self.key else self.file
        return f"{place} {self.message}" + (f". {self.hint}" if self.hint else "")

    def below(self, folder: str) -> Problem:
        """The same problem with the file named from one folder further up."""
        return replace(self, file=f"{folder}/{self.file}") if folder else self
