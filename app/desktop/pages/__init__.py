"""The pages of the window, each a projection of the session."""
