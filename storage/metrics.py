"""How the bot is doing, in numbers, for whoever watches over it."""

from collections.abc import Mapping
from dataclasses import asdict

from storage.store import Store


async def health(store: Store) -> Mapping[str, object]:
    """Whether the database answers; raises `StorageError` where it does not."""
    await store.counts()
    return {"ok": True}


async def metrics(store: Store) -> str:
    """The counts of messages in the text format of Prometheus."""
    helps = {
        "waiting": "messages received and not handled yet",
        "failed": "messages that could not be handled",
        "unsent": "replies on their way",
        "undelivered": "messages that did not arrive, or nobody knows",
    }
    lines = []
    for name, value in asdict(await store.counts()).items():
        lines += [f"# HELP banpho_{name} {helps[name]}", f"# TYPE banpho_{name} gauge", f"banpho_{name} {value}"]
    return "\n".join(lines) + "\n"
