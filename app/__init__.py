"""The ways to run Colonnade: the folder on disk, the command line and the desktop application."""
