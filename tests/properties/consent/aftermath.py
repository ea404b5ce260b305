"""What must hold when all is quiet: nothing waits any more, and every process has ended well."""

from assent.consent.chains import store as chain_store
from assent.consent.history import differences_of_consent, differences_of_opt_out
from assent.consent.ledger import verify
from assent.consent.model import Channel, Consent, OptOut, Status
from assent.contacts import marks
from assent.contacts import store as contacts_store
from assent.contacts.groups.memberships import store as member_store
from assent.contacts.model import QueueState
from assent.contacts.opt_outs import Filters
from tests.properties.consent.course import PHONES, Course

_OPT_OUTS = ("hard", "soft")


def all_quiet(course: Course) -> None:
    """Work everything off, look at it, do it all again, and see that nothing has changed."""
    course.world.provider.fails.clear()
    course.world.queue.sent += [(command, 0) for command in course.aside]
    course.aside.clear()
    course.run()
    course.check()
    known, against = course.stored()
    for records in known.values():
        for consent in records.values():
            _chain_is_sound(consent)
    for record in against.values():
        _opt_outs_are_sound(record)
    _lists_show_what_stands(course)
    _groups_and_queue_are_tidy(course)
    _marks_say_what_stands(course)
    _doubts_wait_for_somebody(course)
    _again_changes_nothing(course)


def _chain_is_sound(kept: Consent) -> None:
    """P2, P3."""
    events = chain_store.events(kept.account_id, kept.subject)
    assert verify(kept.account_id, kept.subject, events, (kept.sequence, kept.head)) is None
    assert differences_of_consent(events, kept) == []
    assert not kept.todo or kept.todo == ["reassigned"]  # a user's crash is the user's to repeat


def _opt_outs_are_sound(kept: OptOut) -> None:
    """P2, P3."""
    events = chain_store.events(kept.sender_id, kept.subject)
    assert verify(kept.sender_id, kept.subject, events, (kept.sequence, kept.head)) is None
    assert differences_of_opt_out(events, kept) == []


def _lists_show_what_stands(course: Course) -> None:
    """O1, O8, O9: what stands for numbers that an account knows, and nothing else."""
    for account in course.scene.accounts.values():
        lines, _ = course.scene.opt_outs.page(account, Filters(), None, 50)
        listed = {(line.phone, line.channel.value): line.kind.value for line in lines}
        assert len(listed) == len(lines)
        for phone, expected in course.expected.items():
            for channel in Channel:
                worst = expected.worst(account.id, channel)
                found = listed.pop((phone, channel.value), "")
                if expected.knows(account.id) or found:
                    assert found == (worst if worst in _OPT_OUTS else ""), (phone, account.id)
                assert not found or expected.knows(account.id) or account.id in expected.tried
        assert not listed


def _groups_and_queue_are_tidy(course: Course) -> None:
    """O4, Q9: an opted-out channel reaches nobody through a group, and no lead waits after STOP."""
    for phone in PHONES:
        for account, known in course.on_record(phone):
            contact = contacts_store.contact(account, known.contact_id or "", consistent=True)
            assert contact
            worst = course.expected[phone].worst
            if worst(account, "sms") in _OPT_OUTS:
                assert contact.queue.state != QueueState.QUEUED
            for one in member_store.memberships(account, contact):
                assert not [c for c in one.channels if worst(account, c) in _OPT_OUTS]


def _marks_say_what_stands(course: Course) -> None:
    """S1: what filters look at is what is on record."""
    for phone in PHONES:
        for account, known in course.on_record(phone):
            contact = contacts_store.contact(account, known.contact_id or "", consistent=True)
            assert contact
            right = marks.read(account, known.subject, course.world.clock.now())
            for channel in Channel:
                # A question lapses by itself; filters find it as pending until something happens.
                lapsed = (contact.mark(channel), right[channel]) == (Status.PENDING, Status.NONE)
                assert lapsed or contact.mark(channel) == right[channel], (phone, account, channel)


def _doubts_wait_for_somebody(course: Course) -> None:
    """K7: what holds broadcasts is on exactly one account's list of decisions."""
    waiting = [
        doubt.phone
        for account in course.scene.accounts.values()
        for doubt in course.scene.decisions.page(account, None, 50)[0]
    ]
    for phone, expected in course.expected.items():
        held = [one for one in course.scene.accounts if expected.worst(one, "sms") == "held"]
        assert waiting.count(phone) == 1 or not held, f"{phone} is held for {held}"
        assert waiting.count(phone) <= 1


def _again_changes_nothing(course: Course) -> None:
    """K2, B6, Q13: every command once more, with what follows from it."""
    before, sent = course.stored(), len(course.world.provider.sent)
    for command in [*course.handled]:
        course.give(command)
    course.run()
    assert course.stored() == before
    assert len(course.world.provider.sent) == sent
    course.check()
