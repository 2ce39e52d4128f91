"""How values are shown: times in the viewer's zone, numbers with separators, shares as percent."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from django import template
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.html import format_html
from django.utils.timesince import timesince
from django.utils.translation import gettext as _

from certremoval.removals import words

register = template.Library()


@register.simple_tag
def moment(value: datetime | None, hint: bool = False) -> str:
    """Show a time with its zone; with ``hint`` also how long ago that is. Nothing for None."""
    if value is None:
        return ""
    shown = f"{date_format(timezone.localtime(value), 'j M Y, H:i')} {timezone.localtime(value).tzname()}"
    machine = value.astimezone(UTC).isoformat(timespec="seconds").replace("+00:00", "Z")
    if not hint:
        return format_html('<time datetime="{}">{}</time>', machine, shown)
    return format_html(
        '<time datetime="{}">{}</time> <span class="text-body-secondary small">({})</span>', machine, shown, ago(value)
    )


def ago(value: datetime) -> str:
    """Return how long ago a time is, or how long it is until then, in one unit."""
    now = timezone.now()
    if abs((now - value).total_seconds()) < 60:
        return _("just now")
    if value > now:
        return _("in %(time)s") % {"time": timesince(now, value, depth=1)}
    return _("%(time)s ago") % {"time": timesince(value, now, depth=1)}


@register.filter
def number(value: Any) -> str:
    """Show a number with separators."""
    return words.number(int(value))


@register.filter
def share(part: int, whole: int) -> int:
    """Return a part as whole percent, 0 of nothing; 1 to 99 where it is neither nothing nor all."""
    if not whole or not part:
        return 0
    return 100 if part == whole else min(99, max(1, round(100 * part / whole)))


@register.simple_tag(takes_context=True)
def address_with(context: template.RequestContext, **changes: Any) -> str:
    """Return this page's query with some keys set (None or empty takes one out): ``?search=docks&page=2``."""
    query = context["request"].GET.copy()
    for key, value in changes.items():
        if value in (None, ""):
            query.pop(key, None)
        else:
            query[key] = str(value)
    return f"?{query.urlencode()}"
