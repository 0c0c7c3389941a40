"""In: a document. Out: its reading; the drafts of sums and goods become events."""

from __future__ import annotations

from decimal import Decimal
from operator import attrgetter

from aidlib.events.draft import Draft
from aidlib.events.goods import find_goods
from aidlib.events.mechanism import clear_mixed
from aidlib.events.notes import settle_note
from aidlib.events.page import Page, once_a_page, read_page
from aidlib.events.relations import hang_parts, inherit_act, inherit_past, parts_among
from aidlib.events.repeats import join_repeats
from aidlib.events.sums import judge
from aidlib.events.when import when_of
from aidlib.mentions import named
from aidlib.model import Amount, Decision, Document, Event, Mention, Money, Reading, Span

__all__ = ["build_events"]

IN_ORDER = attrgetter("span.start", "span.end", "kind")


def build_events(document: Document, *, brief: bool = False) -> Reading:
    """Read what a document says: its mentions, its events, and why each sum counts or not.

    Parameters
    ----------
    document : Document
        ``published`` is used to resolve dates; where it is None, the text is searched for it.
    brief : bool
        Leave out what only explains, to be quick: the mentions of a document without an event, and which
        gate shuts out a sum that has no evidence anyway. The events are the same.

    Returns
    -------
    Reading
        ``decisions`` holds one entry a money mention.

    Examples
    --------
    >>> reading = build_events(Document.from_text("Latvia gave Ukraine €2 million in military aid."))
    >>> [(e.donor, int(e.amount), str(e.stage)) for e in reading.events]
    [('LVA', 2000000, 'allocated')]
    >>> build_events(Document.from_text("Latvia exported goods worth €2 million to Ukraine.")).events
    ()
    """
    page = read_page(document)
    drafts, verdicts = _drafts(page, brief)
    drafts = join_repeats(page, drafts)
    hang_parts(page, drafts)
    clear_mixed(drafts)
    inherit_past(page, drafts)
    inherit_act(drafts)
    settle_note(page, drafts)
    drafts += find_goods(page, drafts)
    if brief and not drafts:
        return Reading(page.document)
    events = tuple(_event(page, draft, drafts) for draft in drafts)
    place = {m: n for n, draft in enumerate(drafts) for m in draft.same}
    decisions = tuple(
        Decision(m, _verdict(page, m, drafts, place, why), place.get(m), (why,))
        for m, why in enumerate(verdicts)
    )
    money = _with_parts(page, drafts)
    mentions = tuple(
        sorted(
            (*money, *page.dates, *named(page.document.text, page.hits)),
            key=IN_ORDER,
        )
    )
    return Reading(page.document, mentions, events, decisions, _headline(events))


def _drafts(page: Page, brief: bool) -> tuple[list[Draft], list[str]]:
    drafts, verdicts = [], []
    for index, mention in enumerate(page.money):
        if mention.value.converts is not None:
            verdicts.append("conversion")
            continue
        draft, why = judge(page, index, brief=brief)
        verdicts.append(why)
        if draft is not None:
            drafts.append(draft)
    return drafts, verdicts


def _verdict(page: Page, mention: int, drafts: list[Draft], place: dict[int, int], why: str) -> str:
    if mention not in place:
        return why
    draft = drafts[place[mention]]
    if draft.mention != mention:
        return "repeat"
    if draft.total:
        return "running_total"
    if draft.stage == "proposed":
        return "proposed"
    if draft.recipient != "UKR":
        return "other_recipient"
    return "part" if draft.part_of is not None else "booked"


def _event(page: Page, draft: Draft, drafts: list[Draft]) -> Event:
    money: Money | None = page.money[draft.mention].value if draft.mention is not None else None
    when = when_of(page, draft)
    mentions = [page.money[m].span for m in draft.same]
    return Event(
        donor=draft.donor,
        stage=draft.stage,
        recipient=draft.recipient,
        donors=draft.donors or None,
        channel="DNK" if draft.mechanism == "danish_model" else None,
        amount=money.amount if money else None,
        low=money.low if money else None,
        high=money.high if money else None,
        currency=money.currency if money else None,
        currency_candidates=money.candidates if money else (),
        amount_alt=_alternatives(page, draft),
        modifier=money.modifier if money else "none",
        aid_type=draft.aid_type,
        mechanism=draft.mechanism,
        date=when.start if when else None,
        date_end=when.end if when else None,
        date_precision=when.precision if when else None,
        part_of=drafts.index(draft.part_of) if draft.part_of in drafts else None,
        items=draft.goods(),
        is_cumulative_total=draft.total,
        about_past=draft.past,
        evidence=(*(Span(a, b) for a, b in draft.spans), *mentions),
        reasons=tuple(draft.reasons),
    )


def _alternatives(page: Page, draft: Draft) -> tuple[Amount, ...]:
    told = _restated(page)
    found = dict.fromkeys(
        (m.value.amount, m.value.currency) for n in draft.same for m in told.get(n, ()) if m.value.currency
    )
    return tuple(Amount(amount, currency) for amount, currency in found)


@once_a_page
def _restated(page: Page) -> dict[int, list[Mention]]:
    """The sums that restate another, by the number of that one."""
    found: dict[int, list[Mention]] = {}
    for mention in page.money:
        if mention.value.converts is not None:
            found.setdefault(mention.value.converts, []).append(mention)
    return found


def _with_parts(page: Page, drafts: list[Draft]) -> list[Mention]:
    whole = parts_among(page) | {
        m: d.part_of.mention for d in drafts if d.part_of is not None for m in d.same
    }
    found = []
    for index, mention in enumerate(page.money):
        m: Money = mention.value
        part_of = whole.get(index)
        if part_of is None:
            found.append(mention)
            continue
        value = Money(
            m.amount, m.currency, m.modifier, m.low, m.high, m.candidates, m.reason, m.converts, part_of
        )
        found.append(Mention("money", mention.span, mention.quote, value))
    return found


def _headline(events: tuple[Event, ...]) -> Amount | None:
    bookable = [e for e in events if e.is_bookable() and e.amount is not None]
    news = [e for e in bookable if not e.about_past and _stands_alone(e, events)]
    if not bookable:
        return None
    if not news:
        return Amount(bookable[0].amount or Decimal(0), bookable[0].currency)
    currency = news[0].currency
    return Amount(sum((e.amount or Decimal(0) for e in news if e.currency == currency), Decimal(0)), currency)


def _stands_alone(event: Event, events: tuple[Event, ...]) -> bool:
    """Whether no news holds an event: its whole is none, a running total, or background."""
    whole = None if event.part_of is None else events[event.part_of]
    return whole is None or whole.is_cumulative_total or whole.about_past
