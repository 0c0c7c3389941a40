"""In: an act and its page. Out: when the text says that it was done."""

from __future__ import annotations

from aidlib.events.draft import Draft
from aidlib.events.page import Page
from aidlib.model import When

__all__ = ["when_of"]


def when_of(page: Page, draft: Draft) -> When | None:
    """The day of an act: a date that its statement names, and that does not lie ahead."""
    start, end = draft.spans[0]
    published = page.document.published
    for mention in page.dates:
        when: When = mention.value
        if not start <= mention.start < end or when.role != "on":
            continue
        last = when.end or when.start
        if published is None or last <= published.isoformat()[: len(last)]:
            return when
    return None
