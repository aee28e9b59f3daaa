"""What a user can do to an engagement, as changes: the one write path of the command line and the desktop.

Every function checks what it is told and returns the changes, ready for :meth:`Engagement.apply`. Raises UsageError,
which says what was wrong and what is known, and changes nothing.
"""

from __future__ import annotations

import difflib
import re
import unicodedata
from collections.abc import Collection, Iterable
from datetime import date
from itertools import chain, count
from typing import Any

from pydantic import TypeAdapter, ValidationError

from app.engagement.errors import UsageError
from app.engagement.journal import Change
from app.engagement.state import dump
from questionnaires.model import NOT_APPLICABLE, Content, Days, Questionnaire, Scope
from scoring.assessment import FIRST_DAY, LAST_DAY, Answer, Assessment, Basis, Decision, Evidence, Lane, answer_of
from scoring.evidence.ingest import Planned, Settled
from scoring.roadmap import Plan

CLEAR = "clear"
_DAYS: TypeAdapter[Any] = TypeAdapter(Days)
RESERVED = re.compile(r"(con|prn|aux|nul|com\d|lpt\d)", re.IGNORECASE)
"""Names that Windows keeps for devices: a folder must be movable to it."""


def unknown(kind: str, given: str, known: Collection[str]) -> UsageError:
    """The error for an id that does not exist: the one that was meant, or what there is."""
    near = difflib.get_close_matches(given, list(known), 1)
    listed = ", ".join(sorted(known)[:12]) or "none yet"
    more = f" and {len(known) - 12} more" if len(known) > 12 else ""
    remedy = f"Did you mean '{near[0]}'?" if near else f"Known: {listed}{more}."
    return UsageError(f"is no known {kind}", f"'{given}'", remedy)


def line(text: str, what: str) -> str:
    """A name as one line: no controls, no line breaks, no halves of characters. Raises UsageError."""
    if not text.strip():
        raise UsageError("needs a name", what, "Give it one.")
    broken = next((c for c in text if unicodedata.category(c) in ("Cc", "Cs", "Zl", "Zp")), None)
    if broken is not None:
        raise UsageError(f"holds {broken!r}, which no name can", what, "Type it again, in one line.")
    return text.strip()


def new_assessment(
    content: Content, questionnaire: str, organisation: str, as_of: date, assessors: Iterable[str] = ()
) -> Assessment:
    """An empty assessment with the content's default capacity."""
    if questionnaire not in content.questionnaires:
        raise unknown("questionnaire", questionnaire, content.questionnaires)
    return Assessment(
        organisation=line(organisation, "The organisation"),
        questionnaire=questionnaire,
        as_of=_sensible(as_of),
        assessors=tuple(assessors),
        capacity=content.tiers.capacity,
    )


def add_application(
    content: Content,
    assessment: Assessment,
    key: str,
    name: str,
    tier: str,
    *,
    attributes: str = "",
    repositories: str = "",
) -> list[Change]:
    """A new application. Its id becomes a file name, so it is a slug; the lists are words with commas."""
    if not re.fullmatch(r"[a-z0-9]+(-[a-z0-9]+)*", key) or len(key) > 80 or RESERVED.fullmatch(key):
        remedy = "Use lower-case letters and digits joined by hyphens, such as 'card-payments'."
        raise UsageError("cannot be an application's id", f"'{key}'", remedy)
    if key in assessment.applications:
        raise UsageError("exists already", f"Application '{key}'", "Choose another id, or change it with 'set'.")
    if tier not in content.tiers.by_id:
        raise unknown("tier", tier, content.tiers.by_id)
    new: dict[str, Any] = {"id": key, "name": line(name, "The application"), "tier": tier}
    lists = {"attributes": _attributes(content, attributes), "repositories": _words(repositories)}
    return [Change(("applications", key), new | {field: words for field, words in lists.items() if words})]


def free_id(name: str, taken: Collection[str]) -> str:
    """An id from a name: ``Card Payments`` → ``card-payments``; numbered where that is taken."""
    plain = unicodedata.normalize("NFKD", name).encode("ascii", "ignore").decode().casefold()
    slug = "-".join(re.findall(r"[a-z0-9]+", plain))[:70].strip("-") or "application"
    if RESERVED.fullmatch(slug):
        slug = f"{slug}-app"
    numbered = (f"{slug}-{number}" for number in count(2))
    return next(key for key in chain([slug], numbered) if key not in taken)


def remove_application(assessment: Assessment, key: str) -> list[Change]:
    """Take an application out, with its own answers and its evidence; the journal keeps what stood there."""
    if key not in assessment.applications:
        raise unknown("application", key, assessment.applications)
    return [Change(("applications", key), None)]


def answer(
    questionnaire: Questionnaire,
    assessment: Assessment,
    criterion: str,
    value: str,
    *,
    application: str | None = None,
    basis: Basis | None = None,
    note: str | None = None,
    reason: str | None = None,
    marked: bool | None = None,
) -> list[Change]:
    """Answer one criterion, or ``clear`` the answer. What is not given stays: a note and a mark, too, but a new value
    drops the old basis and reason."""
    path = answer_path(questionnaire, assessment, criterion, application)
    known = [*questionnaire.values, NOT_APPLICABLE]
    if value not in (*known, CLEAR):
        raise unknown("answer", value, [*known, CLEAR])
    owner = assessment if application is None else assessment.applications[application]
    old = owner.answers.get(criterion, Answer())
    same = old.value == value
    new = Answer(
        value=None if value == CLEAR else value,
        basis=basis if basis is not None else old.basis if same else None,
        note=old.note if note is None else note,
        reason=reason if reason is not None else old.reason if same else "",
        marked=old.marked if marked is None else marked,
    )
    return [Change(path, None if new == Answer() else dump(new))]


def answer_each(
    questionnaire: Questionnaire,
    assessment: Assessment,
    answers: Iterable[tuple[str | None, str, str]],
    *,
    basis: Basis | None = None,
    reason: str | None = None,
) -> list[Change]:
    """Several answers as one step: (application or None, criterion, value), each criterion of an owner once.

    An owner to whom a criterion does not belong (an application that an organisation-scope criterion is asked of)
    raises UsageError, and nothing of the step is done.
    """
    return [
        change
        for owner, criterion, value in answers
        for change in answer(questionnaire, assessment, criterion, value, application=owner, basis=basis, reason=reason)
    ]


def amend(
    questionnaire: Questionnaire,
    assessment: Assessment,
    criterion: str,
    *,
    application: str | None = None,
    basis: Basis | None = None,
    note: str | None = None,
    reason: str | None = None,
    marked: bool | None = None,
) -> list[Change]:
    """Change what stands beside an answer. It may come before the answer: a note or a mark alone is kept.

    An application without an answer of its own keeps having the common one, whatever it notes or marks; a basis or a
    reason speaks of the answer itself, so with either it takes the common one over.
    """
    path = answer_path(questionnaire, assessment, criterion, application)
    source = assessment.applications[application] if application is not None else None
    standing = answer_of(assessment.answers, source, criterion)
    own = (source or assessment).answers.get(criterion, Answer())
    given = {
        key: value
        for key, value in (("basis", basis), ("note", note), ("reason", reason), ("marked", marked))
        if value is not None
    }
    taken_over: dict[str, Any] = {}
    spoken_of = basis is not None or reason is not None
    if spoken_of and own.value is None and standing is not None and standing.value is not None:
        taken_over = {"value": standing.value, "basis": standing.basis, "reason": standing.reason}
    new = own.model_copy(update={**taken_over, **given})
    return [Change(path, None if new == Answer() else dump(new))]


def amend_each(
    questionnaire: Questionnaire,
    assessment: Assessment,
    places: Iterable[tuple[str | None, str]],
    *,
    basis: Basis | None = None,
    note: str | None = None,
    reason: str | None = None,
    marked: bool | None = None,
) -> list[Change]:
    """Change what stands beside several answers, (application or None, criterion), as one step."""
    return [
        change
        for owner, criterion in places
        for change in amend(
            questionnaire, assessment, criterion, application=owner,
            basis=basis, note=note, reason=reason, marked=marked,
        )
    ]  # fmt: skip


def answer_path(
    questionnaire: Questionnaire, assessment: Assessment, criterion: str, application: str | None
) -> tuple[str, ...]:
    """Where an answer stands: with the organisation (which holds the common answers too) or one application."""
    if criterion not in questionnaire.criteria:
        raise unknown("criterion", criterion, questionnaire.criteria)
    if application is None:
        return ("answers", criterion)
    if application not in assessment.applications:
        raise unknown("application", application, assessment.applications)
    if questionnaire.scope_of(criterion) is Scope.ORGANISATION:
        remedy = "Answer it without --application."
        raise UsageError("is answered once for the organisation", criterion, remedy)
    return ("applications", application, "answers", criterion)


def _words(value: str) -> list[str]:
    return sorted({line(word, "The list") for word in value.split(",") if word.strip()})


def _attributes(content: Content, value: str) -> list[str]:
    found = _words(value)
    for word in found:
        if word not in content.tiers.attribute:
            raise unknown("attribute", word, content.tiers.attribute)
    return found


def set_value(
    content: Content,
    questionnaire: Questionnaire,
    assessment: Assessment,
    key: str,
    value: str,
    *,
    tier: str | None = None,
    application: str | None = None,
) -> list[Change]:
    """One setting of the engagement, a tier or an application, from the text a person typed."""
    if tier is not None and application is not None:
        raise UsageError("cannot both be named", "--tier and --application", "Name one of them.")
    if tier is not None:
        return _set_target(content, questionnaire, key, value, tier)
    if application is not None:
        return _set_application(content, assessment, key, value, application)
    match key:
        case "capacity":
            return [Change(("capacity",), _days(value))]
        case "regimes":
            for word in _words(value):
                if word not in content.regimes:
                    raise unknown("regime", word, content.regimes)
            return [Change(("regimes",), _words(value) or None)]
        case "assessors":
            return [Change(("assessors",), _words(value) or None)]
        case "organisation":
            return [Change(("organisation",), line(value, "The organisation"))]
        case "as-of":
            return [Change(("as_of",), day(value).isoformat())]
        case "target" | "attributes" | "tier" | "name" | "repositories":
            owner = "a tier" if key == "target" else "an application"
            option = "--tier" if key == "target" else "--application"
            raise UsageError(f"belongs to {owner}", f"'{key}'", f"Name it with {option}.")
        case _:
            raise unknown("setting", key, ("capacity", "regimes", "assessors", "organisation", "as-of"))


def _days(value: str) -> Any:
    try:
        return _DAYS.dump_python(_DAYS.validate_python(value), mode="json")
    except ValidationError as error:
        outside = error.errors()[0]["type"] in ("greater_than_equal", "less_than_equal")
        what = "lies outside 0 to 10000 person-days" if outside else "is no number of person-days"
        raise UsageError(what, f"'{value}'", "Give a number from 0 to 10000, such as 60 or 62.5.") from None


def day(value: str) -> date:
    """A calendar day as written by a person."""
    try:
        return _sensible(date.fromisoformat(value))
    except ValueError:
        raise UsageError("is no date", f"'{value}'", "Write it as 2026-09-30.") from None


def _sensible(as_of: date) -> date:
    if not FIRST_DAY <= as_of <= LAST_DAY:
        remedy = f"Name a day between {FIRST_DAY} and {LAST_DAY}."
        raise UsageError("cannot be the day of an assessment", f"'{as_of}'", remedy)
    return as_of


def _set_target(content: Content, questionnaire: Questionnaire, key: str, value: str, tier: str) -> list[Change]:
    if tier not in content.tiers.by_id:
        raise unknown("tier", tier, content.tiers.by_id)
    name, dot, pillar = key.partition(".")
    pillars = [entry.id for entry in questionnaire.pillar]
    if name != "target":
        raise unknown("setting of a tier", key, ["target", *(f"target.{entry}" for entry in pillars)])
    if dot and pillar not in pillars:
        raise unknown("pillar", pillar, pillars)
    names = {level.name.casefold(): level.number for level in questionnaire.level}
    numbers = {str(level.number): level.number for level in questionnaire.level}
    level = (names | numbers).get(value.casefold())
    if level is None and value != CLEAR:
        raise unknown("level", value, [*numbers, CLEAR])
    return [Change(("targets", tier, entry), level) for entry in ([pillar] if dot else pillars)]


def _set_application(content: Content, assessment: Assessment, key: str, value: str, application: str) -> list[Change]:
    if application not in assessment.applications:
        raise unknown("application", application, assessment.applications)
    to: Any
    match key:
        case "name":
            to = line(value, f"Application '{assessment.applications[application].name}'")
        case "tier":
            if value not in content.tiers.by_id:
                raise unknown("tier", value, content.tiers.by_id)
            to = value
        case "attributes":
            to = _attributes(content, value) or None
        case "repositories":
            to = _words(value) or None
        case _:
            raise unknown("setting of an application", key, ("name", "tier", "attributes", "repositories"))
    return [Change(("applications", application, key), to)]


def decide(
    assessment: Assessment,
    items: Collection[str],
    item: str,
    lane: Lane,
    *,
    wave: int | None = None,
    by: date | None = None,
    reason: str,
    waves: int,
) -> list[Change]:
    """A person's word on a roadmap item. A pin without a wave is for the first, a deferral without one for never.

    What is due needs its day, ``by``; it holds where the item is done by the wave that holds the day.
    """
    if item not in items and item not in assessment.decisions:
        raise unknown("roadmap item", item, items)
    if not reason.strip():
        raise UsageError("needs a reason", f"To {lane} '{item}'", "Give it with --reason.")
    if wave is not None and (lane in (Lane.DROP, Lane.DUE) or not 1 <= wave <= waves):
        remedy = {
            Lane.DROP: "A dropped item stands in none.",
            Lane.DUE: "What is due has a day: give it with --by, without a wave.",
        }.get(lane, f"The plan has the waves 1 to {waves}.")
        raise UsageError("cannot be used here", f"Wave {wave}", remedy)
    if (by is None) is (lane is Lane.DUE):
        remedy = "Give it with --by, as 2027-03-31." if by is None else "Only what is due has one: leave --by out."
        raise UsageError("needs a day" if by is None else "needs no day", f"'{item}'", remedy)
    if by is not None and _sensible(by) < assessment.as_of:
        remedy = "Name that day or a later one."
        raise UsageError(f"lies before the day of the engagement, {assessment.as_of}", f"'{by}'", remedy)
    if lane is Lane.PIN and wave is None:
        wave = 1
    decision = Decision(lane=lane, wave=wave, by=by, reason=reason)
    return [Change(("decisions", item), dump(decision))]


def undecide(assessment: Assessment, item: str) -> list[Change]:
    """Take a person's word on a roadmap item back, also on one that is no longer there."""
    if item not in assessment.decisions:
        raise unknown("decision", item, assessment.decisions)
    return [Change(("decisions", item), None)]


def idle_decisions(assessment: Assessment, plan: Plan) -> list[str]:
    """Items that somebody decided on and that the plan does not hold: their gap is closed, or their tier is gone."""
    known = {item.id for wave in plan.waves for item in wave.items} | {item.id for item in plan.unplanned}
    return sorted(assessment.decisions.keys() - known)


def add_planned(items: Iterable[Settled]) -> list[Change]:
    """What registers the exports that a plan adds."""
    return [
        change
        for item in items
        if item.outcome is Planned.ADD and item.evidence is not None
        for change in add_evidence(None if isinstance(item.target, Scope) else item.target, item.evidence)
    ]


def add_evidence(application: str | None, evidence: Evidence) -> list[Change]:
    """One export for an application, or for the organisation."""
    place = ("evidence",) if application is None else ("applications", application, "evidence")
    return [Change((*place, evidence.sha256), dump(evidence))]


def remove_evidence(assessment: Assessment, application: str | None, sha256: str) -> list[Change]:
    """Take one export out of an application's evidence, or of the organisation's."""
    if application is not None and application not in assessment.applications:
        raise unknown("application", application, assessment.applications)
    owner = assessment if application is None else assessment.applications[application]
    if sha256 not in owner.evidence:
        raise unknown("export", sha256, owner.evidence)
    place = ("evidence",) if application is None else ("applications", application, "evidence")
    return [Change((*place, sha256), None)]
