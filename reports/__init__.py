"""The report: a frozen snapshot → charts (SVG) → HTML → PDF.

:mod:`reports.snapshot` turns one tier of an assessment into plain display values, :mod:`reports.html` lays them out
with charts from :mod:`reports.charts`, and :mod:`reports.pdf`, the only module that knows WeasyPrint, prints them.
:func:`reports.render.render` joins the steps. Each part of the report has its own module beside the snapshot; a new
part is one more module, one field of the snapshot and one template.

Nothing is imported here: a caller pays only for the step that it takes.
"""
