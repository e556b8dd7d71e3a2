"""What a hostile or clumsy visitor tries, and what must come of it."""
