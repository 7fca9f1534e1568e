"""The company's organizations and their operators."""

from __future__ import annotations

import threading
from dataclasses import dataclass, replace

ACTIVE, INACTIVE, DELETED = 0, 1, 2

_FIRST_ORGANIZATION = 24
FIRST_OPERATOR = 101


@dataclass(frozen=True)
class Organization:
    """A part of the company."""

    id: int
    name: str

    def to_json(self) -> dict[str, object]:
        """Return the organization as the guide "Organizations" shows it."""
        return {"id": self.id, "name": self.name}


@dataclass(frozen=True)
class Operator:
    """A member of staff."""

    id: int
    name: str
    status: int
    organization: Organization

    def to_json(self) -> dict[str, object]:
        """Return the operator as the guide "Operators" shows it."""
        return {
            "id": self.id,
            "name": self.name,
            "status": self.status,
            "organization": self.organization.to_json(),
        }


class Staff:
    """All organizations and operators; safe to use from many threads.

    It starts with the organizations Sales (24) and Support (25), with the operators
    101 and 102.
    """

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._organizations: dict[int, Organization] = {}
        self._operators: dict[int, Operator] = {}
        self.reset()

    def reset(self) -> None:
        """Reset to the initial state."""
        with self._lock:
            self._organizations.clear()
            self._operators.clear()
        for organization, operator in (("Sales", "Olha"), ("Support", "Taras")):
            self.add_operator(self.add_organization(organization).id, operator)

    def add_organization(self, name: str) -> Organization:
        """Create an organization."""
        with self._lock:
            new_id = max(self._organizations, default=_FIRST_ORGANIZATION - 1) + 1
            self._organizations[new_id] = Organization(new_id, name)
            return self._organizations[new_id]

    def add_operator(self, organization_id: int, name: str) -> Operator | None:
        """Create an operator, even if the name is taken; None: unknown organization."""
        with self._lock:
            organization = self._organizations.get(organization_id)
            if organization is None:
                return None
            new_id = max(self._operators, default=FIRST_OPERATOR - 1) + 1
            self._operators[new_id] = Operator(new_id, name, ACTIVE, organization)
            return self._operators[new_id]

    def set_status(self, operator_id: int, status: int) -> Operator | None:
        """Change an operator's status; return None if the id is unknown."""
        with self._lock:
            operator = self._operators.get(operator_id)
            if operator is not None:
                operator = replace(operator, status=status)
                self._operators[operator_id] = operator
            return operator

    def organizations(self) -> list[Organization]:
        """Return all organizations, the oldest first."""
        with self._lock:
            return list(self._organizations.values())

    def organization(self, organization_id: int) -> Organization | None:
        """Return an organization."""
        return self._organizations.get(organization_id)

    def operator(self, operator_id: int) -> Operator | None:
        """Return an operator."""
        return self._operators.get(operator_id)

    def operators(self, organization_id: int) -> list[Operator]:
        """Return an organization's operators of every status, the oldest first."""
        with self._lock:
            everybody = list(self._operators.values())
        return [one for one in everybody if one.organization.id == organization_id]
