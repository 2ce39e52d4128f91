"""The list of certifications, and finding one: whoever may not see one learns nothing of it."""

from __future__ import annotations

from dataclasses import dataclass

from django.db.models import IntegerField, OuterRef, Q, QuerySet, Subquery
from django.utils.translation import gettext as _

from certremoval.access.models import Permission
from certremoval.access.rules import require
from certremoval.certifications.models import Certification, Enrollment
from certremoval.certifications.visibility import viewable_certifications
from certremoval.organization.models import User
from certremoval.problems import InvalidRequest, NotFound

PAGE_CERTIFICATIONS = 50

MOST_COUNTED = 100_000
"""People of one certification that the list counts: a page of very large ones stays quick."""


@dataclass(frozen=True, slots=True)
class ListedCertification:
    """One certification with how many are on it, inactive users too; ``people`` above MOST_COUNTED means "more"."""

    certification: Certification
    people: int

    @property
    def more(self) -> bool:
        """Whether there are more people than were counted."""
        return self.people > MOST_COUNTED


@dataclass(frozen=True, slots=True)
class CataloguePage:
    """One page of the list, by title; ``number`` counts from 1 up to ``pages``, ``total`` is of all pages."""

    certifications: tuple[ListedCertification, ...]
    number: int
    pages: int
    total: int


def list_certifications(
    actor: User, *, search: str = "", include_inactive: bool = False, page: int = 1, size: int = PAGE_CERTIFICATIONS
) -> CataloguePage:
    """Return the certifications that somebody may see whose title or Certification ID holds a text.

    Raises NotPermitted to who may see none at all, InvalidRequest for a page that there is not.
    """
    certifications = _of_the_area(actor)
    if not include_inactive:
        certifications = certifications.filter(is_active=True)
    if search:
        certifications = certifications.filter(Q(title__icontains=search) | Q(certification_id__icontains=search))
    total = certifications.count()
    pages = max(1, -(-total // size))
    if not 1 <= page <= pages:
        raise InvalidRequest(
            _("There is no page %(page)s; the last one is page %(last)s.") % {"page": page, "last": pages}
        )
    start = (page - 1) * size
    counted = certifications.annotate(people=people_counted()).order_by("title", "certification_id")
    rows = tuple(ListedCertification(one, one.people) for one in counted[start : start + size])
    return CataloguePage(rows, page, pages, total)


def find_certification(actor: User, key: int) -> Certification:
    """Return a certification that somebody may see.

    Raises NotPermitted to who may see none at all, NotFound where there is none or not for them.
    """
    certification = _of_the_area(actor).filter(pk=key).first()
    if certification is None:
        raise NotFound(_("There is no such certification, or it is not one that you may see."))
    return certification


def people_counted() -> CountAtMost:
    """Return how many are on the certification of the query around it, at most MOST_COUNTED and one more."""
    return CountAtMost(Enrollment.objects.filter(certification=OuterRef("pk")).values("pk")[: MOST_COUNTED + 1])


class CountAtMost(Subquery):
    """How many rows a sliced query gives: counting ends where the slice does."""

    template = "(SELECT COUNT(*) FROM (%(subquery)s) counted)"
    output_field = IntegerField()


def _of_the_area(actor: User) -> QuerySet[Certification]:
    """Return what the actor may see. Whoever owns none needs the permission, even where there is no certification."""
    certifications = viewable_certifications(actor)
    if not certifications.exists():
        require(actor, Permission.CERTIFICATION_VIEW)
    return certifications
