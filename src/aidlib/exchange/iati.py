"""In: a ledger. Out: its booked acts as activities of the IATI standard, version 2.03."""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from functools import cache
from pathlib import Path
from typing import Any
from urllib.parse import quote, urlsplit

import pandas as pd
from lxml import etree

from aidlib.errors import LedgerError, ParameterError
from aidlib.exchange.iati_sums import Sums, sums_of
from aidlib.exchange.kiel_words import party_name
from aidlib.exchange.whole import last_day, write_whole
from aidlib.ledger import Ledger
from aidlib.lexicon import read_table

__all__ = ["iati_activities", "left_out", "write_iati"]

REFERENCE, NAME, KIND = "AIDLIB", "aidlib", "80"  # 80: academic, training and research
VOCABULARY = "urn:x-aidlib:mechanisms"
FUNDING, EXTENDING = "1", "3"
PARENT, CHILD = "1", "2"
OWN_VOCABULARY = "99"
WEB_PAGE = "A12"
NAMES = {"MULTI": "Several donors", "NORDIC": "Nordic countries", None: "Donor not named"}
FORBIDDEN = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
NOT_IN_REFERENCE = re.compile(r"[\s/&|?]")
NOT_IN_URI = re.compile(r"""%(?![0-9A-Fa-f]{2})|["<>\\^`{|}\[\]]|#""")
HOST = re.compile(r"\w[\w.-]*(:\d+)?")
LANGUAGE = "{http://www.w3.org/XML/1998/namespace}lang"

EMPTY: Mapping[str, str] = {}

Act = dict[str, Any]


def write_iati(ledger: Ledger, path: Path | str, **options: str) -> Path:
    """Write the booked acts to an XML file, whole or not at all.

    Parameters
    ----------
    ledger : Ledger
        What becomes of its acts stands in ``iati_activities``.
    path : Path or str
        The file; an old one is replaced.
    **options : str
        As in ``iati_activities``.

    Raises
    ------
    LedgerError
        Nothing is booked.
    ParameterError
        An option cannot be used, or the place cannot be written.
    """
    return write_whole(path, iati_activities(ledger, **options))


def iati_activities(
    ledger: Ledger,
    *,
    reporting_ref: str = REFERENCE,
    reporting_name: str = NAME,
    reporting_type: str = KIND,
    vocabulary_uri: str = VOCABULARY,
) -> bytes:
    """Give the booked acts as IATI activities, as a secondary reporter does.

    **An activity** is one act. Proposals, running totals and acts for another recipient are none,
    nor is an act without any day: the standard asks for one (``left_out`` counts them).

    **A transaction** is one act and type: pledged is 12; committed, allocated and contracted
    together are one 2; disbursed is 3, delivered 4. It carries the whole sum in the currency
    stated. The day is the first on which a stage of the type is told; the value date is that of
    the ledger's rate, else the same. A sum without a currency, or of nobody, has no transaction.

    **Nothing is counted twice.** An act that lies in a larger sum has hierarchy 2 (in two: 3), and a
    transaction only of the types that none of these larger sums reports. So all transactions of a
    type may be added up, and those of hierarchy 1 are the sums of the books. The standard would
    rather have each sum at its lowest level; the rest of the whole would then be a number that
    nobody has stated, and none at all where a part has another currency. An act that may repeat
    another has no transactions where the books count the other. The description tells the sum.

    **Days** are whole: of "2024-05" the first, and a note tells what the source says. **Quotes** stay
    in the ledger; a document link leads to the text, where it has an address (http or https).

    Parameters
    ----------
    ledger : Ledger
        Its tables are not changed.
    reporting_ref, reporting_name, reporting_type : str
        Who publishes: organisation identifier, name and code of OrganisationType. Each activity's
        identifier is the reference, a hyphen and the commitment's id.
    vocabulary_uri : str
        Where the words of ``data/mechanisms.csv`` are explained; a mechanism is a tag, vocabulary 99.

    Returns
    -------
    bytes
        XML in UTF-8, the same for the same ledger: it is dated by its last publication.

    Raises
    ------
    LedgerError
        Nothing is booked: the standard has no empty file.
    ParameterError
        The reference is empty or holds a space or one of ``/ & | ?``.
    """
    if not reporting_ref or NOT_IN_REFERENCE.search(reporting_ref):
        raise ParameterError(
            f"{reporting_ref!r} is no reference of an organisation",
            where="reporting_ref",
            fix="Give an organisation identifier, without spaces and without / & | ?",
        )
    sums = sums_of(ledger.commitments)
    acts = _acts(ledger, sums)
    if not acts:
        raise LedgerError(
            "nothing is booked, and the standard has no file without an activity",
            where="ledger",
            fix="Read announcements that book an act.",
        )
    root = etree.Element("iati-activities", version="2.03")
    if day := last_day(ledger):
        root.set("generated-datetime", f"{day}T00:00:00Z")
    publisher = {"ref": reporting_ref, "type": reporting_type, "secondary-reporter": "1"}
    links, parts = _links(ledger), _parts(acts)
    for name, act in acts.items():
        activity = _start(root, act, sums[name].level)
        _add(activity, "iati-identifier", text=_identifier(reporting_ref, name))
        _tell(_add(activity, "reporting-org", publisher), reporting_name)
        _tell(_add(activity, "title"), _title(act))
        _tell(_add(activity, "description", type="1"), _description(act, sums[name]))
        _add_parties(activity, act)
        _add_dates(activity, act, sums[name])
        _add_place_and_way(activity, act, vocabulary_uri)
        _add_transactions(activity, act, sums[name])
        _add_links(activity, links[name])
        for other, kind in parts[name]:
            _add(activity, "related-activity", ref=_identifier(reporting_ref, other), type=kind)
    return bytes(etree.tostring(root, xml_declaration=True, encoding="UTF-8", pretty_print=True))


def left_out(ledger: Ledger) -> dict[str, int]:
    """Count the acts that are no activity, by why: their status, or "without a day"."""
    counts = Counter(ledger.commitments["status"])
    n_undated = counts.pop("booked", 0) - sum(
        one.day is not None for one in sums_of(ledger.commitments).values()
    )
    return dict(sorted(counts.items())) | ({"without a day": n_undated} if n_undated else {})


def _acts(ledger: Ledger, sums: Mapping[str, Sums]) -> dict[str, Act]:
    """Give the acts that become activities, unknown values as None."""
    return {
        row["commitment_id"]: {str(key): None if _is_missing(value) else value for key, value in row.items()}
        for row in ledger.commitments.to_dict("records")
        if row["commitment_id"] in sums and sums[row["commitment_id"]].day
    }


def _is_missing(value: Any) -> bool:
    return value is None or bool(pd.isna(value))


def _plain(text: str) -> str:
    """Put a text on one line, without the characters that XML forbids."""
    return " ".join(FORBIDDEN.sub("", text).split())


def _add(
    parent: Any,
    tag: str,
    attributes: Mapping[str, str] = EMPTY,
    *,
    text: str | None = None,
    **more: str,
) -> Any:
    child = etree.SubElement(parent, tag)
    for key, value in {**attributes, **more}.items():
        child.set(key, _plain(value))
    if text is not None:
        child.text = _plain(text)
    return child


def _tell(parent: Any, text: str) -> None:
    _add(parent, "narrative", text=text)


def _start(root: Any, act: Act, level: int) -> Any:
    activity = _add(root, "iati-activity", {LANGUAGE: "en", "default-currency": "EUR"})
    if act["aid_type"] == "humanitarian":
        activity.set("humanitarian", "1")
    activity.set("hierarchy", str(level))
    return activity


def _identifier(reference: str, name: str) -> str:
    return f"{reference}-{quote(name, safe=':')}"


def _name(code: str | None) -> str:
    return NAMES.get(code) or party_name(str(code))


def _list(cell: str | None) -> list[str]:
    return cell.split("|") if cell else []


def _sum(act: Act) -> str:
    if act["amount"] is None:
        return "sum not stated"
    return f"{_grouped(act['amount'])} {act['currency'] or '(currency not stated)'}"


def _grouped(amount: Decimal) -> str:
    return f"{amount.normalize():,f}"


def _way(act: Act) -> str:
    return (act["mechanism"] or act["aid_type"] or "aid").replace("_", " ")


def _title(act: Act) -> str:
    recipient = f" to {_name(act['recipient'])}" if act["recipient"] else ""
    return f"{_name(act['donor'])}{recipient}: {_way(act)}, {_sum(act)}"


def _description(act: Act, sums: Sums) -> str:
    """Tell in plain sentences what the ledger knows, and what is uncertain."""
    kind = f"{act['aid_type'].capitalize()} aid" if act["aid_type"] else "Aid of a kind not stated"
    words = [kind, f"{_sum(act)}{_bounds(act)}"]
    if act["items"]:
        words.append("goods: " + ", ".join(_item(item) for item in _list(act["items"])))
    words.append(f"highest stage told: {act['stage']}")
    words.append(f"reports: {act['n_reports']}, sources: {act['n_outlets']}")
    if act["part_of"]:
        words.append(f"part of {act['part_of']}")
    if act["overlaps_with"]:
        words.append("may be the same money as " + ", ".join(_list(act["overlaps_with"])))
    if sums.is_told_elsewhere:
        words.append("transactions: with those acts, which hold or may be the same sum")
    if act["reasons"]:
        words.append("uncertain: " + ", ".join(_list(act["reasons"])))
    return "; ".join(words) + "."


def _bounds(act: Act) -> str:
    if act["amount"] is None or act["modifier"] == "exact":
        return ""
    low, high = act["amount_low"], act["amount_high"]
    within = "" if low is None or high is None else f", from {_grouped(low)} to {_grouped(high)}"
    return f" ({act['modifier'].replace('_', ' ')}{within})"


def _item(item: str) -> str:
    goods, _, quantity = item.partition(":")
    return f"{goods} ({quantity})" if quantity else goods


def _add_parties(activity: Any, act: Act) -> None:
    for donor in _list(act["donors"]) or [act["donor"]]:
        _tell(_add(activity, "participating-org", role=FUNDING), _name(donor))
    if act["channel"]:
        _tell(_add(activity, "participating-org", role=EXTENDING), _name(act["channel"]))


def _add_dates(activity: Any, act: Act, sums: Sums) -> None:
    _add(activity, "activity-status", code=sums.status)
    if sums.day:
        dated = _add(
            activity, "activity-date", {"type": sums.date_type, "iso-date": sums.day.day.isoformat()}
        )
        if sums.day.note:
            _tell(dated, sums.day.note)


@cache
def _alpha2() -> dict[str, str]:
    return dict(read_table("iso_alpha2.csv", lambda row: (row["alpha3"], row["alpha2"]), key="alpha3"))


@cache
def _meanings() -> dict[str, str]:
    rows = read_table("mechanisms.csv", dict, key="mechanism")
    return {row["mechanism"]: row["meaning"] for row in rows}


def _add_place_and_way(activity: Any, act: Act, vocabulary_uri: str) -> None:
    """Add the country, where it is one (the title names MULTI and OTHER), and the mechanism."""
    if code := _alpha2().get(act["recipient"] or ""):
        _add(activity, "recipient-country", code=code)
    mechanism = act["mechanism"]
    if mechanism:
        named = {"code": mechanism, "vocabulary": OWN_VOCABULARY, "vocabulary-uri": vocabulary_uri}
        _tell(_add(activity, "tag", named), _meanings().get(mechanism) or mechanism)


def _add_transactions(activity: Any, act: Act, sums: Sums) -> None:
    for code, told in sums.transactions:
        rated = act["rate_date"]
        transaction = _add(activity, "transaction")
        _add(transaction, "transaction-type", code=code)
        _add(transaction, "transaction-date", {"iso-date": told.day.isoformat()})
        valued = rated.date() if rated is not None else told.day
        _add(
            transaction,
            "value",
            {"currency": act["currency"], "value-date": valued.isoformat()},
            text=f"{act['amount']:f}",
        )
        note = "; ".join(filter(None, (_bounds(act).strip(" ()"), told.note)))
        if note:
            _tell(_add(transaction, "description"), note)
        if len(_list(act["donors"])) <= 1 and act["donor"] not in NAMES:
            _tell(_add(transaction, "provider-org"), _name(act["donor"]))


def _links(ledger: Ledger) -> dict[str, list[tuple[str, str, date | None]]]:
    """Give the address, title and day of the texts that tell of each act, each address once."""
    found: dict[str, dict[str, tuple[str, str, date | None]]] = defaultdict(dict)
    columns = ["commitment_id", "url", "title", "doc_id", "published"]
    for name, url, title, document, published in ledger.events[columns].itertuples(index=False, name=None):
        address = None if _is_missing(url) else _address(url)
        if address:
            day = None if _is_missing(published) else published.date()
            found[name].setdefault(address, (address, document if _is_missing(title) else title, day))
    return defaultdict(list, {name: list(links.values()) for name, links in found.items()})


def _address(url: str) -> str | None:
    """Give an address of the web as a URI, what none may hold escaped; None where it is no address."""
    try:
        parts = urlsplit(url)
    except ValueError:
        return None
    if parts.scheme not in ("http", "https") or not HOST.fullmatch(parts.netloc):
        return None
    if url.split() != [url] or FORBIDDEN.search(url):
        return None
    before, mark, fragment = url.partition("#")
    return mark.join(NOT_IN_URI.sub(_escape, part) for part in (before, fragment) if mark or part)


def _escape(found: re.Match[str]) -> str:
    return quote(found[0], safe="")


def _add_links(activity: Any, links: list[tuple[str, str, date | None]]) -> None:
    for url, title, day in links:
        link = _add(activity, "document-link", url=url, format="text/html")
        _tell(_add(link, "title"), title)
        _add(link, "category", code=WEB_PAGE)
        if day:
            _add(link, "document-date", {"iso-date": day.isoformat()})


def _parts(acts: Mapping[str, Act]) -> dict[str, list[tuple[str, str]]]:
    """Give the parent of every part, and the children of every whole, with the code of the relation."""
    found: dict[str, list[tuple[str, str]]] = defaultdict(list)
    for name, act in acts.items():
        if act["part_of"] in acts:
            found[name].insert(0, (act["part_of"], PARENT))
            found[act["part_of"]].append((name, CHILD))
    return found
