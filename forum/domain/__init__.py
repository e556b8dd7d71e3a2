"""Floor 3: verbs and questions, plain functions. Each verb: see, may, do, tell."""
