"""What is refused in more than one place, in the same words."""

from assent.platform.errors import Conflict


def erased() -> Conflict:
    """Refuse what cannot be done with a person who was erased."""
    return Conflict("contact_erased", "This person was erased. Only the opt-outs were kept.")


def known_number(contact_id: str) -> Conflict:
    """Refuse a number that another contact has; the answer leads to it."""
    return Conflict(
        "contact_exists",
        "There is a contact with this number already. Open it instead.",
        more={"contact_id": contact_id},
    )
