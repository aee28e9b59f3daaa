"""The words of the report, for a reader who meets them here first."""

from __future__ import annotations

TERMS: tuple[tuple[str, str], ...] = (
    ("Answer", "What was said about a criterion: one step of the scale, or not applicable with a reason. "
               "Unanswered is not the same as no."),
    ("Assurance gap", "Claimed score less evidenced score: how much of the result rests on word alone."),
    ("Baseline", "An earlier engagement, read in again to show what has moved."),
    ("Basis", "How the assessor knows: interview, document or evidence."),
    ("Challenged claim", "An answer above what fresh evidence allows. It is listed until it is changed or explained."),
    ("Common answer", "An answer that holds for every application without one of its own, as on a shared platform."),
    ("Coverage", "Answered criteria as a share of those that apply."),
    ("Criterion", "One question about one level of one practice. 2.4.3b is pillar 2, practice 4, level 3, second."),
    ("Engagement", "One assessment of one organisation at one time."),
    ("Evidence", "An export of a pipeline or scanner, read once and kept as facts with its SHA-256. "
                 "No evidence is not bad evidence."),
    ("Evidenced score", "The score with every answer held to what documents and fresh evidence support."),
    ("Exposure", "What raises the worth of an initiative: open critical findings, internet-facing, client data, "
                 "obligations in scope."),
    ("Fact", "A named measurement from evidence, such as the number of open critical findings."),
    ("Finding", "One result inside an export, such as one vulnerability in a scan."),
    ("Fulfilment", "The weighted mean of the answers at one level of a practice, between 0 and 1."),
    ("Gap", "What is missing to the target."),
    ("Initiative", "One item of the roadmap: lift one practice by one level."),
    ("Level", "The highest step of maturity at which every criterion, and all below, is met."),
    ("Obligation", "One numbered requirement of a law, rule or standard in scope."),
    ("Pillar, practice", "The two upper depths of the questionnaire; a practice has one level of its own."),
    ("Shared", "An initiative of the organisation: done once, and shown in the report of every tier that it serves."),
    ("Stale evidence", "Older than its rule allows at the date of the engagement; it shows, and says nothing."),
    ("Target", "The level that a tier should reach in a pillar."),
    ("Tier", "How critical an application is. Each tier has its own targets, weights and report."),
    ("Up to", "The score if everything unanswered turned out to be done fully."),
    ("Wave", "One quarter of the roadmap, with a capacity in person-days over all tiers."),
)  # fmt: skip
"""In the order of the alphabet."""

READING: tuple[tuple[str, str], ...] = (
    ("Claimed, evidenced", "The score as answered, and the part of it that documents and fresh evidence support. "
                           "Both run from the lowest level to the highest."),
    ("Up to", "Where the score would be if everything unanswered turned out to be done fully."),
    ("Level", "The highest step at which everything is met. It moves in whole steps and is only as good as the weakest "
              "criterion, so it is often lower than the score."),
    ("At target", "Practice–application pairs whose level reaches what this tier asks for."),
    ("2.4.3b", "A criterion: pillar 2, practice 4, level 3, the second one there. Appendix A has every question."),
    ("R07, shared", "An initiative of the roadmap; shared ones are done once for the organisation."),
    ("Finding above a chart", "What it shows, in one sentence. Its numbers stand in a table beside or below it."),
)  # fmt: skip
"""How to read the report, beside its table of contents."""
