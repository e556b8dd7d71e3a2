"""The excerpts of a lesson as a page of W3C Web Annotations in JSON-LD: of the blueprint of lessons."""

from typing import Any

from flask import Response, json

from forum.domain.lessons import selectors
from forum.domain.lessons.selectors import Selected
from forum.web.http import links
from forum.web.http.access import anyone, open_to
from forum.web.http.current_user import viewer
from forum.web.lessons import bp

__all__ = ["bp"]
CONTEXT = "http://www.w3.org/ns/anno.jsonld"
MIMETYPE = f'application/ld+json; profile="{CONTEXT}"'


@bp.get("/lessons/<public_id>/annotations")
@open_to(anyone)
def annotations(public_id: str) -> Response:
    page, found = selectors.of_lesson(viewer(), public_id)
    at = links.absolute(links.to_lesson(str(page.lesson.public_id)))
    body = {
        "@context": CONTEXT,
        "id": f"{at}/annotations",
        "type": "AnnotationPage",
        "startIndex": 0,
        "items": [_annotation(at, number, one) for number, one in enumerate(found, start=1)],
    }
    return Response(json.dumps(body, ensure_ascii=False), content_type=MIMETYPE)


def _annotation(at: str, number: int, one: Selected) -> dict[str, Any]:
    """What an excerpt does for a claim. Its source is the post, or for who does not read there the lesson itself."""
    quote = {"type": "TextQuoteSelector"} | {
        name: words for name, words in one.quote._asdict().items() if words
    }
    found: list[dict[str, Any]] = [quote]
    source = f"{at}#c{one.claim}"
    if one.position is not None and one.post is not None:
        found.append({"type": "TextPositionSelector"} | one.position._asdict())
        post = one.post
        source = links.absolute(links.to_post(post.id, post.slug, post.number))
    return {
        "id": f"{at}/annotations#a{number}",
        "type": "Annotation",
        "motivation": "assessing",
        "body": [
            {"type": "TextualBody", "value": one.claim_text, "format": "text/plain"},
            {"type": "TextualBody", "value": one.stance, "purpose": "tagging"},
        ],
        "target": {"source": source, "selector": found if len(found) > 1 else quote},
    }
