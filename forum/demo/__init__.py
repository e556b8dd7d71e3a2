"""The demo network: loads `demo/demo_nl.json` through the verbs that people use. An edge, like `cli`."""

from forum.demo.loading import AlreadyThere, Refused, is_empty, load

__all__ = ["AlreadyThere", "Refused", "is_empty", "load"]
