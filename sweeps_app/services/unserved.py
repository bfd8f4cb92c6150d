"""Count what clients ask for and this server does not have."""

from django.db import IntegrityError, transaction
from django.db.models import F
from django.utils import timezone

from sweeps_app.models import UnservedRequest

# Clients choose the names: beyond so many different ones, new ones are counted together.
MAX_SUBJECTS = 1_000
OTHERS = "(anything else)"


def unserved_note(*, subject: str, operation: str, message: str, client: str) -> None:
    """Count one more request for `subject`, which this server does not have."""
    subject, operation = _cut(subject, 200), _cut(operation, 100)
    told = {"message": _cut(message, 500), "client": _cut(client, 200), "last_at": timezone.now()}
    if _count(subject, operation, told):
        return
    if UnservedRequest.objects.count() >= MAX_SUBJECTS:
        subject, operation = OTHERS, ""
    try:
        with transaction.atomic():
            UnservedRequest.objects.create(subject=subject, operation=operation, count=1, **told)
    except IntegrityError:
        _count(subject, operation, told)


def _count(subject: str, operation: str, told: dict[str, object]) -> int:
    known = UnservedRequest.objects.filter(subject=subject, operation=operation)
    return known.update(count=F("count") + 1, **told)


def _cut(text: str, longest: int) -> str:
    return text.encode("utf-8", "replace").decode().replace("\x00", "?")[:longest]
