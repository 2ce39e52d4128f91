"""The certifications of the Halden Group, whom they concern, and the statuses of an enrollment. Data only."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Certification:
    """One certification. ``valid_days`` is how long it holds; ``owners`` are keys of ``cast``.

    ``closed_days`` is how long ago the last person was assigned (0: still open). A closed one is held only by
    people of the first years, so that their number does not grow with the organisation.
    """

    certification_id: str
    title: str
    version: int
    valid_days: int
    owners: tuple[str, ...]
    active: bool = True
    closed_days: int = 0


YEAR = 365
FORKLIFT = "FORKLIFT-3Y"
MANUAL_HANDLING = "MAN-HAND"
MANUAL_HANDLING_UK = "MAN-HAND-UK"
FIRE_WARDEN = "FIRE-WARDEN-2019"

CERTIFICATIONS = (
    Certification(FORKLIFT, "Forklift Operator Safety", 4, 3 * YEAR, ("owner", "head-logistics")),
    Certification("HIPAA-PRIV", "Patient Privacy (HIPAA)", 7, YEAR, ("head-care",)),
    Certification("ISO/IEC 27001", "Internal Auditor", 2, 3 * YEAR, ("system",)),
    Certification("FOOD-HYG-2", "Food Hygiene Level 2", 3, 3 * YEAR, ("head-food",)),
    Certification("FIRST-AID-3Y", "First Aid at Work", 5, 3 * YEAR, ("owner",)),
    Certification("ADR", "Dangerous Goods by Road (ADR)", 6, 5 * YEAR, ("head-logistics",)),
    Certification("HV-SWITCH", "High-Voltage Switching", 2, 3 * YEAR, ("head-sites",)),
    Certification("LOTO", "Lockout / Tagout", 3, 2 * YEAR, ("head-sites",)),
    Certification("CONFINED", "Confined Space Entry", 1, 2 * YEAR, ("head-sites",)),
    Certification("GDP-PHARMA", "Good Distribution Practice, Medicines", 2, 2 * YEAR, ("head-care",)),
    Certification("ANTI-BRIB", "Anti-Bribery and Gifts", 9, YEAR, ()),
    Certification("PCI-AWARE", "Payment Card Awareness", 4, YEAR, ("head-retail",)),
    Certification(MANUAL_HANDLING, "Manual Handling", 3, 3 * YEAR, ("owner",)),
    Certification(MANUAL_HANDLING_UK, "Manual Handling", 2, 3 * YEAR, ()),
    Certification(FIRE_WARDEN, "Fire Warden (2019)", 1, 6 * YEAR, (), active=False, closed_days=800),
)

# How likely a person is on a certification, by division; the longest prefix of the division's id decides.
AUDIENCE: dict[str, dict[str, float]] = {
    "LOG": {FORKLIFT: 0.48, "ADR": 0.2, MANUAL_HANDLING: 0.55, "FIRST-AID-3Y": 0.2, "LOTO": 0.12, "ANTI-BRIB": 0.35},
    "LOG-FLT": {FORKLIFT: 0.3, "ADR": 0.55, MANUAL_HANDLING: 0.5, "FIRST-AID-3Y": 0.3, "ANTI-BRIB": 0.35},
    "FOOD": {
        "FOOD-HYG-2": 0.9,
        FORKLIFT: 0.15,
        MANUAL_HANDLING: 0.5,
        "LOTO": 0.3,
        "FIRST-AID-3Y": 0.15,
        "CONFINED": 0.1,
    },
    "CARE": {"HIPAA-PRIV": 0.85, "FIRST-AID-3Y": 0.6, MANUAL_HANDLING: 0.45, "ANTI-BRIB": 0.2},
    "CARE-PHA": {"HIPAA-PRIV": 0.8, "GDP-PHARMA": 0.95, "ANTI-BRIB": 0.4},
    "RET": {"PCI-AWARE": 0.85, "FOOD-HYG-2": 0.3, "FIRST-AID-3Y": 0.15, "ANTI-BRIB": 0.4, FORKLIFT: 0.08},
    "SITE": {
        "HV-SWITCH": 0.5,
        "LOTO": 0.65,
        "CONFINED": 0.5,
        "FIRST-AID-3Y": 0.4,
        FORKLIFT: 0.12,
        MANUAL_HANDLING: 0.3,
    },
    "CORP": {"ANTI-BRIB": 0.95, "ISO/IEC 27001": 0.1, "PCI-AWARE": 0.3, "HIPAA-PRIV": 0.15},
    "CORP-IT": {"ANTI-BRIB": 0.95, "ISO/IEC 27001": 0.6, "PCI-AWARE": 0.5, "HIPAA-PRIV": 0.3},
}
FIRE_WARDEN_SHARE = 0.05
# Only so many of the first people can still be on the closed certification.
FIRE_WARDEN_PEOPLE = 4_000

PENDING_APPROVAL = "Pending Approval"
PENDING_PREREQUISITES = "Pending Prerequisites"
DENIED = "Denied"
IN_PROGRESS = "In Progress"
PENDING_COMPLETION = "Pending Completion Approval"
CERTIFIED = "Certified"
RENEWAL_IN_PROGRESS = "Certified/Renewal In Progress"
RENEWAL_PENDING_COMPLETION = "Certified/Pending Completion Approval"
RENEWAL_PAST_DUE = "Certified/Renewal Past Due"
RENEWAL_DENIED = "Certified/Completion Approval Denied"
EXPIRED = "Expired"
EXPIRED_PENDING_COMPLETION = "Expired/Pending Completion Approval"
REVOKED = "Revoked"

# Whoever has one of these holds the certification now.
RENEWAL_STATUSES = (RENEWAL_IN_PROGRESS, RENEWAL_PENDING_COMPLETION, RENEWAL_PAST_DUE, RENEWAL_DENIED)
HOLDING_STATUSES = frozenset({CERTIFIED, *RENEWAL_STATUSES})
EXPIRED_STATUSES = frozenset({EXPIRED, EXPIRED_PENDING_COMPLETION})

# Part of all enrollments, per cent.
STATUS_SHARES = {
    CERTIFIED: 58.0,
    IN_PROGRESS: 14.0,
    EXPIRED: 9.0,
    RENEWAL_IN_PROGRESS: 6.0,
    RENEWAL_PAST_DUE: 3.0,
    REVOKED: 3.0,
    RENEWAL_PENDING_COMPLETION: 2.0,
    PENDING_APPROVAL: 1.2,
    RENEWAL_DENIED: 1.0,
    PENDING_PREREQUISITES: 1.0,
    DENIED: 0.7,
    PENDING_COMPLETION: 0.6,
    EXPIRED_PENDING_COMPLETION: 0.5,
}
