"""The signed-in person's own phone, verified by a code that is texted to it."""

from aws_lambda_powertools.event_handler.router import APIGatewayHttpRouter
from pydantic import BaseModel, ConfigDict, Field

from assent.accounts import store
from assent.accounts.model import OwnPhone, Permission
from assent.accounts.phones import PhoneService
from assent.api.context import member, services
from assent.broadcasts.trial import code_message

router = APIGatewayHttpRouter()  # type: ignore[no-untyped-call]


class OwnPhoneView(BaseModel):
    """A person's own phone, and whether it is known to be theirs."""

    phone: str
    verified: bool

    @classmethod
    def of(cls, phone: OwnPhone | None) -> "OwnPhoneView":
        """Show a phone; nothing where there is none."""
        return cls(phone=phone.phone if phone else "", verified=bool(phone and phone.verified_at))


class Claimed(BaseModel):
    """The number that somebody says is theirs."""

    model_config = ConfigDict(extra="forbid")

    phone: str = Field(max_length=60)


class Code(BaseModel):
    """The code that came by text."""

    model_config = ConfigDict(extra="forbid")

    code: str = Field(max_length=20)


@router.get("/api/v1/me/phone", summary="Your own phone", tags=["Account"])
def show_phone() -> OwnPhoneView:
    """Return the phone that test sends go to."""
    person, _ = member(router.current_event, Permission.BROADCASTS_SEND)
    return OwnPhoneView.of(store.own_phone(person.user_id))


@router.post("/api/v1/me/phone", summary="Verify your own phone", tags=["Account"])
def claim_phone(claimed: Claimed) -> tuple[OwnPhoneView, int]:
    """Text a code to a phone, from the account's sender."""
    person, account = member(router.current_event, Permission.BROADCASTS_SEND)
    common = services()
    sender = common.accounts.sender_for(account.id, account.sender_id)
    phones = PhoneService(common.clock)
    phone, code = phones.begin(person.user_id, claimed.phone, account.default_region)
    subject = common.pseudonyms.of(phone.phone)
    common.outbound.send(code_message(account.id, sender, phone, subject, code, common.clock))
    return OwnPhoneView.of(phone), 202


@router.post("/api/v1/me/phone/verify", summary="Enter the code", tags=["Account"])
def verify_phone(given: Code) -> OwnPhoneView:
    """Take the code that came by text."""
    person, _ = member(router.current_event, Permission.BROADCASTS_SEND)
    return OwnPhoneView.of(PhoneService(services().clock).verify(person.user_id, given.code))
