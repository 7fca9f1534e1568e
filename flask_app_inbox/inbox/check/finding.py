"""What ``check`` says: its findings, and what is in order.

Each finding is declared beside the check that reports it, as a :class:`FindingKind`:
code, level and words in one place. ``findings.py`` lists them all.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass, field
from typing import Literal

Level = Literal["error", "warning", "note"]

_PLACEHOLDER = re.compile(r"\{([a-z_]+)\}")


@dataclass(frozen=True)
class Finding:
    """Something that is wrong, or may be; see :class:`FindingKind` for its parts."""

    code: str
    level: Level
    what: str
    why: str
    fix: str


@dataclass(frozen=True, eq=False)
class FindingKind:
    """Something that ``check`` can find. Its texts may hold ``{placeholders}``.

    :param code: stable, for programs.
    :param level: ``error``: the bell or its safety fails; ``warning``: it may;
        ``note``: nothing is wrong, but there is more to know.
    :param what: what is wrong, in one sentence.
    :param why: why that matters.
    :param fix: the line that fixes it, ready to copy; where that depends on the case,
        a line for each case.
    """

    code: str
    level: Level
    what: str
    why: str
    fix: str | Mapping[str, str]

    @property
    def placeholders(self) -> set[str]:
        """The names that the texts leave open."""
        return {name for text in self._texts() for name in _PLACEHOLDER.findall(text)}

    def fill(self, case: str | None, details: Mapping[str, object]) -> Finding:
        """Return the finding in words.

        :param case: which line fixes it, if the kind has several.
        :param details: a value for each placeholder.
        :raises TypeError: if the details are not those that the texts leave open.
        """
        if details.keys() != self.placeholders:
            raise TypeError(
                f"{self.code} needs {sorted(self.placeholders)}, got {sorted(details)}."
            )

        def filled(text: str) -> str:
            return _PLACEHOLDER.sub(lambda found: str(details[found[1]]), text)

        fix = self.fix if isinstance(self.fix, str) else self.fix[case or ""]
        return Finding(
            self.code, self.level, filled(self.what), filled(self.why), filled(fix)
        )

    def _texts(self) -> Iterator[str]:
        yield self.what
        yield self.why
        if isinstance(self.fix, str):
            yield self.fix
        else:
            yield from self.fix.values()


@dataclass
class Section:
    """One part of the report, such as the vendor or a page.

    :param title: names it for people.
    """

    title: str
    #: What is in order, a sentence each.
    passed: list[str] = field(default_factory=list)
    findings: list[Finding] = field(default_factory=list)

    def report(
        self, kind: FindingKind, case: str | None = None, /, **details: object
    ) -> None:
        """Add a finding.

        :param case: which line fixes it, if the kind has several.
        :param details: a value for each placeholder of its texts.
        """
        self.findings.append(kind.fill(case, details))

    def has(self, kind: FindingKind) -> bool:
        """Tell whether a finding of one kind was reported."""
        return any(finding.code == kind.code for finding in self.findings)

    def ok(self, text: str) -> None:
        """Add what is in order."""
        self.passed.append(text)


@dataclass(frozen=True)
class SettingRow:
    """One setting as it is used; a secret is masked already."""

    key: str
    value: str
    source: str


@dataclass
class Report:
    """Everything that one check found."""

    settings: list[SettingRow] = field(default_factory=list)
    sections: list[Section] = field(default_factory=list)

    def section(self, title: str) -> Section:
        """Begin the next section."""
        self.sections.append(Section(title))
        return self.sections[-1]

    def count(self, level: Level) -> int:
        """Count the findings of one level."""
        return sum(
            finding.level == level
            for section in self.sections
            for finding in section.findings
        )

    def to_json(self) -> dict[str, object]:
        """Return what ``--json`` prints."""
        return {
            "ok": not self.count("error"),
            "settings": [asdict(row) for row in self.settings],
            "passed": [text for section in self.sections for text in section.passed],
            "findings": self._told("error", "warning"),
            "notes": self._told("note"),
        }

    def _told(self, *levels: Level) -> list[dict[str, str]]:
        return [
            asdict(finding)
            for section in self.sections
            for finding in section.findings
            if finding.level in levels
        ]
