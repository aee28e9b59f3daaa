"""Parts of pages, and dialogs. One that knows the session changes it by its commands; others emit what was done."""
