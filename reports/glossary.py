"""The words of the report, for a reader who meets them here first."""

from __future__ import annotations

from reports.language import _


def terms() -> tuple[tuple[str, str], ...]:
    """In the order of the alphabet."""
    words = (
        (_("Answer"), _(
            "What was said about a criterion: one step of the scale, or not applicable with a reason. Unanswered is "
            "not the same as no."
        )),
        (_("Assurance gap"), _("Claimed score less evidenced score: how much of the result rests on word alone.")),
        (_("Baseline"), _("An earlier engagement, read in again to show what has moved.")),
        (_("Basis"), _("How the assessor knows: interview, document or evidence.")),
        (_("Challenged claim"), _(
            "An answer above what fresh evidence allows. It is listed until it is changed or explained."
        )),
        (_("Common answer"), _(
            "An answer that holds for every application without one of its own, as on a shared platform."
        )),
        (_("Coverage"), _("Answered criteria as a share of those that apply.")),
        (_("Criterion"), _(
            "One question about one level of one practice. 2.4.3b is pillar 2, practice 4, level 3, second."
        )),
        (_("Engagement"), _("One assessment of one organisation at one time.")),
        (_("Evidence"), _(
            "An export of a pipeline or scanner, read once and kept as facts with its SHA-256. No evidence is not bad "
            "evidence."
        )),
        (_("Evidenced score"), _("The score with every answer held to what documents and fresh evidence support.")),
        (_("Exposure"), _(
            "What raises the worth of an initiative: open critical findings, internet-facing, client data, obligations "
            "in scope."
        )),
        (_("Fact"), _("A named measurement from evidence, such as the number of open critical findings.")),
        (_("Finding"), _("One result inside an export, such as one vulnerability in a scan.")),
        (_("Fulfilment"), _("The weighted mean of the answers at one level of a practice, between 0 and 1.")),
        (_("Gap"), _("What is missing to the target.")),
        (_("Initiative"), _("One item of the roadmap: lift one practice by one level.")),
        (_("Level"), _("The highest step of maturity at which every criterion, and all below, is met.")),
        (_("Obligation"), _("One numbered requirement of a law, rule or standard in scope.")),
        (_("Pillar, practice"), _("The two upper depths of the questionnaire; a practice has one level of its own.")),
        (_("Shared"), _(
            "An initiative of the organisation: done once, and shown in the report of every tier that it serves."
        )),
        (_("Stale evidence"), _(
            "Older than its rule allows at the date of the engagement; it shows, and says nothing."
        )),
        (_("Target"), _("The level that a tier should reach in a pillar.")),
        (_("Tier"), _("How critical an application is. Each tier has its own targets, weights and report.")),
        (_("Up to"), _("The score if everything unanswered turned out to be done fully.")),
        (_("Wave"), _("One quarter of the roadmap, with a capacity in person-days over all tiers.")),
    )  # fmt: skip
    return tuple(sorted(words, key=lambda pair: pair[0].casefold()))


def reading() -> tuple[tuple[str, str], ...]:
    """How to read the report, beside its table of contents."""
    return (
        (_("Claimed, evidenced"), _(
            "The score as answered, and the part of it that documents and fresh evidence support. Both run from the "
            "lowest level to the highest."
        )),
        (_("Up to"), _("Where the score would be if everything unanswered turned out to be done fully.")),
        (_("Level"), _(
            "The highest step at which everything is met. It moves in whole steps and is only as good as the weakest "
            "criterion, so it is often lower than the score."
        )),
        (_("At target"), _("Practice–application pairs whose level reaches what this tier asks for.")),
        (_("2.4.3b"), _(
            "A criterion: pillar 2, practice 4, level 3, the second one there. Appendix A has every question."
        )),
        (_("R07, shared"), _("An initiative of the roadmap; shared ones are done once for the organisation.")),
        (_("Finding above a chart"), _(
            "What it shows, in one sentence. Its numbers stand in a table beside or below it."
        )),
    )  # fmt: skip
