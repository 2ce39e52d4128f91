"""Finding the certification that somebody means: by its ID or its title."""

from __future__ import annotations

from django.utils.translation import gettext as _

from certremoval.certifications.models import Certification
from certremoval.certifications.visibility import viewable_certifications
from certremoval.organization.models import User
from certremoval.problems import InvalidRequest, NotFound

MOST_OFFERED = 500


def certification_of_key(actor: User, key: str) -> Certification:
    """Return the certification of a key from an address. Raises NotFound, also where the actor may not see it."""
    found = None
    if key.isascii() and key.isdecimal() and len(key) <= 18:
        found = viewable_certifications(actor).filter(pk=int(key)).first()
    if found is None:
        raise NotFound(_("There is no such certification, or none that you may see."))
    return found


def certification_meant(actor: User, text: str) -> Certification:
    """Return the certification whose ID, or else whose title, this is. Raises InvalidRequest with advice."""
    text = text.strip()
    if not text:
        raise InvalidRequest(_("Choose the certification that the people are removed from."))
    if "\0" in text or len(text) > 500:
        raise InvalidRequest(_("This is no Certification ID and no title. Choose a certification from the list."))
    seen = viewable_certifications(actor)
    found = seen.filter(certification_id=text).first()
    if found is not None:
        return found
    named = list(seen.filter(title__iexact=text)[:2]) or list(seen.filter(certification_id__iexact=text)[:2])
    if len(named) == 1:
        return named[0]
    if named:
        raise InvalidRequest(
            _("More than one certification is called %(text)s. Use the Certification ID.") % {"text": text}
        )
    near = seen.filter(title__icontains=text).order_by("title").first()
    if near is not None:
        raise InvalidRequest(
            _("%(text)s is not a certification. Did you mean %(suggestion)s?")
            % {"text": text, "suggestion": f"{near.title} ({near.certification_id})"}
        )
    raise InvalidRequest(
        _("%(text)s is not a certification. Compare it with the Certification ID on the certification's page.")
        % {"text": text}
    )


def certifications_offered(actor: User) -> list[Certification]:
    """Return certifications to choose from, by title; at most 500, any other can be typed."""
    return list(viewable_certifications(actor).order_by("title", "pk")[:MOST_OFFERED])
