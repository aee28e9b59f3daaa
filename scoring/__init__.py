"""The assessment and what follows from it: scores, claims, roadmap, progress.

Pure functions over frozen values. No Qt, no clock, no network; only ``scoring.evidence`` reads files.
"""
