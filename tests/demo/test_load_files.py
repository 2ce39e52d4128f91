"""The load files are in the contract's format, and everything that they refer to exists."""

from __future__ import annotations

from collections import Counter
from datetime import date
from pathlib import Path
from zipfile import ZipFile

import pytest

from certremoval.demo.organisation import MAXIMUM_USERS, MINIMUM_USERS, generate
from certremoval.demo.organisation.names import EVERYWHERE
from certremoval.demo.organisation.people import mail_form
from certremoval.demo.organisation.units import CLOSED_DIVISION, SITES, UNIT_TYPES, Site

from .conftest import TODAY, Row, Written

COLUMNS = {
    "organizational_units": "Type,ID,Name,Parent ID,Active",
    "users": "User ID,First Name,Last Name,Email,Active,Username,Manager ID,"
    "Division,Position,Location,Cost Center,Grade,Legal Entity,Collective Agreement",
    "groups": "Group ID,Name,User ID",
    "certifications": "Certification ID,Title,Version,Active,Owners",
    "enrollments": "Certification ID,User ID,Status,Version,Assigned Date,Due Date,Certified Date,Expiration Date,"
    "Period,Identifier",
}


def units_of(written: Written) -> dict[tuple[str, str], Row]:
    return {(row["Type"], row["ID"]): row for row in written.rows["organizational_units"]}


class TestFormat:
    def test_files_come_in_the_order_in_which_they_are_loaded(self, halden: Written) -> None:
        assert list(halden.organisation.load_files) == list(COLUMNS)

    @pytest.mark.parametrize("kind", COLUMNS)
    def test_is_utf8_with_bom_comma_and_crlf(self, halden: Written, kind: str) -> None:
        content = halden.organisation.load_files[kind].read_bytes()
        assert content.startswith(b"\xef\xbb\xbf" + COLUMNS[kind].encode() + b"\r\n")
        assert content.count(b"\n") == content.count(b"\r\n") == len(halden.rows[kind]) + 1

    def test_says_how_much_it_wrote(self, any_size: Written) -> None:
        assert len(any_size.rows["users"]) == any_size.organisation.users
        assert len(any_size.rows["enrollments"]) == any_size.organisation.enrollments

    def test_no_cell_could_be_taken_for_a_formula(self, halden: Written) -> None:
        cells = {cell for rows in halden.rows.values() for row in rows for cell in row.values()}
        assert not [cell for cell in cells if cell.startswith(("=", "+", "-", "@", "'", "\t", "\r"))]

    def test_no_cell_has_space_around_it(self, halden: Written) -> None:
        cells = {cell for rows in halden.rows.values() for row in rows for cell in row.values()}
        assert not [cell for cell in cells if cell != cell.strip()]


class TestReferences:
    def test_every_unit_of_a_person_exists(self, any_size: Written) -> None:
        units = units_of(any_size)
        used = {(kind, row[kind]) for row in any_size.rows["users"] for kind in UNIT_TYPES if row[kind]}
        assert used <= set(units)

    def test_every_unit_has_its_parent_and_no_circle(self, halden: Written) -> None:
        units = units_of(halden)
        for kind, unit_id in units:
            passed = {unit_id}
            while parent := units[kind, unit_id]["Parent ID"]:
                assert parent not in passed
                passed.add(parent)
                unit_id = parent

    def test_every_manager_exists_and_comes_before(self, any_size: Written) -> None:
        seen: set[str] = set()
        for row in any_size.rows["users"]:
            assert row["Manager ID"] in seen or (row["Manager ID"] == "" and not seen), row
            seen.add(row["User ID"])

    def test_nobody_is_managed_by_someone_who_left(self, any_size: Written) -> None:
        users = any_size.users
        managers = {row["Manager ID"] for row in any_size.rows["users"]} - {""}
        assert {users[manager]["Active"] for manager in managers} == {"yes"}

    def test_every_owner_exists(self, halden: Written) -> None:
        owners = {owner for row in halden.rows["certifications"] for owner in row["Owners"].split("|")} - {""}
        assert owners
        assert owners <= set(halden.users)

    def test_every_group_member_exists_and_is_named_once(self, any_size: Written) -> None:
        members = [(row["Group ID"], row["User ID"]) for row in any_size.rows["groups"]]
        assert len(members) == len(set(members))
        assert {user_id for _, user_id in members} <= set(any_size.users)

    def test_every_enrollment_is_of_a_person_on_a_certification(self, any_size: Written) -> None:
        certifications = {row["Certification ID"] for row in any_size.rows["certifications"]}
        assert {row["User ID"] for row in any_size.rows["enrollments"]} <= set(any_size.users)
        assert {row["Certification ID"] for row in any_size.rows["enrollments"]} == certifications


class TestUniqueness:
    @pytest.mark.parametrize("column", ["User ID", "Email", "Username"])
    def test_people_share_no(self, any_size: Written, column: str) -> None:
        values = Counter(row[column].casefold() for row in any_size.rows["users"] if row[column])
        assert [value for value, number in values.items() if number > 1] == []

    def test_units_are_unique_within_a_type(self, halden: Written) -> None:
        assert len(units_of(halden)) == len(halden.rows["organizational_units"])

    def test_a_person_is_on_a_certification_once(self, any_size: Written) -> None:
        assert len(any_size.enrolled) == len(any_size.rows["enrollments"])

    def test_identifiers_are_unique(self, any_size: Written) -> None:
        identifiers = [row["Identifier"] for row in any_size.rows["enrollments"] if row["Identifier"]]
        assert len(identifiers) == len(set(identifiers))


class TestMailNames:
    @pytest.mark.parametrize("site", SITES, ids=lambda site: site.name)
    def test_no_two_names_of_a_location_look_alike_in_a_mail_address(self, site: Site) -> None:
        for pool in (site.pool, EVERYWHERE):
            women, men = pool.first_names[: pool.women], pool.first_names[pool.women :]
            for names in (women, men, pool.family_names, pool.family_names_of_women):
                twice = [name for name, number in Counter(map(mail_form, names)).items() if number > 1]
                assert twice == []
            assert not set(map(mail_form, women)) & set(map(mail_form, men))
        local = {*map(mail_form, site.pool.family_names), *map(mail_form, site.pool.family_names_of_women)}
        assert not local & set(map(mail_form, EVERYWHERE.family_names))

    @pytest.mark.parametrize(
        ("name", "form"),
        [
            ("Łukasz", "lukasz"),
            ("Đặng", "dang"),
            ("Yıldız", "yildiz"),
            ("O'Hara", "ohara"),
            ("van den Broek", "vandenbroek"),
            ("Weiß", "weiss"),
            ("İbrahim", "ibrahim"),
            ("Campbell-Reid", "campbell-reid"),
        ],
    )
    def test_is_plain_ascii(self, name: str, form: str) -> None:
        assert mail_form(name) == form

    def test_of_other_scripts_is_refused(self) -> None:
        with pytest.raises(ValueError, match="mail of its own"):
            mail_form("王")

    def test_all_are_under_halden_example(self, halden: Written) -> None:
        domains = {row["Email"].partition("@")[2] for row in halden.rows["users"]}
        assert domains == {"halden.example", *(site.mail_domain for site in SITES)}
        assert all(domain.endswith("halden.example") for domain in domains)


class TestSameBytes:
    def contents(self, folder: Path) -> dict[str, bytes]:
        return {path.name: self.unpacked(path) for path in folder.iterdir()}

    def unpacked(self, path: Path) -> bytes:
        """Return the bytes of a file; those inside a workbook, since its zip holds the time of writing."""
        if path.suffix != ".xlsx":
            return path.read_bytes()
        with ZipFile(path) as archive:
            return b"".join(archive.read(name) for name in archive.namelist())

    def test_same_day_and_number_write_the_same(self, halden: Written, tmp_path: Path) -> None:
        again = generate(tmp_path, today=TODAY, users=5000)
        assert self.contents(tmp_path) == self.contents(halden.organisation.folder)
        assert again.past_jobs == halden.organisation.past_jobs
        assert again.story == halden.organisation.story

    def test_another_seed_writes_others(self, small: Written, tmp_path: Path) -> None:
        generate(tmp_path, today=TODAY, users=1000, seed=7)
        assert self.contents(tmp_path)["users.csv"] != self.contents(small.organisation.folder)["users.csv"]

    def test_another_day_moves_dates_and_nobody(self, small: Written, tmp_path: Path) -> None:
        generate(tmp_path, today=date(2028, 2, 29), users=1000)
        here, there = self.contents(tmp_path), self.contents(small.organisation.folder)
        assert here["users.csv"] == there["users.csv"]
        assert here["warehouse-south-closes.csv"] == there["warehouse-south-closes.csv"]
        assert here["enrollments.csv"] != there["enrollments.csv"]

    def test_a_larger_organisation_begins_with_the_smaller(self, small: Written, halden: Written) -> None:
        assert halden.rows["users"][:1000] == small.rows["users"]

    def test_files_of_an_earlier_run_are_replaced(self, small: Written, tmp_path: Path) -> None:
        generate(tmp_path, today=TODAY, users=2000)
        generate(tmp_path, today=TODAY, users=1000)
        assert self.contents(tmp_path) == self.contents(small.organisation.folder)


class TestNumberOfUsers:
    def test_too_few_are_refused_with_advice(self, tmp_path: Path) -> None:
        with pytest.raises(ValueError, match=r"needs 1,000 users or more, 999 are too few .* Ask for 1,000"):
            generate(tmp_path, today=TODAY, users=MINIMUM_USERS - 1)
        assert list(tmp_path.iterdir()) == []

    def test_more_than_there_are_ids_are_refused(self, tmp_path: Path) -> None:
        with pytest.raises(ValueError, match="1,000,000 people at most"):
            generate(tmp_path, today=TODAY, users=MAXIMUM_USERS + 1)


def test_the_closed_unit_still_holds_people(any_size: Written) -> None:
    assert units_of(any_size)["Division", CLOSED_DIVISION]["Active"] == "no"
    assert [row for row in any_size.rows["users"] if row["Division"] == CLOSED_DIVISION]
