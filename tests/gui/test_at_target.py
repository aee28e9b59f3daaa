"""What counts as below target in the window: a gap, as the headline counts it, and not the bare level."""

from __future__ import annotations

from PySide6.QtCore import Qt

from app.desktop.models.overview import HeatModel
from app.desktop.models.practices import Filter, practice_is
from app.desktop.session import Session


def test_what_does_not_apply_up_to_the_target_is_no_gap(session: Session) -> None:
    """The level stays the lowest, and yet nothing is missing to the target."""
    session.take("wiki")
    pillar = session.questionnaire.pillar[0]
    heat = HeatModel(session)
    row = next(row for row in range(heat.rowCount()) if heat.index(row, 0).data() == "Wiki")

    def at_target() -> bool:
        return str(heat.index(row, 1).data(Qt.ItemDataRole.AccessibleTextRole)).endswith("at target")

    for practice in pillar.practice:
        target = session.target(practice.id)
        assert target is not None
        assert practice_is(session, practice, Filter.BELOW_TARGET)
        assert not at_target()
        for criterion in practice.criterion:
            if criterion.level <= target:
                session.answer(criterion.id, "not-applicable", reason="It holds nothing.")
            else:
                session.answer(criterion.id, "no")
        score = session.node(practice).score
        assert score is not None
        assert (score.level, score.capped) == (1, False)
        assert not practice_is(session, practice, Filter.BELOW_TARGET)
    assert at_target()
    heat.deleteLater()
