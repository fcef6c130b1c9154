"""What Telegram says about the bot and its webhook, asked once."""

from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import Any

import aiohttp

from channels.telegram_client import quiet_loggers, redacted
from channels.text import one_line
from conversation import ChannelStopped

_SECONDS = 10.0


@dataclass(frozen=True, slots=True)
class Inquiry:
    """The answers, or why there is none."""

    reason: str = ""
    name: str = ""
    # Where updates are posted, or empty; how many wait; what went wrong last.
    webhook: str = ""
    pending: int = 0
    trouble: str = ""
    # Seconds by which this machine's clock is ahead of Telegram's; None where it did not say.
    ahead: float | None = None


async def inquire(token: str, api_url: str) -> Inquiry:
    """Ask about the bot of a token; without one there is nothing to ask."""
    if not token:
        return Inquiry()
    quiet_loggers()
    try:
        async with aiohttp.ClientSession(
            f"{api_url}/bot{token}/", timeout=aiohttp.ClientTimeout(_SECONDS), trust_env=True
        ) as client:
            me, ahead = await _ask(client, "getMe", token)
            hook, _ = await _ask(client, "getWebhookInfo", token)
    except ChannelStopped as error:
        return Inquiry(str(error))
    return Inquiry(
        name=one_line(str(me.get("username", "")), 64),
        webhook=one_line(str(hook.get("url", "")), 300),
        pending=int(hook.get("pending_update_count", 0)),
        trouble=redacted(hook.get("last_error_message", ""), token),
        ahead=ahead,
    )


async def _ask(client: aiohttp.ClientSession, method: str, token: str) -> tuple[dict[str, Any], float | None]:
    try:
        async with client.post(method) as response:
            answer = await response.json(content_type=None)
        if response.status in (401, 404):
            raise ChannelStopped("TELEGRAM_TOKEN: Telegram does not know it, take a new one from @BotFather")
        if not isinstance(answer, dict) or not isinstance(answer.get("result"), dict):
            raise ChannelStopped(f"{method}: HTTP {response.status}, expected the Bot API at TELEGRAM_API_URL")
    except (aiohttp.ClientError, TimeoutError, ValueError) as error:
        raise ChannelStopped(f"{method}: {type(error).__name__} {redacted(error, token)}") from None
    return answer["result"], _ahead(response.headers.get("date", ""))


def _ahead(sent: str) -> float | None:
    try:
        return (datetime.now(UTC) - parsedate_to_datetime(sent)).total_seconds()
    except (ValueError, TypeError):
        return None
