"""What a check found, and what it found in order."""

from __future__ import annotations

from dataclasses import asdict, dataclass, field
from typing import Literal

Level = Literal["error", "warning"]


@dataclass(frozen=True)
class Finding:
    """Something that is wrong, or may be.

    :param code: stable, for programs.
    :param level: ``error``: the bell or its safety fails; ``warning``: it may.
    :param what: what is the case, in one sentence.
    :param why: why that matters.
    :param mend: the line that mends it, to be copied.
    """

    code: str
    level: Level
    what: str
    why: str
    mend: str


@dataclass
class Area:
    """One part of what is checked, such as the vendor or a page.

    :param title: names it for people.
    """

    title: str
    #: What is in order, a sentence each.
    passed: list[str] = field(default_factory=list)
    findings: list[Finding] = field(default_factory=list)

    def error(self, code: str, what: str, *, why: str, mend: str) -> None:
        """Note what keeps the bell away or makes it unsafe."""
        self.findings.append(Finding(code, "error", what, why, mend))

    def warn(self, code: str, what: str, *, why: str, mend: str) -> None:
        """Note what may do so."""
        self.findings.append(Finding(code, "warning", what, why, mend))

    def ok(self, text: str) -> None:
        """Note what is in order."""
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
    areas: list[Area] = field(default_factory=list)

    def area(self, title: str) -> Area:
        """Begin the next part."""
        self.areas.append(Area(title))
        return self.areas[-1]

    def count(self, level: Level) -> int:
        """Count findings of one level."""
        return sum(
            finding.level == level for area in self.areas for finding in area.findings
        )

    def to_json(self) -> dict[str, object]:
        """Return what ``--json`` prints."""
        return {
            "ok": not self.count("error"),
            "settings": [asdict(row) for row in self.settings],
            "passed": [text for area in self.areas for text in area.passed],
            "findings": [
                asdict(finding) for area in self.areas for finding in area.findings
            ],
        }
