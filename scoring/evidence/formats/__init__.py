"""One module per export format; each names its formats in ``FORMATS``, and the registry finds it here."""
