"""Units, roles, rounds and submissions of one open transaction."""

import secrets
from collections.abc import Mapping
from datetime import datetime

from conversation import Channel
from storage.announcements import Announcements
from storage.audits import TransactionAudit
from storage.broadcasts import TransactionAnnouncements
from storage.database import Transaction
from storage.diary import TransactionReminders
from storage.registry import Audit, Roles, Rounds, Submissions, Units
from storage.reminders import Reminders
from storage.roles import TransactionRoles
from storage.rounds import TransactionRounds
from storage.submissions import TransactionSubmissions
from storage.units import TransactionUnits

# Without 0 O 1 I L, which look alike on a screen and on paper.
ALPHABET = "23456789ABCDEFGHJKMNPQRSTUVWXYZ"
CODE_LENGTH = 6


class TransactionRegistry:
    """`storage.registry.Registry` of the open transaction, at the moment of the transaction."""

    def __init__(self, transaction: Transaction, now: datetime, channels: Mapping[str, Channel]) -> None:
        self.now = now
        audit = TransactionAudit(transaction, now)
        # For the storage itself: by person who was joined to another in this transaction, whose conversation
        # goes on from theirs; empty where the other one goes on with their own.
        self.heirs: dict[str, str] = {}
        self.roles: Roles = TransactionRoles(transaction, now, audit, self.heirs)
        self.units: Units = TransactionUnits(transaction, audit)
        self.rounds: Rounds = TransactionRounds(transaction, now, audit)
        self.submissions: Submissions = TransactionSubmissions(transaction, now, audit, self.code)
        self.audit: Audit = audit
        self.reminders: Reminders = TransactionReminders(transaction, now, audit)
        self.announcements: Announcements = TransactionAnnouncements(transaction, now, channels, audit, self.code)

    def code(self) -> str:
        """A new short code for people, six letters without those that look alike: "7K3M9Q"."""
        return "".join(secrets.choice(ALPHABET) for _ in range(CODE_LENGTH))
