"""Floor 3: verbs and questions, plain functions. A verb sees (fetches), checks, changes, and records an event."""
