"""Telling a site of its contacts' new messages, as the vendor does.

Source: the guide "Receiving App Inbox messages to a webhook": a POST with Basic
authentication, of contacts with an external id alone; 401, 429 and 5xx are tried again,
400 is not. How often and when is not documented: the sandbox waits for a moment, then
twice as long each time. A site that does not answer is tried again, too.

One thread sends what is waiting and ends when nothing is. A child that was forked
meanwhile begins with an empty queue and a thread of its own.
"""

from __future__ import annotations

import heapq
import itertools
import json
import os
import threading
import time
from base64 import b64encode
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import datetime, timezone
from typing import TYPE_CHECKING, Any

from . import steps
from .outgoing import Outgoing, post

if TYPE_CHECKING:
    from .contacts import Contact
    from .messages import Message
    from .steps import Steps

#: How often a message is sent at most, and the seconds before the second time.
ATTEMPTS = 12
FIRST_PAUSE = 0.25
LONGEST_PAUSE = 30.0

#: Seconds for an answer.
PATIENCE = 10.0

#: How many deliveries are shown.
SHOWN = 100


@dataclass(frozen=True)
class Target:
    """Where a site takes its messages; without a user name nothing proves who calls."""

    url: str
    username: str = ""
    password: str = field(default="", repr=False)

    @property
    def headers(self) -> dict[str, str]:
        """What is sent beside the body."""
        headers = {"Content-Type": "application/json"}
        if self.username or self.password:
            proof = b64encode(f"{self.username}:{self.password}".encode()).decode()
            headers["Authorization"] = f"Basic {proof}"
        return headers


@dataclass(frozen=True, order=True)
class _Delivery:
    """A message on its way; the one whose time comes first is the smallest."""

    due: float
    number: int
    id: str = field(compare=False)
    body: bytes = field(compare=False)
    event: int | None = field(compare=False, default=None)
    attempt: int = field(compare=False, default=1)


class _Queue:
    """What waits in one process, and who sends it."""

    def __init__(self) -> None:
        self.process = os.getpid()
        self.changed = threading.Condition()
        self.waiting: list[_Delivery] = []
        self.is_paused = False
        #: None while there is nothing to do.
        self.sender: threading.Thread | None = None
        #: What the thread sends now, or next.
        self.outgoing = Outgoing()


class Webhook:
    """Sends messages to the site that wants them; safe to use from many threads.

    :param clock: returns the seconds since the epoch, for what is shown.
    """

    def __init__(self, clock: Callable[[], float], log: Steps) -> None:
        self._clock = clock
        self._log = log
        #: Where messages are sent, those that wait, too; None: nowhere.
        self.target: Target | None = None
        self._numbers = itertools.count(1)
        self._shown: deque[dict[str, Any]] = deque(maxlen=SHOWN)
        self._made = _Queue()

    def deliveries(self) -> list[dict[str, Any]]:
        """Return the last attempts, the newest first."""
        return list(reversed(self._shown.copy()))

    def tell(
        self,
        message: Message,
        contact: Contact,
        *,
        message_id: int = 0,
        event: int | None = None,
    ) -> None:
        """Send a message soon, if there is a place for it and the contact has an id."""
        if self.target is None or not contact.external_customer_id:
            return
        body = json.dumps(_body(message, contact, message_id)).encode()
        number = next(self._numbers)
        delivery = _Delivery(time.monotonic(), number, message.id, body, event)
        queue = self._queue()
        with queue.changed:
            heapq.heappush(queue.waiting, delivery)
            queue.changed.notify_all()
            self._need_sender(queue)

    def pause(self) -> None:
        """Send nothing for now; return when nothing is being sent any more.

        What waits goes on waiting, as at a vendor that is down.
        """
        queue = self._queue()
        with queue.changed:
            queue.is_paused = True
            sender, outgoing = queue.sender, queue.outgoing
            queue.changed.notify_all()
        outgoing.give_up()
        if sender is not None:
            sender.join(PATIENCE)

    def resume(self) -> None:
        """Go on sending."""
        queue = self._queue()
        with queue.changed:
            queue.is_paused = False
            queue.outgoing = Outgoing()
            self._need_sender(queue)

    def clear(self) -> None:
        """Forget the place and all deliveries."""
        self.target = None
        queue = self._queue()
        was_paused = queue.is_paused
        self.pause()
        with queue.changed:
            queue.waiting.clear()
        self._shown.clear()
        if not was_paused:
            self.resume()

    def _queue(self) -> _Queue:
        if self._made.process != os.getpid():
            self._made = _Queue()
        return self._made

    def _need_sender(self, queue: _Queue) -> None:
        """Start the thread, unless there is one or it has nothing to do."""
        if queue.waiting and not queue.is_paused and queue.sender is None:
            queue.sender = threading.Thread(
                target=self._send_all, args=(queue,), name="webhook", daemon=True
            )
            queue.sender.start()

    def _send_all(self, queue: _Queue) -> None:
        while delivery := _next(queue):
            target = self.target
            again = self._send(delivery, target, queue.outgoing) if target else None
            with queue.changed:
                if not queue.is_paused:
                    queue.outgoing = Outgoing()
                if again is not None:
                    heapq.heappush(queue.waiting, again)

    def _send(
        self, delivery: _Delivery, target: Target, outgoing: Outgoing
    ) -> _Delivery | None:
        """Send a message; return the next attempt, None: there is none."""
        began = time.perf_counter()
        status = post(outgoing, target.url, target.headers, delivery.body, PATIENCE)
        if outgoing.was_given_up:
            return delivery
        again = None
        if _is_tried_again(status) and delivery.attempt < ATTEMPTS:
            pause = min(FIRST_PAUSE * 2 ** (delivery.attempt - 1), LONGEST_PAUSE)
            due = time.monotonic() + pause
            again = replace(delivery, due=due, attempt=delivery.attempt + 1)
        self._note(delivery, status, time.perf_counter() - began, again is not None)
        return again

    def _note(
        self, delivery: _Delivery, status: int, seconds: float, is_repeated: bool
    ) -> None:
        at = datetime.fromtimestamp(self._clock(), timezone.utc)
        self._shown.append(
            {
                "id": delivery.id,
                "at": at.isoformat(timespec="milliseconds"),
                "attempt": delivery.attempt,
                "status": status,
                "ms": round(seconds * 1000, 1),
                "repeated": is_repeated,
            }
        )
        answered = (
            f"the site answered {status}" if status else "the site did not answer"
        )
        says = f"message {delivery.id}: {answered}"
        if is_repeated:
            says += ", so it is sent again"
        self._log.add(
            steps.WEBHOOK,
            says,
            ok=200 <= status < 300,
            event=delivery.event,
            status=status,
        )


def _next(queue: _Queue) -> _Delivery | None:
    """Wait for the next message to send; without one, the thread ends."""
    with queue.changed:
        while queue.waiting and not queue.is_paused:
            pause = queue.waiting[0].due - time.monotonic()
            if pause <= 0:
                return heapq.heappop(queue.waiting)
            queue.changed.wait(pause)
        queue.sender = None
        return None


def _is_tried_again(status: int) -> bool:
    return status in (0, 401, 429) or status >= 500


def _body(message: Message, contact: Contact, message_id: int) -> dict[str, object]:
    """Return a message as the guide has it; its ``customData`` is a text."""
    says = message.says
    custom = says.custom_data
    return {
        "externalCustomerId": contact.external_customer_id,
        "id": message.id,
        "messageId": message_id,
        "createdDate": int(message.created * 1000),
        "title": says.title,
        "content": says.content,
        "image": says.image or None,
        "link": says.link or None,
        "category": says.category or None,
        "customData": json.dumps(custom) if isinstance(custom, dict) else custom,
    }
