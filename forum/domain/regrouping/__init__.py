"""What gives posts other readers or places: who would lose sight of them and gain it, whom it takes, and the acts."""
