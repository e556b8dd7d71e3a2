"""The demo network: brings `demo/demo_nl.json` in whole, through the verbs that people use. An edge, like `cli`."""

from forum.demo.loading import AlreadyThere, Refused, is_empty, load

__all__ = ["AlreadyThere", "Refused", "is_empty", "load"]
