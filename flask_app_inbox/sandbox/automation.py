"""An event goes through the workflows that wait for it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from . import steps
from .blanks import filled
from .outbox import deliver

if TYPE_CHECKING:
    from .contacts import Contact
    from .events import Event
    from .state import State


def run_workflows(here: State, event: Event) -> None:
    """Send the messages that an event leads to, and note each step."""
    waiting = [
        (number, one)
        for number, one in enumerate(here.workflows, 1)
        if one.event == event.key
    ]
    here.steps.add(steps.EVENT, f"{event.key} was taken", event=event.id)
    if not waiting:
        here.steps.add(
            steps.WORKFLOW,
            f"no workflow waits for {event.key}",
            ok=False,
            event=event.id,
        )
        return
    contact = _contact_of(here, event)
    for number, workflow in waiting:
        if contact is None:
            here.steps.add(
                steps.WORKFLOW,
                f"workflow {number} stops: the vendor does not know the contact",
                ok=False,
                event=event.id,
            )
            continue
        says, missing = filled(workflow.says, event.params)
        here.steps.add(
            steps.WORKFLOW,
            f"workflow {number} starts"
            + "".join(f"; the event has no {{{name}}}" for name in missing),
            event=event.id,
        )
        deliver(
            here,
            contact,
            says,
            workflow.lifetime,
            message_id=number,
            event=event.id,
        )


def _contact_of(here: State, event: Event) -> Contact | None:
    if event.contact_id is not None:
        return here.contacts.get(event.contact_id)
    found = (here.contacts.find(one) for one in event.whose())
    return next(filter(None, found), None)
