"""A check: one question about the forum or its surroundings, and its answer for whoever runs the machine."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Check:
    """One question and its answer: `found` is a short text without names of people.

    `warns`: it is good, and somebody should look all the same.
    """

    name: str
    good: bool
    found: str
    warns: bool = False
