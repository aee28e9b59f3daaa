"""The evidence room: exports of pipelines and scanners become facts.

A file walks through it once: ``source`` (safe reading) → ``shape`` (what the content looks like) → ``registry``
(which format claims it) → ``formats`` (one module each) → ``facts`` → ``ingest`` (where it belongs). Any bytes end
as Parsed, Undecidable or Rejected. Nothing here writes, asks a clock or touches a network, and neither a secret nor
a digest of one leaves it: identities are compared in memory and forgotten.
"""
