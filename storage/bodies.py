"""Replies as JSON text, and back."""

import json

from markupsafe import Markup

from conversation import Attachment, Choice, Reply
from storage.database import clean


def pack(reply: Reply) -> str:
    """A reply as JSON text without what a database refuses."""
    body: dict[str, object] = {"text": clean(reply.text)}
    if reply.choices:
        body["choices"] = [[clean(choice.label), clean(choice.value)] for choice in reply.choices]
    if reply.attachments:
        body["attachments"] = [[item.kind, dict(item.params)] for item in reply.attachments]
    if reply.replaces:
        body["replaces"] = True
    if not reply.numbered:
        body["numbered"] = False
    return json.dumps(body, ensure_ascii=False)


def unpack(body: str) -> Reply:
    """A reply from its JSON text."""
    fields = json.loads(body)
    return Reply(
        text=Markup(fields["text"]),  # noqa: S704 -- it was markup when it was packed
        choices=tuple(Choice(label, value) for label, value in fields.get("choices", ())),
        replaces=fields.get("replaces", False),
        attachments=tuple(Attachment(*item) for item in fields.get("attachments", ())),
        numbered=fields.get("numbered", True),
    )
