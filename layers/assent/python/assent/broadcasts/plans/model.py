"""How far a plan has come, and the chunks that it is made of."""

from base64 import b32encode

from pydantic import BaseModel, ConfigDict

from assent.broadcasts.results import Counts

CHUNK = 300
"""How many members are looked at in one step of planning, so the most that one chunk holds."""

SLICE = 10
"""How many recipients are recorded together, and how often a pause is looked for."""

PLANNED = "p"
"""How the keys of the chunks of a plan begin."""

WOKEN = "w"
"""How the keys of the chunks of those begin who were deferred."""

_CONTACT = "ct_"
_ID_BYTES = 16
# A ULID's digits are Crockford's. Python reads base 32 with other letters, and writes it with yet
# others; both are an eighth of what taking each id apart would cost a plan.
_CROCKFORD = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
_DIGITS = str.maketrans(_CROCKFORD, "0123456789abcdefghijklmnopqrstuv")
_LETTERS = bytes.maketrans(b"ABCDEFGHIJKLMNOPQRSTUVWXYZ234567", _CROCKFORD.encode())


class Cursor(BaseModel):
    """How far a plan has come: the next member to look at, and what was counted on the way."""

    model_config = ConfigDict(frozen=True)

    step: int = 0
    group: int = 0
    shard: int = 0
    after: str | None = None
    chunks: int = 0  # those that hold somebody
    counts: Counts = {}
    done: bool = False


class Chunk(BaseModel):
    """Some recipients of a broadcast, by their contacts' ids; never changed."""

    model_config = ConfigDict(frozen=True)

    key: str
    members: list[str]
    beyond: Cursor | None = None  # where the plan stands after it

    @property
    def woken(self) -> bool:
        """Tell whether it holds people who were deferred, and are counted as such."""
        return not self.key.startswith(PLANNED)


def planned_key(step: int) -> str:
    """Return the key of the chunk that a step of the plan makes; they sort in this order."""
    return f"{PLANNED}{step:06}"


def lane_of(slot: str) -> str:
    """Return how the keys of the chunks of those deferred to a moment begin."""
    return f"{WOKEN}{slot}#"


def pack(contact_ids: list[str]) -> bytes:
    """Write contact ids as the 16 bytes that each of them is."""
    return b"".join(
        int(one.removeprefix(_CONTACT).translate(_DIGITS), 32).to_bytes(_ID_BYTES, "big")
        for one in contact_ids
    )


def unpack(packed: bytes) -> list[str]:
    """Read what `pack` wrote."""
    return [_contact(packed[at : at + _ID_BYTES]) for at in range(0, len(packed), _ID_BYTES)]


def _contact(raw: bytes) -> str:
    """Write 128 bits as the 26 characters of a ULID, of which the first two bits are nothing."""
    aligned = (int.from_bytes(raw, "big") << 30).to_bytes(20, "big")
    return _CONTACT + b32encode(aligned)[:26].translate(_LETTERS).decode()
