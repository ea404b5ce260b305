"""The proof of consent for one number: a pack to export, and a check of its chains."""

import base64
from dataclasses import dataclass
from datetime import datetime
from typing import Annotated, Any

from aws_lambda_powertools.event_handler import Response
from aws_lambda_powertools.event_handler.openapi.params import Query
from aws_lambda_powertools.event_handler.router import APIGatewayHttpRouter
from pydantic import BaseModel, ConfigDict, Field

from assent.accounts.model import Account, Member, Permission, Sender
from assent.api.context import member, services
from assent.api.opt_outs import e164
from assent.consent import store
from assent.consent.check import Checked, OwnerKind, check
from assent.consent.listing import store as listing_store
from assent.consent.model import ALL_ACCOUNTS, Channel, OptOut
from assent.consent.proof import Disclosure, Material, build
from assent.contacts import service as contacts
from assent.contacts import store as contacts_store
from assent.contacts.model import Contact
from assent.integrations import store as integrations
from assent.platform import pseudonyms
from assent.platform.clock import stamp
from assent.platform.errors import NotFound

router = APIGatewayHttpRouter()  # type: ignore[no-untyped-call]

_ContactId = Annotated[str, Query(max_length=40, description="A contact of the account.")]
_PACK: dict[str, Any] = {
    "description": "A ZIP file with a page to read, the same as JSON with every hash, and a "
    "program that checks both.",
    "tags": ["Proof"],
    "responses": {
        200: {
            "description": "The proof pack",
            "content": {"application/zip": {"schema": {"type": "string", "format": "binary"}}},
        }
    },
}


class Number(BaseModel):
    """A phone number that the account knows."""

    model_config = ConfigDict(extra="forbid")

    number: str = Field(max_length=40, description="In any spelling.")


class FaultView(BaseModel):
    """What is wrong with a chain, and where."""

    sequence: int
    code: str
    message: str
    field: str


class ChainView(BaseModel):
    """One chain, checked."""

    owner: str
    owner_kind: OwnerKind
    title: str
    events: int
    ok: bool
    fault: FaultView | None
    state_matches: bool


class ChainCheckView(BaseModel):
    """All chains of a number that concern the account, checked."""

    checked_at: datetime
    phone_key: str
    chains: list[ChainView]


@dataclass(frozen=True)
class _Asked:
    """Whose proof is asked for."""

    account: Account
    phone: str
    subject: str
    contact: Contact | None
    senders: list[Sender]

    def chains(self) -> list[Checked]:
        """Check the account's own chain, then those of its senders."""
        owners = [self.account.id, *(sender.id for sender in self.senders)]
        return [check(owner, self.subject) for owner in owners]


@router.get("/api/v1/proof", summary="Export the proof for a contact", **_PACK)
def export_proof(contact_id: _ContactId) -> Response[str]:
    """Give everything on record of a contact."""
    person, account = member(router.current_event, Permission.PROOF_EXPORT)
    return _pack(_of_contact(account, contact_id), person)


@router.post("/api/v1/proof", summary="Export the proof for a number", **_PACK)
def export_proof_of_number(whose: Number) -> Response[str]:
    """Give everything on record of a number that the account knows."""
    person, account = member(router.current_event, Permission.PROOF_EXPORT)
    return _pack(_of_number(account, whose.number), person)


def _pack(asked: _Asked, person: Member) -> Response[str]:
    account = asked.account
    now = services().clock.now()
    chains = asked.chains()
    pack = build(
        Material(
            account=account,
            phone=asked.phone,
            subject=asked.subject,
            contact=_profile(asked.contact),
            senders=asked.senders,
            disclosures=_disclosures(account, chains),
            chains=chains,
            exported_at=now,
            exported_by=person.name,
        )
    )
    # The name of the file holds no number: names stand in histories and logs.
    name = f"proof-{asked.subject[:12]}-{now:%Y%m%d-%H%M%S}.zip"
    answer = Response(
        status_code=200,
        content_type="application/zip",
        body=base64.b64encode(pack.zipped()).decode(),
        headers={
            "Content-Disposition": f'attachment; filename="{name}"',
            "Cache-Control": "no-store",
        },
    )
    # The gateway decodes it. Powertools' validation takes no bytes that are not text.
    answer.base64_encoded = True
    return answer


@router.get("/api/v1/proof/check", summary="Check the chains of a contact", tags=["Proof"])
def check_proof(contact_id: _ContactId) -> ChainCheckView:
    """Verify every chain of a contact, and compare them with what is stored."""
    _, account = member(router.current_event, Permission.CONTACTS_VIEW)
    return _checked(_of_contact(account, contact_id))


@router.post("/api/v1/proof/check", summary="Check the chains of a number", tags=["Proof"])
def check_proof_of_number(whose: Number) -> ChainCheckView:
    """Verify every chain of a number that the account knows, and compare likewise."""
    _, account = member(router.current_event, Permission.CONTACTS_VIEW)
    return _checked(_of_number(account, whose.number))


def _checked(asked: _Asked) -> ChainCheckView:
    titles = {sender.id: f"{sender.program_name}, {sender.address}" for sender in asked.senders}
    return ChainCheckView(
        checked_at=services().clock.now(),
        phone_key=asked.subject,
        chains=[
            ChainView(
                owner=chain.owner,
                owner_kind=chain.owner_kind,
                title=titles.get(chain.owner, asked.account.name),
                events=len(chain.links),
                ok=chain.ok,
                fault=FaultView(**chain.fault_told.model_dump()) if chain.fault_told else None,
                state_matches=not chain.differences,
            )
            for chain in asked.chains()
        ],
    )


def _of_contact(account: Account, contact_id: str) -> _Asked:
    contact = contacts.contact(account.id, contact_id)
    senders = services().accounts.senders_of(account.id)
    return _Asked(account, contact.phone, contact.subject, contact, senders)


def _of_number(account: Account, number: str) -> _Asked:
    """Find what is known of a number; raises `NotFound` where this account knows nothing."""
    phone = e164(account, number, "number")
    senders = services().accounts.senders_of(account.id)
    subject = pseudonyms.stored(services().settings.pseudonym_secret).of(phone)
    known = store.consent(account.id, subject)
    if not known.sequence and not any(_is_listed(account, one, subject) for one in senders):
        raise NotFound("unknown_number", "This account has nothing on record of this number.")
    contact_of = known.contact_id
    found = contacts_store.contact(account.id, contact_of) if contact_of else None
    return _Asked(account, phone, subject, found, senders)


def _is_listed(account: Account, sender: Sender, subject: str) -> bool:
    """Tell whether this account opted the number out itself, or has another's STOP on its list."""
    against = store.opt_out(sender.id, subject)
    return any(
        account.id in against.scopes(channel) or _has_line(account, against, channel)
        for channel in Channel
    )


def _has_line(account: Account, against: OptOut, channel: Channel) -> bool:
    entry = against.standing(channel, ALL_ACCOUNTS)
    return entry is not None and listing_store.is_listed(
        account.id, against.sender_id, against.subject, channel, entry.effective_at
    )


def _profile(contact: Contact | None) -> dict[str, str]:
    if contact is None:
        return {}
    return {
        "id": contact.id,
        "first_name": contact.first_name,
        "last_name": contact.last_name,
        "email": contact.email,
        "created_at": stamp(contact.created_at),
    }


def _disclosures(account: Account, chains: list[Checked]) -> list[Disclosure]:
    """Read the words that the account's own evidence names by their hash, as they were then."""
    names = {one.id: one.name for one in integrations.integrations(account.id)}
    shown = {
        (event.actor, event.evidence["disclosure_sha256"])
        for chain in chains
        for event in chain.events
        if chain.owner == account.id and "disclosure_sha256" in (event.evidence or {})
        if event.evidence
    }
    return [
        Disclosure(actor, names.get(actor, ""), words)
        for actor, sha256 in sorted(shown)
        if (words := integrations.disclosure(account.id, sha256))
    ]
