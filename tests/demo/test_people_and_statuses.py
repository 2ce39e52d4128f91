"""The people are varied, and their statuses and dates fit."""

from __future__ import annotations

import re
from collections import Counter
from datetime import timedelta
from itertools import islice

import pytest

from certremoval.demo.organisation.certifications import (
    CERTIFIED,
    EXPIRED_STATUSES,
    HOLDING_STATUSES,
    REVOKED,
    STATUS_SHARES,
)
from certremoval.demo.organisation.people import badge_ids, employee_ids, krakow_ids
from certremoval.demo.organisation.units import CUSTOM_TYPES, SITES

from .conftest import TODAY, Written

ID_STYLES = {"employee": r"\d{6}", "krakow": r"K-\d{5,6}", "badge": r"\d{17}"}


class TestUserIds:
    def test_are_of_three_styles(self, halden: Written) -> None:
        styles = Counter(
            style for user_id in halden.users for style, form in ID_STYLES.items() if re.fullmatch(form, user_id)
        )
        assert styles["employee"] > 3000
        assert styles["krakow"] > 400
        assert styles["badge"] > 300
        assert set(halden.users) - {user_id for user_id in halden.users if len(user_id) > 3} == {"123"}

    def test_123_and_000123_are_two_people(self, any_size: Written) -> None:
        assert any_size.users["123"]["Last Name"] == "Penhaligon"
        assert any_size.users["000123"]["Last Name"] == "Ruiz"

    @pytest.mark.parametrize(
        ("ids", "style", "needed"),
        [(employee_ids(), "employee", 820_000), (krakow_ids(), "krakow", 200_000), (badge_ids(), "badge", 200_000)],
        ids=["employee", "krakow", "badge"],
    )
    def test_do_not_run_out_in_the_largest_organisation(self, ids: object, style: str, needed: int) -> None:
        some = list(islice(ids, needed))  # type: ignore[call-overload]
        assert len(set(some)) == needed
        assert all(re.fullmatch(ID_STYLES[style], user_id) for user_id in (some[0], some[-1], max(some, key=len)))


class TestNames:
    def test_there_are_two_anna_kowalskas(self, any_size: Written) -> None:
        annas = [row for row in any_size.rows["users"] if (row["First Name"], row["Last Name"]) == ("Anna", "Kowalska")]
        assert len(annas) == 2

    @pytest.mark.parametrize("last_name", ["O'Neill", "Şahin", "Nguyễn", "王"])
    def test_there_is_one(self, halden: Written, last_name: str) -> None:
        assert len([row for row in halden.rows["users"] if row["Last Name"] == last_name]) == 1

    def test_one_person_has_a_single_name(self, halden: Written) -> None:
        single = [row["Last Name"] for row in halden.rows["users"] if not row["First Name"]]
        assert single == ["Govindamma"]
        assert all(row["Last Name"] for row in halden.rows["users"])

    def test_are_of_great_variety(self, any_size: Written) -> None:
        names = Counter((row["First Name"], row["Last Name"]) for row in any_size.rows["users"])
        assert names.most_common(1)[0][1] <= 2 + any_size.organisation.users // 2000


class TestShares:
    def test_six_per_cent_are_inactive(self, halden: Written) -> None:
        inactive = sum(row["Active"] == "no" for row in halden.rows["users"])
        assert inactive / 5000 == pytest.approx(0.06, abs=0.01)

    def test_all_six_locations_have_people(self, halden: Written) -> None:
        people = Counter(row["Location"] for row in halden.rows["users"])
        assert set(people) == {site.unit_id for site in SITES}
        assert min(people.values()) > 250
        assert len({site.time_zone for site in SITES}) == 6

    def test_custom_types_are_filled(self, halden: Written) -> None:
        for unit_type in CUSTOM_TYPES:
            assert sum(bool(row[unit_type]) for row in halden.rows["users"]) > 2500

    def test_statuses_are_those_of_the_specification(self, halden: Written) -> None:
        statuses = Counter(row["Status"] for row in halden.rows["enrollments"])
        total = sum(statuses.values())
        assert set(statuses) == set(STATUS_SHARES)
        for status, share in STATUS_SHARES.items():
            # The people of the story weigh on it: few of them are still certified.
            assert 100 * statuses[status] / total == pytest.approx(share, abs=2.5), status

    def test_renewals_are_about_twelve_per_cent(self, halden: Written) -> None:
        renewals = sum(row["Status"] in HOLDING_STATUSES - {CERTIFIED} for row in halden.rows["enrollments"])
        assert 100 * renewals / len(halden.rows["enrollments"]) == pytest.approx(12, abs=1)

    def test_a_person_is_on_about_two_certifications(self, any_size: Written) -> None:
        assert any_size.organisation.enrollments / any_size.organisation.users == pytest.approx(2.1, abs=0.3)


class TestDates:
    def test_fit_the_status(self, any_size: Written) -> None:
        today = TODAY.isoformat()
        for row in any_size.rows["enrollments"]:
            status, certified, expires = row["Status"], row["Certified Date"], row["Expiration Date"]
            assert row["Assigned Date"] < today, row
            assert row["Assigned Date"] < row["Due Date"], row
            has_certificate = status in HOLDING_STATUSES | EXPIRED_STATUSES | {REVOKED}
            assert bool(certified) == bool(expires) == bool(row["Identifier"]) == has_certificate, row
            if certified:
                assert row["Assigned Date"] < certified < today, row
            if status in HOLDING_STATUSES:
                assert expires > today, row
            if status in EXPIRED_STATUSES:
                assert expires < today, row

    def test_whoever_is_simply_certified_is_a_month_from_renewal(self, halden: Written) -> None:
        soon = (TODAY + timedelta(30)).isoformat()
        certified = [row for row in halden.rows["enrollments"] if row["Status"] == CERTIFIED]
        assert min(row["Expiration Date"] for row in certified) > soon

    def test_nobody_came_on_the_closed_certification_lately(self, halden: Written) -> None:
        lately = (TODAY - timedelta(800)).isoformat()
        rows = [row for row in halden.rows["enrollments"] if row["Certification ID"] == "FIRE-WARDEN-2019"]
        assert rows
        assert max(row["Assigned Date"] for row in rows) < lately


class TestCertifications:
    def test_are_those_of_the_specification(self, halden: Written) -> None:
        ids = {row["Certification ID"] for row in halden.rows["certifications"]}
        assert ids >= {
            "FORKLIFT-3Y", "HIPAA-PRIV", "ISO/IEC 27001", "FOOD-HYG-2", "FIRST-AID-3Y", "ADR", "HV-SWITCH", "LOTO",
            "CONFINED", "GDP-PHARMA", "ANTI-BRIB", "PCI-AWARE",
        }  # fmt: skip
        inactive = [row["Certification ID"] for row in halden.rows["certifications"] if row["Active"] == "no"]
        assert inactive == ["FIRE-WARDEN-2019"]

    def test_two_have_one_title(self, halden: Written) -> None:
        titles = Counter(row["Title"] for row in halden.rows["certifications"])
        assert [title for title, number in titles.items() if number == 2] == ["Manual Handling"]
        assert max(titles.values()) == 2
