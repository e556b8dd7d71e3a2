from typing import Any


def ask_again() -> Any:
    return "", 400
