"""The proof pack: all that is on record of one phone in one account, readable and checkable.

Three files: a page for people, the same for machines with every hash, and a short program that
checks both with nothing but Python. What belongs to another tenant of a shared sender is left out;
its place in the chain is held by its hashes, so that the chain still verifies.
"""

import hashlib
import io
import json
import re
import zipfile
from dataclasses import dataclass
from datetime import UTC, datetime
from importlib.resources import files
from typing import Any

from assent.accounts.model import Account, Sender
from assent.consent.check import Checked, OwnerKind
from assent.consent.events import LedgerEvent, digest
from assent.consent.ledger import Link
from assent.consent.model import ALL_ACCOUNTS, EventType
from assent.consent.proof_page import page
from assent.platform.clock import stamp

FORMAT = "assent-proof/1"
_ACCOUNT_ID = re.compile(r"ac_[0-9A-Z]{26}")
_HASH = re.compile(r"[0-9a-f]{64}")
_OWN_WORDS = frozenset({EventType.STOPPED, EventType.STARTED})
_NO_USER = frozenset({"", "system", "provider"})


@dataclass(frozen=True)
class Disclosure:
    """What an integration of the account shows to people before they agree."""

    integration_id: str
    name: str
    words: str


@dataclass(frozen=True)
class Material:
    """What a pack is made of. `chains` are the account's own and those of its senders."""

    account: Account
    phone: str
    subject: str
    contact: dict[str, str]  # the profile; empty when the account has no contact by this number
    senders: list[Sender]
    disclosures: list[Disclosure]
    chains: list[Checked]
    exported_at: datetime
    exported_by: str


@dataclass(frozen=True)
class ProofPack:
    """The files of a pack, by name."""

    files: dict[str, bytes]
    made_at: datetime

    def zipped(self) -> bytes:
        """Pack the files; the same material always gives the same bytes."""
        packed = io.BytesIO()
        moment = self.made_at.astimezone(UTC)
        with zipfile.ZipFile(packed, "w") as archive:
            for name, content in self.files.items():
                entry = zipfile.ZipInfo(name, moment.timetuple()[:6])
                entry.compress_type = zipfile.ZIP_DEFLATED
                entry.create_system = 3  # the same on every machine: Unix
                entry.external_attr = 0o644 << 16
                archive.writestr(entry, content)
        return packed.getvalue()


def build(material: Material) -> ProofPack:
    """Make the pack. Nothing of another tenant is in it but the hashes of its events."""
    chains = [_chain(chain, material) for chain in material.chains]
    proof: dict[str, Any] = {
        "format": FORMAT,
        "exported_at": stamp(material.exported_at),
        "exported_by": material.exported_by,
        "account": {"id": material.account.id, "name": material.account.name},
        "number": material.phone,
        "phone_key": material.subject,
        "contact": material.contact or None,
        "senders": [
            {"id": sender.id, "address": sender.address, "program_name": sender.program_name}
            for sender in material.senders
        ],
        "disclosures": [
            {
                "integration": one.integration_id,
                "name": one.name,
                "disclosure": one.words,
                "disclosure_sha256": hashlib.sha256(one.words.encode()).hexdigest(),
            }
            for one in material.disclosures
        ],
        "chains": chains,
    }
    html = page(
        material.account,
        material.senders,
        [chain.record for chain in material.chains if chain.record],
        [(chain.owner, chain.fault_told) for chain in material.chains],
        proof,
        material.exported_at,
    ).encode("utf-8", "replace")
    proof["html_sha256"] = hashlib.sha256(html).hexdigest()
    proof["sha256"] = digest(proof)
    verify = files("assent.consent").joinpath("pack", "verify.py.txt").read_bytes()
    machine = json.dumps(proof, indent=1).encode() + b"\n"
    return ProofPack(
        {"proof.html": html, "proof.json": machine, "verify.py": verify}, material.exported_at
    )


def _chain(chain: Checked, material: Material) -> dict[str, Any]:
    sequence, head = chain.head
    return {
        "owner": chain.owner,
        "owner_kind": chain.owner_kind.value,
        "subject": chain.subject,
        "head": {"sequence": sequence, "hash": head},
        "events": [_event(link, chain.owner_kind, material.account.id) for link in chain.links],
    }


def _event(link: Link, owner_kind: OwnerKind, account_id: str) -> dict[str, Any]:
    own = owner_kind == OwnerKind.ACCOUNT
    if own and link.fields:
        return {**link.fields, "evidence": link.evidence, "salt": link.salt}
    event = link.event
    if event and not link.problem and _concerns(event, account_id):
        shown = {**link.fields, "evidence": None, "salt": None}
        if _may_quote(event, account_id):
            shown |= {"evidence": event.evidence, "salt": event.salt}
        if set(_ACCOUNT_ID.findall(json.dumps(shown))) <= {account_id}:
            return shown
    return {
        "sequence": link.position,
        "previous": _hash(link.fields.get("previous")),
        "hash": _hash(link.fields.get("hash")),
        "withheld": True,
    }


def _concerns(event: LedgerEvent, account_id: str) -> bool:
    """Tell whether an event of a shared sender may be shown to this account."""
    if event.scope == account_id:
        return True
    if event.scope != ALL_ACCOUNTS:
        return False
    return event.actor in _NO_USER or _is_of(event, account_id)


def _may_quote(event: LedgerEvent, account_id: str) -> bool:
    """Tell whether its evidence may be shown as well: the contact's keyword, or an own act."""
    own = event.scope == account_id or _is_of(event, account_id)
    return own or event.type in _OWN_WORDS


def _is_of(event: LedgerEvent, account_id: str) -> bool:
    return (event.evidence or {}).get("account") == account_id


def _hash(value: object) -> str:
    return value if isinstance(value, str) and _HASH.fullmatch(value) else ""
