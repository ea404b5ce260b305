"""Whether a lead was accepted rightly, judged by the worker that comes after the edge."""

from datetime import timedelta

from assent.accounts.service import CONFIGURATION_AGE
from assent.integrations.credentials import Found
from assent.integrations.model import Integration, ProcessLead, Via
from assent.integrations.service import IntegrationService


def found_for(command: ProcessLead, integrations: IntegrationService) -> Found:
    """Find what the lead's credential leads to, or led to when the lead was accepted."""
    found = _find(command, integrations)
    shown = command.evidence.get("disclosure_sha256", "")
    if shown and found.integration.covered_by(shown) is None:
        # The words are newer than what is remembered here.
        integrations.forget(found)
        found = _find(command, integrations)
    return found


def _find(command: ProcessLead, integrations: IntegrationService) -> Found:
    if command.via == Via.FORM:
        return integrations.find_form(command.credential)
    key_id, _, key_hash = command.credential.partition("|")
    return integrations.find_key(command.account_id, key_id, key_hash)


def words_of(command: ProcessLead, integration: Integration) -> str:
    """Name the words that the person saw; those of today when nobody could say at the edge."""
    return command.evidence.get("disclosure_sha256") or integration.disclosure_sha256


def was_accepted(command: ProcessLead, found: Found) -> bool:
    """Tell whether the lead came while its credential and its integration were good.

    What the edge accepted is still processed after a pause. It may have remembered things for 10 s,
    and no longer: while the table did not answer it went on with what it had, and is judged here.
    """
    closed_at = found.closed_at
    if found.is_live and found.integration.is_open:
        return True
    saw_it_open = command.evidence.get("integration") == found.integration.id
    if closed_at is None:
        return saw_it_open
    return command.received_at <= closed_at + (CONFIGURATION_AGE if saw_it_open else timedelta(0))
