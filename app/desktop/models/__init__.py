"""Qt models: they project the session for the views and hold nothing of their own."""
