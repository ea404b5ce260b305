"""How senders are set up: their own texts, and the words by which people join through them."""

import re
from collections.abc import Iterable
from dataclasses import dataclass

from assent.accounts import store
from assent.accounts.model import JoinWord, Sender, SenderChange
from assent.accounts.service import AccountService
from assent.platform.clock import Clock
from assent.platform.errors import Conflict, FieldError, Forbidden, Invalid, NotFound
from assent.sms import plain
from assent.sms.keywords import Intent, classify, match_word
from assent.sms.linter import PROGRAM_NAME, Finding, FindingCode, TextKind, lint

_LONGEST_WORD = 20
_MOST_TOKENS = 6
"""A message with more words than this is a sentence, not a word with courtesies around it."""

_KINDS: dict[str, TextKind] = {
    # Both tell people who writes, and how to stop: as the first message of a programme does.
    "help_text": TextKind.first_broadcast,
    "start_text": TextKind.first_broadcast,
    "stop_text": TextKind.later,
}
# A confirmation of an opt-out holds no marketing and does not argue: 47 CFR 64.1200(a)(12), in
# force 2024-04-04.
_MARKETING = re.compile(
    r"\b(?:sales?|discounts?|coupons?|promo code|\d+ (?:percent )?off|save \d+|buy|shop|order now"
    r"|limited time|last chance|prizes?|win|miss you|are you sure|reconsider|before you go)\b"
)


@dataclass
class SenderService:
    """Changes senders and their JOIN words."""

    clock: Clock
    accounts: AccountService

    def change(self, account_id: str, sender_id: str, change: SenderChange) -> Sender:
        """Change a sender; only the account that owns it may, and every bad text is named."""
        current = self.accounts.sender_for(account_id, sender_id)
        if current.owner_id != account_id:
            raise Forbidden(
                "not_the_owner",
                "This sender belongs to another account, which shares it with you. "
                "Ask that account to change it.",
            )
        # What was just changed elsewhere is not written over.
        current = store.sender(sender_id) or current
        wanted = current.model_copy(update=change.update())
        problems = list(_problems(wanted))
        if problems:
            raise Invalid("invalid_sender", "Some texts are not acceptable.", fields=problems)
        store.replace_sender(wanted)
        self.accounts.forget_sender(sender_id)
        return wanted

    def words(self, account_id: str, sender_id: str) -> list[JoinWord]:
        """List the account's JOIN words on a sender."""
        sender = self.accounts.sender_for(account_id, sender_id)
        return store.join_words(sender.id, account_id)

    def add_word(self, account_id: str, sender_id: str, word: str, group_id: str) -> JoinWord:
        """Register a JOIN word; the caller has made sure that the group is the account's."""
        sender = self.accounts.sender_for(account_id, sender_id)
        word = " ".join(word.split())
        folded = plain.joined(word)
        if not folded or " " in folded or len(word) > _LONGEST_WORD or len(folded) > _LONGEST_WORD:
            raise _bad_word("invalid_word", "Choose one word of 1 to 20 letters and digits.")
        if classify(word) != Intent.other:
            raise _bad_word(
                "word_reserved",
                f"“{word}” is understood as STOP, START, HELP, YES or NO, or nearly so. "
                "Choose another word.",
            )
        made = JoinWord(
            sender_id=sender.id,
            word=word,
            folded=folded,
            account_id=account_id,
            group_id=group_id,
            created_at=self.clock.now(),
        )
        if not store.add_join_word(made):
            raise Conflict(
                "word_taken", f"“{word}” is taken on this sender already. Choose another word."
            )
        return made

    def end_word(self, account_id: str, sender_id: str, word: str) -> JoinWord:
        """Take a JOIN word of this account off a sender, or raise `NotFound`."""
        sender = self.accounts.sender_for(account_id, sender_id)
        found = store.join_word(sender.id, plain.joined(word))
        if found is None or found.account_id != account_id or not store.end_join_word(found):
            raise NotFound("unknown_word", "This account has no such word on this sender.")
        self.accounts.forget_word(sender.id, found.folded)
        return found


def word_in(body: str) -> str | None:
    """Return the one word, folded, that is this whole message but for courtesies, or nothing."""
    tokens = plain.joined(body).split()
    if len(tokens) > _MOST_TOKENS:
        return None
    return next((one for one in tokens if match_word(body, [one])), None)


def _problems(sender: Sender) -> Iterable[FieldError]:
    """Say what is wrong with a sender's texts; each names the program, whichever was changed."""
    for field, kind in _KINDS.items():
        text = getattr(sender, field)
        findings = list(lint(text, kind, program_name=sender.program_name))
        if field == "stop_text" and text.strip():
            findings += _stop_findings(sender)
        for finding in findings:
            yield FieldError(
                field=field, code=finding.code, message=f"{finding.message} {finding.advice}"
            )
        if field == "stop_text" and _holds_marketing(sender):
            yield FieldError(
                field=field,
                code="marketing",
                message="The confirmation of an opt-out must hold no marketing. "
                "Say who writes and that no more texts come.",
            )


def _stop_findings(sender: Sender) -> list[Finding]:
    if PROGRAM_NAME.present(sender.stop_text, sender.program_name):
        return []
    return [Finding(FindingCode.program_name, PROGRAM_NAME.message, PROGRAM_NAME.advice)]


def _holds_marketing(sender: Sender) -> bool:
    """Look for inducements; the program may be called whatever it is called."""
    said = plain.joined(sender.stop_text).replace(plain.joined(sender.program_name), " ")
    return _MARKETING.search(said) is not None


def _bad_word(code: str, message: str) -> Invalid:
    return Invalid(code, message, fields=[FieldError(field="word", code=code, message=message)])
