"""The peer: a bare bot of python-telegram-bot that says back what was said, one message after the other.

python -m bench.echo API_URL TOKEN
"""

import logging
import sys
from typing import Any

from telegram import Update
from telegram.ext import ApplicationBuilder, ContextTypes, MessageHandler, filters


async def echo(update: Update, context: ContextTypes.DEFAULT_TYPE) -> None:  # noqa: ARG001 -- the library's call
    """Say it back."""
    if update.message and update.message.text:
        await update.message.reply_text(update.message.text)


def main(api_url: str, token: str) -> None:
    """Poll until interrupted."""
    logging.getLogger("httpx").setLevel(logging.WARNING)
    bot: Any = ApplicationBuilder().token(token).base_url(f"{api_url}/bot").build()
    bot.add_handler(MessageHandler(filters.TEXT, echo))
    bot.run_polling()


if __name__ == "__main__":
    main(*sys.argv[1:3])
