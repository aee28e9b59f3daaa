"""What is asked: questionnaires, tiers, regimes and the fact catalogue.

Content lives in TOML below ``content/``; this package gives it a frozen, checked shape. It imports nothing
else of Colonnade.
"""
