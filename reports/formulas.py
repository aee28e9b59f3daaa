"""The scoring rules in words, for the method page."""

from __future__ import annotations

from markupsafe import Markup

from questionnaires.model import Questionnaire
from reports.language import marked


def formulas(questionnaire: Questionnaire, met: str) -> tuple[Markup, ...]:
    """One paragraph for each rule; ``met`` is the name of the step that holds a level."""
    return (
        marked(
            "<strong>Fulfilment</strong> of a level: f(l) = Σ w·v ÷ Σ w over its applicable criteria, with weight w "
            "and value v of the answer. A level with nothing applicable is left out."
        ),
        marked(
            "<strong>Score</strong> of a practice: {base} + {span} × mean of f(l) over its levels. A pillar is the "
            "weighted mean of its practices, the whole the weighted mean of its pillars, a tier the mean of its "
            "applications.",
            base=questionnaire.base,
            span=questionnaire.top - questionnaire.base,
        ),
        marked(
            "<strong>Level</strong> of a practice: the highest at which every applicable criterion, and every one "
            "below, is at least “{met}”. A pillar has the level of its lowest practice.",
            met=met,
        ),
        marked(
            "<strong>Up to</strong>: unanswered counts 0 in the score and 1 in “up to”. <strong>Coverage</strong> is "
            "answered ÷ applicable."
        ),
        marked(
            "<strong>Evidenced score</strong>: each value is held to its cap. The cap is the lowest fresh challenge; "
            "else the value itself where a document backs it; else the highest fresh support; else 0. Evidence that "
            "is stale, or from after the as-of day, neither supports nor challenges."
        ),
        marked(
            "<strong>Roadmap</strong>: value = Σ over applications of tier weight × practice weight × weighted "
            "fulfilment gained × exposure. Effort = set-up once, and days for each application that lacks it. Lower "
            "levels and prerequisites come first; each wave has a capacity; value is discounted by wave."
        ),
        marked(
            "Scores are exact fractions and rounded half-up to one decimal where they are printed; the effect of an "
            "initiative to two."
        ),
    )
