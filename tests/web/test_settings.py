"""The pages of the settings: a form that is saved whole or not at all, limits of one certification, reasons, record."""

from __future__ import annotations

import re

import pytest
from django.core.files.uploadhandler import SkipFile
from django.test import Client
from django.urls import reverse
from pytest_django import DjangoAssertNumQueries

from certremoval.access.models import Permission
from certremoval.certifications.models import Certification
from certremoval.organization.models import User
from certremoval.policy.models import PolicyChange
from certremoval.policy.reasons import add_reason, offered_reasons
from certremoval.policy.settings import DEFAULTS, KINDS, all_policies, change_setting, current_policy
from certremoval.web.settings.fields import GROUPS
from certremoval.web.uploads import RefuseTooLarge
from tests.web.conftest import SignedIn, holder
from tests.web.pages import cells, read, words

pytestmark = pytest.mark.django_db


@pytest.fixture
def root(db: None) -> User:
    return User.objects.create_superuser("ROOT", first_name="Rosa", last_name="Oort")


@pytest.fixture
def window(root: User, signed_in: SignedIn) -> Client:
    return signed_in(root)


@pytest.fixture
def forklift(db: None) -> Certification:
    return Certification.objects.create(certification_id="FORKLIFT-3Y", title="Forklift Operator Safety")


def form_of(page: str) -> dict[str, str]:
    """Return what a browser would send of the page's form of settings, as it is."""
    form = {}
    for tag in re.findall(r"<input[^>]*>", page):
        name, value, kind = (re.search(rf'\b{key}="([^"]*)"', tag) for key in ("name", "value", "type"))
        if name is None or name[1] == "csrfmiddlewaretoken":
            continue
        if kind is not None and kind[1] in ("radio", "checkbox") and " checked" not in tag:
            continue
        form[name[1]] = value[1] if value else ""
    return form


def mistake_of(page: str, name: str) -> str:
    found = re.search(rf'id="{name}-mistake">(.*?)</div>', page, re.DOTALL)
    return words(found[1]) if found else ""


class TestSettingsForEverybody:
    address = "/settings/"

    def test_every_setting_stands_under_a_heading_with_its_meaning_and_default(self, window: Client) -> None:
        page = words(read(window, self.address))

        assert sorted(name for group in GROUPS for name in group.names) == sorted(KINDS)
        for group in GROUPS:
            assert str(group.heading) in page
        for kind in KINDS.values():
            assert f"{kind.words} " in page
            assert str(kind.meaning) in page
        assert "Default: 500." in page
        assert "Empty, as by default: no limit." in page
        assert "Empty: for good. Default: 730." in page

    def test_what_is_sent_as_it_was_shown_changes_nothing(self, window: Client) -> None:
        answer = window.post(self.address, form_of(read(window, self.address)), follow=True)

        assert "Nothing was changed" in words(answer.content.decode())
        assert not PolicyChange.objects.exists()

    def test_a_changed_form_is_saved_and_says_what_was_changed(self, window: Client) -> None:
        form = form_of(read(window, self.address))
        form |= {"most_untyped": "1,500", "most_unapproved": "2 000", "details_kept_days": "", "reason_required": "yes"}

        answer = window.post(self.address, form)

        assert (answer.status_code, answer.headers["Location"]) == (302, self.address)
        policy = current_policy()
        assert (policy.most_untyped, policy.most_unapproved) == (1_500, 2_000)
        assert (policy.details_kept_days, policy.reason_required) == (None, True)
        page = read(window, self.address)
        assert "Changed: Typed number: people; Approval: people; A reason is required" in words(page)
        shown = form_of(page)
        assert (shown["most_untyped"], shown["details_kept_days"], shown["reason_required"]) == ("1,500", "", "yes")

    def test_a_box_unticked_is_no(self, window: Client, root: User) -> None:
        change_setting(root, "reason_required", True)
        form = form_of(read(window, self.address))
        del form["reason_required"]

        window.post(self.address, form)

        assert current_policy().reason_required is False

    def test_all_mistakes_stand_beside_their_fields_and_nothing_typed_is_lost(self, window: Client) -> None:
        form = form_of(read(window, self.address))
        form |= {"most_untyped": "lots <b>", "share_untyped": "101", "least_on_it": "", "max_rows": "70"}

        answer = window.post(self.address, form)

        page = answer.content.decode()
        assert answer.status_code == 422
        assert "whole number from 0 to 1,000,000,000" in mistake_of(page, "most_untyped")
        assert "whole number from 0 to 100" in mistake_of(page, "share_untyped")
        assert "a number is needed" in mistake_of(page, "least_on_it")
        assert mistake_of(page, "max_rows") == ""
        again = form_of(page)
        assert again["most_untyped"] == "lots &lt;b&gt;"
        assert (again["share_untyped"], again["max_rows"]) == ("101", "70")
        assert current_policy() == DEFAULTS

    def test_what_somebody_else_changed_is_told_and_what_was_typed_is_kept(self, window: Client) -> None:
        other = User.objects.create_superuser("S-2", first_name="Bea", last_name="Root")
        form = form_of(read(window, self.address))
        change_setting(other, "most_untyped", 50)
        change_setting(other, "changes_least", 3)

        answer = window.post(self.address, form | {"most_untyped": "70", "share_untyped": "5"})

        page = answer.content.decode()
        assert answer.status_code == 409
        assert mistake_of(page, "most_untyped") == "Bea Root has changed this meanwhile: 50."
        assert mistake_of(page, "changes_least") == "Bea Root has changed this meanwhile: 3."
        again = form_of(page)
        # What was typed stays; what was not touched is shown as it is now, and is not set back unseen.
        assert (again["most_untyped"], again["share_untyped"], again["changes_least"]) == ("70", "5", "3")
        assert current_policy().most_untyped == 50

        assert window.post(self.address, again).status_code == 302
        policy = current_policy()
        assert (policy.most_untyped, policy.share_untyped, policy.changes_least) == (70, 5, 3)

    def test_a_mistake_elsewhere_does_not_hide_what_somebody_else_changed(self, window: Client, root: User) -> None:
        form = form_of(read(window, self.address))
        change_setting(root, "most_untyped", 50)

        again = form_of(window.post(self.address, form | {"most_untyped": "70", "max_rows": "x"}).content.decode())

        assert window.post(self.address, again | {"max_rows": "9"}).status_code == 409
        assert current_policy().most_untyped == 50

    def test_a_form_without_a_setting_leaves_it(self, window: Client) -> None:
        window.post(self.address, {"most_untyped": "7"})
        policy = current_policy()
        assert (policy.most_untyped, policy.share_untyped) == (7, 20)

    def test_approval_takes_two_who_may_give_it(self, window: Client) -> None:
        rule = "Approval takes effect once two people hold Certification Removal - Approve"
        assert rule in words(read(window, self.address))
        assert "Fewer hold it now, superusers included: nothing waits for approval yet." in words(
            read(window, self.address)
        )
        holder("gone", Permission.REMOVAL_APPROVE)
        User.objects.filter(user_id="gone").update(is_active=False)
        assert "Fewer hold it now" in words(read(window, self.address))
        holder("app", Permission.REMOVAL_APPROVE)
        assert "Two or more hold it now, superusers included." in words(read(window, self.address))

    def test_whoever_asks_for_approval_that_nobody_could_give_is_told(self, window: Client) -> None:
        answer = window.post(self.address, {"most_unapproved": "100"}, follow=True)
        assert "Fewer hold it now" in words(answer.content.decode().split('role="status"')[2])
        assert current_policy().most_unapproved == 100

    def test_the_installations_limits_stand_beside_those_of_files(self, window: Client) -> None:
        installation = "This installation takes files of at most 100 MB (100,000,000 bytes) and 5,000,000 lines."
        assert installation in words(read(window, self.address))

    def test_it_costs_the_same_however_many_certifications_have_their_own(
        self, window: Client, root: User, django_assert_num_queries: DjangoAssertNumQueries
    ) -> None:
        for count in (3, 30):
            for number in range(count):
                one, _ = Certification.objects.get_or_create(certification_id=f"C-{number}", title=f"T {number}")
                change_setting(root, "most_untyped", number, certification=(one.pk, one.certification_id))
            with django_assert_num_queries(10):  # one of them for the bell
                read(window, self.address)


class TestLimitsOfOneCertification:
    @pytest.fixture
    def address(self, forklift: Certification) -> str:
        return reverse("settings-certification", args=[forklift.pk])

    def test_its_page_leads_there_for_superusers_alone(
        self, window: Client, address: str, forklift: Certification, signed_in: SignedIn
    ) -> None:
        link = f'<a href="{address}">Limits of this certification</a>'
        assert link in read(window, reverse("certification", args=[forklift.pk]))
        viewer = signed_in(holder("viewer", Permission.CERTIFICATION_MANAGE))
        assert link not in read(viewer, reverse("certification", args=[forklift.pk]))

    def test_at_first_it_has_what_holds_for_all(self, window: Client, root: User, address: str) -> None:
        change_setting(root, "most_untyped", 300)
        page = read(window, address)

        assert "As for all certifications: 300" in words(page)
        assert "As for all certifications: no limit" in words(page)
        form = form_of(page)
        assert {value for name, value in form.items() if name.startswith("choice-")} == {"all"}
        assert window.post(address, form).status_code == 302
        assert not PolicyChange.objects.exclude(name="most_untyped").exists()

    def test_it_gets_numbers_of_its_own_and_no_limit_and_gives_them_back(
        self, window: Client, address: str, forklift: Certification
    ) -> None:
        form = form_of(read(window, address))
        form |= {"choice-most_untyped": "own", "most_untyped": "5", "choice-share_unapproved": "none"}
        assert window.post(address, form).status_code == 302
        own = all_policies()[1][forklift.pk]
        assert (own.most_untyped, own.share_unapproved, own.share_untyped) == (5, None, 20)
        page = words(read(window, "/settings/"))
        assert "Forklift Operator Safety FORKLIFT-3Y Typed number: people: 5" in page
        assert "Approval: percent of a certification: no limit" in page

        form = form_of(read(window, address))
        assert (form["choice-most_untyped"], form["most_untyped"]) == ("own", "5")
        # The number of before still stands in its box: the choice counts.
        form |= {"choice-most_untyped": "all", "choice-share_unapproved": "all"}
        assert window.post(address, form).status_code == 302
        assert all_policies()[1] == {}
        assert "None. To give a certification limits of its own" in words(read(window, "/settings/"))

    def test_a_number_written_without_choosing_counts(
        self, window: Client, address: str, forklift: Certification
    ) -> None:
        window.post(address, form_of(read(window, address)) | {"most_untyped": "12"})
        assert all_policies()[1][forklift.pk].most_untyped == 12

    def test_mistakes_and_what_was_typed_stay(self, window: Client, address: str) -> None:
        form = form_of(read(window, address))
        form |= {"choice-most_untyped": "own", "choice-share_untyped": "own", "share_untyped": "x"}
        answer = window.post(address, form)
        page = answer.content.decode()
        assert answer.status_code == 422
        assert "write a whole number" in mistake_of(page, "most_untyped")
        assert "write a whole number" in mistake_of(page, "share_untyped")
        again = form_of(page)
        assert (again["choice-share_untyped"], again["share_untyped"]) == ("own", "x")
        assert all_policies()[1] == {}

    def test_what_somebody_else_set_meanwhile_is_told(
        self, window: Client, root: User, address: str, forklift: Certification
    ) -> None:
        form = form_of(read(window, address))
        change_setting(root, "most_untyped", 9, certification=(forklift.pk, "FORKLIFT-3Y"))

        answer = window.post(address, form | {"choice-most_untyped": "own", "most_untyped": "5"})

        assert answer.status_code == 409
        assert "Rosa Oort has changed this meanwhile: 9." in words(answer.content.decode())
        assert all_policies()[1][forklift.pk].most_untyped == 9

    def test_one_that_is_not_there(self, window: Client, forklift: Certification) -> None:
        assert window.get(reverse("settings-certification", args=[forklift.pk + 1])).status_code == 404


class TestRecord:
    address = "/settings/changes/"

    def test_who_when_what_from_and_to(self, window: Client, root: User, forklift: Certification) -> None:
        change_setting(root, "most_untyped", 50)
        change_setting(root, "most_unapproved", None, certification=(forklift.pk, forklift.certification_id))
        change_setting(root, "reason_required", True)
        add_reason(root, "Changed <b>roles</b>")

        rows = cells(read(window, self.address))

        assert rows[0] == ["When", "Who", "What", "From", "To"]
        assert [row[1:] for row in rows[1:]] == [
            ["Rosa Oort ROOT", "A reason, offered", "", "Changed <b>roles</b>"],
            ["Rosa Oort ROOT", "A reason is required", "No", "Yes"],
            [
                "Rosa Oort ROOT",
                "Approval: people Forklift Operator Safety FORKLIFT-3Y",
                "as for all certifications",
                "no limit",
            ],
            ["Rosa Oort ROOT", "Typed number: people", "500", "50"],
        ]

    def test_it_is_paged(self, window: Client, root: User) -> None:
        for number in range(60):
            change_setting(root, "most_untyped", number)

        page = read(window, self.address)
        assert len(cells(page)) == 51
        later = re.search(r'rel="next" href="([^"]*)"', page)
        assert later is not None
        rows = cells(read(window, self.address + later[1]))
        assert [row[4] for row in rows[1:]] == [str(number) for number in range(9, -1, -1)]

    def test_nothing_yet(self, window: Client) -> None:
        assert "Nothing was changed yet" in words(read(window, self.address))
        assert window.get(self.address + "?before=x").status_code == 200
        assert "No earlier changes" in words(read(window, self.address + "?before=1"))


class TestReasons:
    address = "/settings/reasons/"

    def test_reasons_are_offered_moved_renamed_and_taken_off(self, window: Client, root: User) -> None:
        for text in ("Changed roles", "Left the company"):
            answer = window.post(self.address, {"do": "add", "text": text}, follow=True)
            assert f"{text} is offered from now on." in words(answer.content.decode())
        second = str(add_reason(root, "Site closed").pk)

        window.post(self.address, {"do": "up", "reason": second})
        assert offered_reasons() == ["Changed roles", "Site closed", "Left the company"]
        window.post(self.address, {"do": "down", "reason": second})
        assert offered_reasons()[2] == "Site closed"
        window.post(self.address, {"do": "rename", "reason": second, "text": "Site closes"})
        assert offered_reasons()[2] == "Site closes"
        window.post(self.address, {"do": "retire", "reason": second})
        assert offered_reasons() == ["Changed roles", "Left the company"]
        assert "Offered no more Site closes" in words(read(window, self.address))
        window.post(self.address, {"do": "offer", "reason": second})
        assert offered_reasons()[2] == "Site closes"

    def test_what_is_wrong_stands_beside_what_was_typed(self, window: Client, root: User) -> None:
        key = str(add_reason(root, "Changed roles").pk)
        add_reason(root, "Site closed")

        answer = window.post(self.address, {"do": "add", "text": "site CLOSED"})
        assert answer.status_code == 422
        assert mistake_of(answer.content.decode(), "text") == "Site closed is offered already."
        assert 'value="site CLOSED"' in answer.content.decode()

        answer = window.post(self.address, {"do": "rename", "reason": key, "text": "site CLOSED"})
        assert answer.status_code == 422
        assert mistake_of(answer.content.decode(), "rename") == "Site closed is offered already."
        assert offered_reasons() == ["Changed roles", "Site closed"]

    @pytest.mark.parametrize("key", ["0", "x", "9" * 30, ""])
    def test_one_that_is_not_there(self, window: Client, key: str) -> None:
        assert window.post(self.address, {"do": "up", "reason": key}).status_code == 404


def test_the_way_there_is_shown_to_superusers_alone(window: Client, ada: User, signed_in: SignedIn) -> None:
    link = '<a href="/settings/">Settings</a>'
    assert read(window, "/").count(link) == 2
    assert link not in read(signed_in(ada), "/")
    assert '<a class="button" href="/settings/">Settings</a>' in read(window, "/admin/")


def test_others_are_told_whom_to_ask(ada: User, signed_in: SignedIn) -> None:
    for address in ("/settings/", "/settings/changes/", "/settings/reasons/", "/settings/certifications/1/"):
        answer = signed_in(ada).get(address)
        assert answer.status_code == 403
        assert "The settings are for superusers. Ask one of them." in words(answer.content.decode())


def test_an_upload_above_the_size_that_is_set_is_kept_nowhere_and_costs_one_query(
    root: User, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    change_setting(root, "max_file_bytes", 20)
    handler = RefuseTooLarge()
    with django_assert_num_queries(1):
        handler.new_file("file", "people.csv", "text/csv", None)
        assert handler.receive_data_chunk(b"x" * 10, 0) == b"x" * 10
        assert handler.receive_data_chunk(b"x" * 10, 10) == b"x" * 10
        with pytest.raises(SkipFile):
            handler.receive_data_chunk(b"x", 20)
