"""The account of a bot at Telegram: its chats, messages and files, and what each method does with them."""

import time
from collections import deque
from collections.abc import Callable
from functools import partial
from itertools import count
from typing import Any

from tests.telegram_people import Chat, Sent, Upload
from tests.telegram_rules import MAX_DOWNLOAD, Rates, Refusal, buttons, check_file, visible_caption, visible_text

USERNAME = "PhoThuBot"


class Account:
    """One bot; each of its methods takes the parameters of a call, returns the result, or raises `Refusal`."""

    def __init__(self, token: str, rates: Rates | None) -> None:
        self.token = token
        self.id = int(token.partition(":")[0])
        self.webhook: dict[str, str] = {}
        self.sent: list[Sent] = []
        self._rates = rates
        self._chats: dict[int, Chat] = {}
        # What is offered to the bot: number, kind, and the update as JSON.
        self._updates: deque[tuple[int, str, bytes]] = deque()
        self._numbers = count(1001)
        self._open_queries: set[str] = set()
        # What people sent, by the id of the file.
        self._files: dict[str, bytes] = {}
        # What the bot sent, by the id of the file: as what, and the file.
        self._stored: dict[str, tuple[str, Upload]] = {}
        # Those of the request that is being acted on.
        self._uploads: dict[str, Upload] = {}
        self._methods: dict[str, Callable[[dict[str, str]], object]] = {
            "getMe": self._get_me,
            "deleteWebhook": self._delete_webhook,
            "setWebhook": self._set_webhook,
            "getWebhookInfo": self._get_webhook_info,
            "sendMessage": self._send_message,
            "sendPhoto": partial(self._send_file, "photo"),
            "sendDocument": partial(self._send_file, "document"),
            "editMessageText": self._edit_message_text,
            "editMessageCaption": self._edit_message_caption,
            "answerCallbackQuery": self._answer_callback_query,
            "getFile": self._get_file,
        }

    def _get_me(self, parameters: dict[str, str]) -> dict[str, Any]:
        return self._bot()

    def _delete_webhook(self, parameters: dict[str, str]) -> bool:
        self.webhook = {}
        return True

    def _set_webhook(self, parameters: dict[str, str]) -> bool:
        self.webhook = parameters
        return True

    def _get_webhook_info(self, parameters: dict[str, str]) -> dict[str, Any]:
        return {"url": self.webhook.get("url", ""), "pending_update_count": len(self._updates)}

    def _send_message(self, parameters: dict[str, str]) -> dict[str, Any]:
        chat = self._open_chat(parameters)
        text = visible_text(parameters.get("text", ""), parameters.get("parse_mode", ""))
        labels = buttons(parameters.get("reply_markup"))
        if self._rates:
            self._rates.take(chat.id, time.monotonic())
        source = parameters["text"]
        sent = Sent(self._number(), chat.id, text, source, labels, time.monotonic())
        chat.messages.append(sent)
        self.sent.append(sent)
        return self._message(chat, sent)

    def _send_file(self, kind: str, parameters: dict[str, str]) -> dict[str, Any]:
        chat = self._open_chat(parameters)
        upload, id = self._uploads.get(kind), parameters.get(kind, "")
        if upload is None and id:
            # By the id that an earlier message named.
            if self._stored.get(id, ("", None))[0] != kind:
                raise Refusal(400, "Bad Request: wrong file identifier/HTTP URL specified")
            upload = self._stored[id][1]
        if upload is None:
            raise Refusal(400, f"Bad Request: there is no {kind} in the request")
        check_file(kind, upload.content)
        source = parameters.get("caption", "")
        text = visible_caption(source, parameters.get("parse_mode", ""))
        labels = buttons(parameters.get("reply_markup"))
        if self._rates:
            self._rates.take(chat.id, time.monotonic())
        sent = Sent(self._number(), chat.id, text, source, labels, time.monotonic(), kind=kind, file=upload)
        id = id or f"{kind}-of-{sent.id}"
        self._stored[id] = (kind, upload)
        chat.messages.append(sent)
        self.sent.append(sent)
        told = {"file_id": id, "file_unique_id": id[:8]}
        return {
            **self._message(chat, sent),
            kind: [{**told, "file_id": f"small-{id}"}, told] if kind == "photo" else told,
        }

    def _edit_message_text(self, parameters: dict[str, str]) -> dict[str, Any]:
        chat, sent = self._message_to_edit(parameters)
        if sent.file:
            raise Refusal(400, "Bad Request: there is no text in the message to edit")
        text = visible_text(parameters.get("text", ""), parameters.get("parse_mode", ""))
        return self._edit(chat, sent, text, parameters["text"], parameters)

    def _edit_message_caption(self, parameters: dict[str, str]) -> dict[str, Any]:
        chat, sent = self._message_to_edit(parameters)
        if not sent.file:
            raise Refusal(400, "Bad Request: there is no caption in the message to edit")
        source = parameters.get("caption", "")
        text = visible_caption(source, parameters.get("parse_mode", ""))
        return self._edit(chat, sent, text, source, parameters)

    def _message_to_edit(self, parameters: dict[str, str]) -> tuple[Chat, Sent]:
        chat = self._open_chat(parameters)
        number = int(parameters.get("message_id", "0"))
        for sent in chat.messages:
            if sent.id == number:
                return chat, sent
        raise Refusal(400, "Bad Request: message to edit not found")

    def _edit(self, chat: Chat, sent: Sent, text: str, source: str, parameters: dict[str, str]) -> dict[str, Any]:
        labels = buttons(parameters.get("reply_markup"))
        if (text, labels, source) == (sent.text, sent.buttons, sent.source):
            same = "specified new message content and reply markup are exactly the same"
            raise Refusal(400, f"Bad Request: message is not modified: {same}")
        sent.text, sent.source, sent.buttons = text, source, labels
        sent.edits += 1
        return self._message(chat, sent)

    def _answer_callback_query(self, parameters: dict[str, str]) -> bool:
        if parameters.get("callback_query_id") not in self._open_queries:
            reason = "query is too old and response timeout expired or query ID is invalid"
            raise Refusal(400, f"Bad Request: {reason}")
        self._open_queries.discard(parameters["callback_query_id"])
        return True

    def _get_file(self, parameters: dict[str, str]) -> dict[str, Any]:
        id = parameters.get("file_id", "")
        if id not in self._files:
            raise Refusal(400, "Bad Request: invalid file_id")
        size = len(self._files[id])
        if size > MAX_DOWNLOAD:
            raise Refusal(400, "Bad Request: file is too big")
        return {"file_id": id, "file_unique_id": id[:8], "file_size": size, "file_path": f"photos/{id}.jpg"}

    def _open_chat(self, parameters: dict[str, str]) -> Chat:
        chat = self._chats.get(int(parameters.get("chat_id", "0")))
        if chat is None:
            raise Refusal(400, "Bad Request: chat not found")
        if chat.closed:
            raise Refusal(403, chat.closed)
        return chat

    def _message(self, chat: Chat, sent: Sent) -> dict[str, Any]:
        where = {"chat": chat.described(), "from": self._bot()}
        said = {"caption": sent.text} if sent.file else {"text": sent.text}
        return {"message_id": sent.id, "date": int(time.time()), **where, **said}

    def _bot(self) -> dict[str, Any]:
        return {"id": self.id, "is_bot": True, "first_name": "Bạn Phố", "username": USERNAME}

    def _number(self) -> int:
        return next(self._numbers)
