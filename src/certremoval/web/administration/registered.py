"""What the administration shows. Imported by the pages' addresses alone, so that workers load none of it."""

from __future__ import annotations

from certremoval.access.models import Grant, Role
from certremoval.organization.models import Group, OrganizationalUnit, OUType, User
from certremoval.web.administration import groups, people, roles, units
from certremoval.web.administration.site import administration

__all__ = ["administration"]

administration.register(User, people.UserAdmin)
administration.register(OUType, units.TypeAdmin)
administration.register(OrganizationalUnit, units.UnitAdmin)
administration.register(Group, groups.GroupAdmin)
administration.register(Role, roles.RoleAdmin)
administration.register(Grant, roles.GrantAdmin)
