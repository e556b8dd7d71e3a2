"""What the index of words is asked, as a tree, and how each database writes it."""

from collections.abc import Iterator
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Key:
    """The key of one word, as a word or as the part of one."""

    key: str


@dataclass(frozen=True, slots=True)
class Beginning:
    """What the key of a word begins with, as a word or as the part of one."""

    letters: str


@dataclass(frozen=True, slots=True)
class Phrase:
    """Keys of words that follow each other in one column."""

    keys: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class AllOf:
    """Everything that is asked for is there."""

    nodes: tuple["Node", ...]


@dataclass(frozen=True, slots=True)
class AnyOf:
    """One of them is there."""

    nodes: tuple["Node", ...]


@dataclass(frozen=True, slots=True)
class Without:
    """The first is there, and the second is not."""

    node: "Node"
    excluded: "Node"


Node = Key | Beginning | Phrase | AllOf | AnyOf | Without


def check(node: Node) -> None:
    """ValueError for a question that asks nothing, or for a key of anything but letters and digits.

    So nothing that anybody types is a sign of a query language.
    """
    keys: tuple[str, ...] | None = None
    match node:
        case Key(key) | Beginning(key):
            keys = (key,)
        case Phrase(several):
            keys = several
    if keys is not None and not (keys and all(key.isalnum() for key in keys)):
        raise ValueError("a key is made of letters and digits")
    if isinstance(node, AllOf | AnyOf) and not node.nodes:
        raise ValueError("a query asks for something")
    for each in _below(node):
        check(each)


def _below(node: Node) -> Iterator[Node]:
    if isinstance(node, AllOf | AnyOf):
        yield from node.nodes
    elif isinstance(node, Without):
        yield from (node.node, node.excluded)


def as_fts5(node: Node, terms: list[str]) -> str:
    """Return it as FTS5 is asked; a phrase stands within one of the columns `terms`."""
    match node:
        case Key(key):
            return f'"{key}"'
        case Beginning(letters):
            return f'"{letters}"*'
        case Phrase(keys):
            return f'({{{" ".join(terms)}}} : "{" ".join(keys)}")'
        case AllOf(nodes):
            return "({})".format(" AND ".join(as_fts5(each, terms) for each in nodes))
        case AnyOf(nodes):
            return "({})".format(" OR ".join(as_fts5(each, terms) for each in nodes))
        case Without(first, excluded):
            return f"({as_fts5(first, terms)} NOT {as_fts5(excluded, terms)})"


def has_phrase(node: Node) -> bool:
    """Return whether there is a phrase in it."""
    return isinstance(node, Phrase) or any(has_phrase(each) for each in _below(node))


def asks_together(node: Node) -> bool:
    """Return whether several keys have to stand in the same text: how many have them the database can only guess."""
    if isinstance(node, Phrase | AllOf) and len(node.keys if isinstance(node, Phrase) else node.nodes) > 1:
        return True
    return any(asks_together(each) for each in _below(node))


def loosened(node: Node) -> Node:
    """Return it without phrases: what every text has that has it, in which their words may stand anywhere."""
    match node:
        case Phrase(keys):
            return AllOf(tuple(map(Key, keys)))
        case AllOf(nodes):
            return AllOf(tuple(map(loosened, nodes)))
        case AnyOf(nodes):
            return AnyOf(tuple(map(loosened, nodes)))
        case Without(first, excluded):
            return loosened(first) if has_phrase(excluded) else Without(loosened(first), excluded)
    return node


def as_tsquery(node: Node) -> str:
    """Return it as a `tsquery` of PostgreSQL, which has no phrases here: the index keeps no places."""
    match node:
        case Key(key):
            return f"'{key}'"
        case Beginning(letters):
            return f"'{letters}':*"
        case AllOf(nodes):
            return "({})".format(" & ".join(map(as_tsquery, nodes)))
        case AnyOf(nodes):
            return "({})".format(" | ".join(map(as_tsquery, nodes)))
        case Without(first, excluded):
            return f"({as_tsquery(first)} & !{as_tsquery(excluded)})"
    raise AssertionError(node)
