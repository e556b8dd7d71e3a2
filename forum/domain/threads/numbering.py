"""Which page of its thread a post stands on."""

PAGE_SIZE = 20


def page_of(number: int) -> int:
    """Return the page of its thread on which a post stands; numbers are never reused, so this is arithmetic."""
    return (number - 1) // PAGE_SIZE + 1
