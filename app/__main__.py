"""``python -m app`` is the ``colonnade`` command."""

from app.cli import main

main()
