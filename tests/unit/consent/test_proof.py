"""The proof pack: complete, readable, checkable by its own program, and one tenant's alone."""

import hashlib
import io
import json
import subprocess
import sys
import zipfile
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from assent.accounts.model import Account, Sender
from assent.consent.chains import store as chain_store
from assent.consent.check import check
from assent.consent.model import Channel, EventType, Source
from assent.consent.proof import Disclosure, Material, ProofPack, build
from tests.unit.consent import chains
from tests.unit.consent.chains import AT, PHONE, SENDER, SUBJECT, A, B

pytestmark = pytest.mark.thorough

ACCOUNT = Account(id=A, name="Harbor <Health> & Sons", sender_id=SENDER)
WORDS = "I agree to get texts. <script>alert(1)</script>"
PROFILE = {"id": "ct_1", "first_name": "Ann", "last_name": "O'Neil", "email": "ann@example.com"}


def sender() -> Sender:
    return Sender(
        id=SENDER,
        address="+18885550100",
        owner_id=B,
        program_name="Harbor Alerts",
        help_text="help",
        stop_text="stop",
        start_text="start",
    )


@pytest.fixture
def material(aws: object) -> Material:
    chains.make()
    return gathered()


def gathered() -> Material:
    return Material(
        account=ACCOUNT,
        phone=PHONE,
        subject=SUBJECT,
        contact=PROFILE,
        senders=[sender()],
        disclosures=[Disclosure("in_1", "Website", WORDS)],
        chains=[check(A, SUBJECT), check(SENDER, SUBJECT)],
        exported_at=AT + timedelta(days=1),
        exported_by="Olga Moreno",
    )


def unpacked(pack: ProofPack, folder: Path) -> Path:
    with zipfile.ZipFile(io.BytesIO(pack.zipped())) as archive:
        archive.extractall(folder)
    return folder


def verified(folder: Path) -> tuple[int, str]:
    """Run the pack's own program, away from the product and its packages."""
    done = subprocess.run(
        [sys.executable, "-I", "-S", str(folder / "verify.py")],
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
        cwd="/",
    )
    assert done.stderr == ""
    return done.returncode, done.stdout.strip()


def proof(folder: Path) -> dict[str, Any]:
    return dict(json.loads((folder / "proof.json").read_text("utf-8")))


def test_the_program_is_short_and_finds_a_good_pack_good(
    material: Material, tmp_path: Path
) -> None:
    """P4: 30 lines that need only the standard library."""
    folder = unpacked(build(material), tmp_path)
    program = (folder / "verify.py").read_text("utf-8")
    assert len(program.splitlines()) <= 30
    assert max(map(len, program.splitlines())) <= 100
    assert verified(folder) == (0, "OK: every hash, link, commitment and head fits")


def spots(value: object, path: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    """Name every place in a document, inner ones first."""
    if isinstance(value, dict | list):
        inner = value.items() if isinstance(value, dict) else enumerate(value)
        for key, one in inner:
            yield from spots(one, (*path, key))
            yield (*path, key)


def lie(value: object) -> object:
    match value:
        case bool() | None:
            return "junk"
        case int():
            return value + 1
        case str():
            return value[:-1] + ("0" if value[-1:] != "0" else "1")
        case list():
            return [*value, "junk"]
        case _:
            assert isinstance(value, dict)
            return {**value, "junk": "junk"}


def test_the_program_finds_a_change_of_any_single_field(material: Material, tmp_path: Path) -> None:
    """P4, P2: each value changed, and each taken away; the last hash is worked out anew too."""
    folder = unpacked(build(material), tmp_path)
    sound = proof(folder)
    program = compile((folder / "verify.py").read_text("utf-8"), "verify.py", "exec")
    places = list(spots(sound))
    assert len(places) > 200
    for path in places:
        for take_away in (False, True):
            spoiled = json.loads(json.dumps(sound))
            *outer, last = path
            holder = spoiled
            for key in outer:
                holder = holder[key]
            if take_away:
                del holder[last]
            else:
                holder[last] = lie(holder[last])
            (folder / "proof.json").write_text(json.dumps(spoiled), "utf-8")
            with pytest.raises(SystemExit) as ended:
                exec(program, {"__file__": str(folder / "verify.py")})  # noqa: S102 -- our own
            assert ended.value.code == 1, path


@pytest.mark.parametrize(
    ("path", "value", "says"),
    [
        (("chains", 0, "events", 1, "source"), "API", f"{A}, event 2: changed"),
        (("chains", 0, "events", 1, "hash"), "0" * 64, f"{A}, event 2: changed"),
        (
            ("chains", 0, "events", 1, "evidence", "message"),
            "No",
            f"{A}, event 2: evidence changed",
        ),
        (("chains", 0, "events", 1, "salt"), "00", f"{A}, event 2: evidence changed"),
        (("chains", 0, "events", 1, "withheld"), True, f"{A}, event 2: changed"),
        (("chains", 1, "events", 3, "previous"), "0" * 64, f"{SENDER}, event 4: not in its place"),
        (("chains", 1, "head", "hash"), "0" * 64, f"{SENDER}: head differs"),
        (("chains", 1, "head", "sequence"), 7, f"{SENDER}: head differs"),
        (("number",), "+12125550999", "proof.json: changed outside the events"),
        (("exported_by",), "Somebody", "proof.json: changed outside the events"),
        (("html_sha256",), "0" * 64, "proof.html: changed"),
    ],
)
def test_the_program_names_the_first_fault(
    material: Material, tmp_path: Path, path: tuple[Any, ...], value: object, says: str
) -> None:
    """P4: run as a person would run it."""
    folder = unpacked(build(material), tmp_path)
    spoiled = proof(folder)
    holder: Any = spoiled
    for key in path[:-1]:
        holder = holder[key]
    holder[path[-1]] = value
    (folder / "proof.json").write_text(json.dumps(spoiled), "utf-8")
    assert verified(folder) == (1, f"FAULT {says}")


@pytest.mark.parametrize("at", range(4))
def test_the_program_finds_an_event_dropped_or_two_swapped(
    material: Material, tmp_path: Path, at: int
) -> None:
    """P4, P2."""
    folder = unpacked(build(material), tmp_path)
    for change in ("drop", "swap"):
        spoiled = proof(unpacked(build(material), tmp_path))
        events = spoiled["chains"][0]["events"]
        taken = events.pop(at)
        if change == "swap":
            events.insert(at - 1 if at else 1, taken)
        (folder / "proof.json").write_text(json.dumps(spoiled), "utf-8")
        code, said = verified(folder)
        assert code == 1
        assert said.startswith(f"FAULT {A}")


@pytest.mark.parametrize("text", ["", "[]", "{}", "junk", '{"chains": 1}', "null"])
def test_the_program_says_so_when_the_file_is_no_proof(
    material: Material, tmp_path: Path, text: str
) -> None:
    folder = unpacked(build(material), tmp_path)
    (folder / "proof.json").write_text(text, "utf-8")
    code, said = verified(folder)
    assert code == 1
    assert said.startswith("FAULT proof.json: cannot be read")


def test_the_program_finds_a_changed_or_lost_page(material: Material, tmp_path: Path) -> None:
    """P4."""
    folder = unpacked(build(material), tmp_path)
    page = (folder / "proof.html").read_bytes()
    (folder / "proof.html").write_bytes(page.replace(b"Opted out", b"Opted in"))
    assert verified(folder) == (1, "FAULT proof.html: changed")
    (folder / "proof.html").unlink()
    assert verified(folder)[0] == 1


def test_the_same_material_gives_the_same_bytes(material: Material) -> None:
    """P4."""
    assert build(material).zipped() == build(material).zipped()
    with zipfile.ZipFile(io.BytesIO(build(material).zipped())) as archive:
        assert archive.namelist() == ["proof.html", "proof.json", "verify.py"]
        assert {entry.date_time for entry in archive.infolist()} == {(2026, 1, 6, 15, 0, 0)}


def test_the_pack_holds_every_own_event_with_all_of_its_evidence(
    material: Material, tmp_path: Path
) -> None:
    """P1, P4."""
    shown = proof(unpacked(build(material), tmp_path))
    own, shared = shown["chains"]
    assert own["events"] == [
        event.model_dump(mode="json") for event in chain_store.events(A, SUBJECT)
    ]
    assert [event["sequence"] for event in shared["events"]] == [1, 2, 3, 4, 5, 6]
    assert [event.get("withheld") for event in shared["events"]] == [
        *(None, None, None),
        *(True, None, None),
    ]
    assert shared["events"][0]["evidence"]["message"] == "STOP"
    assert shared["events"][2]["evidence"]["user"] == "Olga"
    assert shown["disclosures"][0]["disclosure"] == WORDS
    assert (
        shown["disclosures"][0]["disclosure_sha256"] == hashlib.sha256(WORDS.encode()).hexdigest()
    )


def test_another_tenants_event_is_its_hashes_and_nothing_more(
    material: Material, tmp_path: Path
) -> None:
    """P4, line 9."""
    shown = proof(unpacked(build(material), tmp_path))
    withheld = shown["chains"][1]["events"][3]
    event = chain_store.events(SENDER, SUBJECT)[3]
    assert withheld == {
        "sequence": 4,
        "previous": event.previous,
        "hash": event.hash,
        "withheld": True,
    }


FOREIGN = (B, "user-of-b", "Bruno", "in_B", "B’s own words", "own words")


def test_nothing_of_another_tenant_is_anywhere_in_the_files(material: Material) -> None:
    """P4, line 9: neither its id, nor its users, nor what it disclosed."""
    everything = b"".join(build(material).files.values()).decode()
    decoded = json.dumps(json.loads(build(material).files["proof.json"]), ensure_ascii=False)
    for word in FOREIGN:
        assert word not in everything
        assert word not in decoded


@pytest.mark.parametrize(
    ("event", "actor", "evidence"),
    [
        (EventType.PROVIDER_REPORTED, "", {"message_to": B}),
        (EventType.OPTED_OUT_ON_REQUEST, "user-of-b", {"user": "Bruno", "reason": "own words"}),
        (EventType.DOUBTED, "", {"message": "Bruno from B’s own words, please quit it"}),
    ],
)
def test_what_was_done_for_all_accounts_names_nobody_of_another(
    material: Material, event: EventType, actor: str, evidence: dict[str, str]
) -> None:
    """P4, line 9: what stands for all accounts is shown, its evidence only to whom it belongs."""
    source = Source.PROVIDER
    chains.lay(
        chains.happening(event, 60, scope="*", source=source, actor=actor, evidence=evidence)
    )
    pack = build(gathered())
    text = b"".join(pack.files.values()).decode() + json.dumps(
        json.loads(pack.files["proof.json"]), ensure_ascii=False
    )
    for word in FOREIGN:
        assert word not in text


def test_a_fault_in_a_shared_chain_tells_nothing_of_another_tenant(material: Material) -> None:
    """Line 9: a fault names what stood in a field, but not to everybody."""
    item = chains.items(SENDER)[3]
    chains.put(chains.changed(item, {"kind": "soft"}))
    pack = build(gathered())
    text = b"".join(pack.files.values()).decode()
    assert "Something was changed after it was written: event 4." in text
    for word in FOREIGN:
        assert word not in text


def test_the_page_says_what_stands_and_what_happened(material: Material) -> None:
    """P4: for a person to read."""
    page = build(material).files["proof.html"].decode()
    for words in (
        "Proof of consent for +12125550101",
        "exported 2026-01-06 15:00:00 UTC by Olga Moreno",
        "Opted out by the contact",
        "2026-01-05 15:50:00 UTC – Opted out with STOP",
        "Stop, please!",
        "Subscribed",
        "I agree to get texts.",
        "A user of the account took the opt-out back",
        "python3 verify.py",
        "All times are UTC",
        "not legal advice",
        "1 of other accounts: hashes only",
    ):
        assert words in page, words


def test_the_page_is_safe_and_stands_alone(material: Material) -> None:
    """P4: everything is escaped; no script, nothing from elsewhere."""
    chains.agree(
        chains.happening(
            EventType.LEAD_RECEIVED,
            70,
            channels=(Channel.SMS,),
            evidence={"disclosure": '"><script>alert(2)</script><img src=x onerror=alert(3)>'},
        )
    )
    page = build(gathered()).files["proof.html"].decode()
    assert "<script" not in page
    assert "<img" not in page
    assert "Harbor &lt;Health&gt; &amp; Sons" in page
    assert 'src="' not in page
    assert "http://" not in page
    assert "url(" not in page
    assert "@import" not in page


def test_erased_evidence_is_gone_from_the_pack_and_it_still_verifies(
    material: Material, tmp_path: Path
) -> None:
    """P5."""
    chain_store.erase_evidence(A, SUBJECT)
    pack = build(gathered())
    assert b"Yes please" not in b"".join(pack.files.values())
    assert verified(unpacked(pack, tmp_path))[0] == 0


def test_a_broken_chain_is_exported_and_named(material: Material, tmp_path: Path) -> None:
    """P4: a pack never hides what is wrong."""
    item = chains.items(A)[1]
    chains.put(item | {"event": {"S": "{"}})
    pack = build(gathered())
    assert "Event 2 cannot be read." in pack.files["proof.html"].decode()
    code, said = verified(unpacked(pack, tmp_path))
    assert code == 1
    assert said.startswith(f"FAULT {A}, event 2")


def test_a_number_of_which_nothing_is_known_makes_an_empty_pack(
    aws: object, tmp_path: Path
) -> None:
    pack = build(gathered())
    assert "Nothing is on record." in pack.files["proof.html"].decode()
    assert verified(unpacked(pack, tmp_path))[0] == 0


def test_times_are_shown_in_utc(material: Material) -> None:
    assert build(material).made_at == datetime(2026, 1, 6, 15, tzinfo=UTC)
