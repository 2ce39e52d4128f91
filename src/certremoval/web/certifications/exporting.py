"""Export to CSV and to XLSX: exactly the users that the filters show, as a file that the tool takes back."""

from __future__ import annotations

from itertools import chain

from django.http import HttpResponseBase
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from certremoval.certifications.catalogue import find_certification
from certremoval.certifications.enrollments import EXPORT_COLUMNS, people_export_rows, require_sheet
from certremoval.certifications.people_on import people_on
from certremoval.problems import InvalidRequest
from certremoval.web.certifications.filters import read_people
from certremoval.web.downloads import Format, table_download
from certremoval.web.pages import SignedInRequest, signed_in_page


@require_safe
@signed_in_page
def certification_export(request: SignedInRequest, key: int, format: Format) -> HttpResponseBase:
    """Hand out everybody whom the filters of the address show, on all pages."""
    certification = find_certification(request.user, key)
    asked = read_people(request.GET, certification)
    if asked.people is None:
        raise InvalidRequest(_("The filters are not clear. Set them on the certification's page, and export there."))
    people = people_on(certification, asked.people)
    if format == "xlsx":
        require_sheet(people)
    rows = chain([EXPORT_COLUMNS], people_export_rows(people))
    return table_download(rows, name=f"{certification.certification_id} users", format=format)
