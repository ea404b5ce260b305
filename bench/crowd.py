"""An account of any size that takes no room: contacts and memberships are worked out of numbers."""

from bisect import bisect_right
from typing import Any

from ulid import ULID

from assent.messaging.providers.base import Credentials, Outgoing
from assent.platform.ids import shard_of
from bench.expressions import Item
from bench.tables import Tables, projected
from bench.units import item_size
from tests.fakes import FakeProvider


class Crowd(Tables):
    """Tables in which contacts and memberships are worked out, and claims are only remembered."""

    def __init__(self, people: int, account_id: str) -> None:
        super().__init__()
        self.people, self.account_id = people, account_id
        self.group_id = ""
        self.claimed: set[str] = set()
        self.twice = 0
        self._shards: dict[int, list[str]] = {}

    def fill(self, shards: int) -> None:
        """Give everybody an id, and each shard its members."""
        began = 1_767_600_000_000
        for number in range(self.people):
            raw = (began + number // 50).to_bytes(6, "big") + number.to_bytes(10, "big")
            contact_id = f"ct_{ULID.from_bytes(raw)}"
            self._shards.setdefault(shard_of(contact_id, shards), []).append(contact_id)

    def on_Query(self, asked: dict[str, Any]) -> dict[str, Any]:  # noqa: N802 -- as its base
        """Find the place in a shard at once, instead of walking to it."""
        values = asked["ExpressionAttributeValues"]
        pk = values[":0"]["S"]
        head, _, shard = pk.rpartition("#")
        if head != f"{self.account_id}#{self.group_id}":
            return super().on_Query(asked)
        start = asked.get("ExclusiveStartKey", {}).get("sk", {}).get("S", "")
        after = start or (values[":1"]["S"] if ":1" in values else "")
        members, limit = self._shards.get(int(shard), []), int(asked.get("Limit", 300))
        at = bisect_right(members, after)
        found = [self._member(pk, one) for one in members[at : at + limit]]
        self._read(sum(map(item_size, found)), consistent=False)
        answer: dict[str, Any] = {
            "Items": projected(asked, found),
            "Count": len(found),
            "ScannedCount": 0,
        }
        if at + limit < len(members):
            answer["LastEvaluatedKey"] = {"pk": {"S": pk}, "sk": found[-1]["sk"]}
        return answer

    @staticmethod
    def _member(pk: str, contact_id: str) -> Item:
        number = int.from_bytes(ULID.from_str(contact_id[3:]).bytes[6:], "big")
        return {
            "pk": {"S": pk},
            "sk": {"S": contact_id},
            "phone": {"S": _phone(number)},
            "subject": {"S": f"{number:032x}"},
            "channels": {"SS": ["sms"]},
        }

    def item(self, table: str, pk: str, sk: str) -> Item | None:
        """Work contacts out."""
        if "#contacts#" not in pk:
            return super().item(table, pk, sk)
        number = int.from_bytes(ULID.from_str(sk[3:]).bytes[6:], "big")
        texts = {
            "pk": pk,
            "sk": sk,
            "phone": _phone(number),
            "subject": f"{number:032x}",
            "first_name": _first_name(number),
            "last_name": "Montgomery",
            "email": f"alexandra.{number}@example.com",
            "created_at": "2026-01-05T08:00:00.000000+0000",
            "compliance_state": "delivered",
            "queue_state": "moved",
            "line_type": "",
            "zone": "",
            "sms_mark": "subscribed",
        }
        item: Item = {name: {"S": text} for name, text in texts.items()}
        return item | {"compliance_rank": {"N": "4"}, "groups": {"SS": [self.group_id]}}

    def insert(self, table: str, item: Item) -> bool:
        """Remember a claim by its key alone."""
        if "claim" not in item:
            return super().insert(table, item)
        key = f"{item['pk']['S']}|{item['sk']['S']}"
        self.twice += key in self.claimed
        self.claimed.add(key)
        return True


def _first_name(number: int) -> str:
    """Give half of the people one of 200 names, as it is, and all others one of their own."""
    return f"Alexandra{number % 400 // 2 if number % 2 else number:06}"


def _phone(number: int) -> str:
    return f"+1212{2_000_000 + number % 7_999_999:07}"


class Taker(FakeProvider):
    """A provider that takes everything, and remembers how much."""

    def __init__(self) -> None:
        super().__init__()
        self.taken = 0

    def send(self, credentials: Credentials, outgoing: Outgoing) -> str:
        """Take a copy."""
        del credentials, outgoing
        self.taken += 1
        return f"SM{self.taken}"
