"""An engagement on disk: a folder of TOML files that a person can read, behind an append-only journal."""
