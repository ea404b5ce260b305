"""Contacts from a file, as a newcomer does it."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from tests.e2e.people import Operator

pytestmark = pytest.mark.e2e

ACCOUNT = "Northside Gym"


def _choose(page: Page, path: Path) -> None:
    page.get_by_label("File with contacts").set_input_files(path)
    expect(page.get_by_role("region", name="What each column holds")).to_be_visible()


def test_a_newcomer_imports_the_sample_file_into_a_new_group(
    operators: Callable[..., Operator], tmp_path: Path
) -> None:
    """C4, experience 11 and 12: sample, mapping, proof, dry run, import, and the contacts in."""
    someone = operators(ACCOUNT, "/contacts")
    page = someone.page
    page.get_by_role("link", name="Import").click()
    with page.expect_download() as download:
        page.get_by_role("button", name="Download a sample file").click()
    sample = tmp_path / "contacts.csv"
    download.value.save_as(sample)

    _choose(page, sample)
    expect(page.get_by_label("Encoding")).to_have_value("utf-8")
    expect(page.get_by_label("Delimiter")).to_have_value("comma")
    expect(page.get_by_label("Column phone holds")).to_have_value("phone")
    expect(page.get_by_text("The first 3 rows read well.")).to_be_visible()

    page.get_by_label("Group", exact=True).select_option("Create a new group…")
    page.get_by_label("Name of the new group").fill("From the sample")
    page.get_by_label("Yes, and we can show how").check()
    page.get_by_label("How they agreed").last.fill("Paper form at the front desk, June 2026")
    page.get_by_label("Who attests it").fill("Dana Desk")
    page.get_by_role("button", name="Check the file").click()

    would = someone.section("What it would do")
    expect(would).to_contain_text(re.compile("Contacts that will be added.*3", re.DOTALL))
    page.get_by_role("button", name="Import 3 contacts").click()
    expect(page.get_by_text("The contacts are in.")).to_be_visible()
    page.get_by_role("link", name="See them").click()
    row = page.locator("[data-row]").filter(has_text="Zoë Łukasz")
    expect(row).to_be_visible()
    expect(row).to_contain_text("From the sample")
    expect(row.get_by_role("button", name=re.compile("Opted in to SMS"))).to_be_visible()
    expect(
        page.get_by_role("button", name="Remove the filter Import: contacts.csv")
    ).to_be_visible()


def test_an_import_goes_on_through_a_reload_and_hands_out_what_it_did_not_take(
    operators: Callable[..., Operator], tmp_path: Path
) -> None:
    """C4, C6, experience 12 and 13: the address brings everything back; the error file has why."""
    lines = [f"+1303555{number:04},Person {number}" for number in range(100, 200)]
    path = tmp_path / "people.csv"
    path.write_text("\n".join(["Mobile;Name", *(one.replace(",", ";") for one in lines), "12;Bad"]))
    someone = operators(ACCOUNT, "/settings/imports")
    page = someone.page
    _choose(page, path)
    expect(page.get_by_label("Delimiter")).to_have_value("semicolon")
    page.get_by_label("Column Name holds").select_option("Full name")
    page.reload()
    expect(page.get_by_label("Column Name holds")).to_have_value("full_name")
    check = page.get_by_role("button", name="Check the file")
    check.click()
    expect(check).to_have_count(0)
    page.reload()
    page.get_by_role("button", name="Import 100 contacts").click()
    expect(page.get_by_role("region", name="Import these contacts?")).to_have_count(0)
    page.reload()
    expect(page.get_by_text("The contacts are in.")).to_be_visible()
    with page.expect_download() as download:
        page.get_by_role("button", name="Download all").click()
    written = Path(download.value.path()).read_text("utf-8-sig")
    assert "12;Bad" in written
    assert "error_code" in written
    page.get_by_role("link", name="All imports").click()
    expect(page.get_by_role("row").filter(has_text="people.csv")).to_contain_text("100")
