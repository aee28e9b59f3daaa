"""What is shown, without a widget: Qt models of the session or of rows they are given, and the words of both."""
