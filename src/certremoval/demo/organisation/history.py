"""The removal jobs of the last 18 months, as they are told: who asked for what, and how it ended. Data only.

Which people they took is worked out in ``past_jobs``.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from certremoval.demo.organisation.certifications import FIRE_WARDEN, FORKLIFT, MANUAL_HANDLING, MANUAL_HANDLING_UK


class Ending(StrEnum):
    """The way of a past job; the states that it ends in are in brackets."""

    PROCESSED = "processed"  # (processed)
    FAILED_THEN_PROCESSED = "failed_then_processed"  # stopped on the way, was resumed (processed)
    FAILED = "failed"  # stopped on the way, nobody resumed it (failed)
    CANCELLED_PARTWAY = "cancelled_partway"  # (cancelled), with people removed before
    CANCELLED_BEFORE_START = "cancelled_before_start"  # (cancelled) while queued
    DECLINED = "declined"  # (cancelled) by an approver
    AWAITING_APPROVAL = "awaiting_approval"
    QUEUED = "queued"  # with a time to come


@dataclass(frozen=True, slots=True)
class Undoing:
    """An undo of a job ``days_later``, of the first ``part`` of the people it removed. ``by`` is a key of ``cast``."""

    by: str
    days_later: int
    reason: str
    part: float = 1.0


@dataclass(frozen=True, slots=True)
class Request:
    """One past job. ``by`` and ``decided_by`` are keys of ``cast``; ``size`` is people in an organisation of 5,000.

    People are taken from a division (and what is below it) or a location, where given. ``again`` takes the first
    ``again_part`` of the people of an earlier job instead. ``troubles`` are outcome codes of lines that were in the
    file too. ``stops_at`` is the part of the removals done before it stopped. ``everyone`` takes all who are
    on the certification and in no other job.
    """

    key: str
    days_ago: int
    hour: int
    by: str
    title: str
    certifications: tuple[str, ...]
    size: int
    reason: str
    comment: str = ""
    division: str = ""
    location: str = ""
    ending: Ending = Ending.PROCESSED
    troubles: tuple[str, ...] = ()
    stops_at: float = 0.0
    error: str = ""
    decided_by: str = ""
    decision_reason: str = ""
    again: str = ""
    again_part: float = 1.0
    everyone: bool = False
    in_days: int = 0
    undone: Undoing | None = None


# Two of the people in this one are in the story: its file finds them "already removed".
LAST_WEEK = "last-week"

_TOO_LONG = "Dangerous goods: drivers of the old tanker fleet, all depots, per the agreement signed in the spring"
_CRASHES = "The worker stopped 5 times at the same place."
_DATABASE = "The database could not be reached for 10 minutes."

REQUESTS: tuple[Request, ...] = (
    Request(
        key="fire-warden-food",
        days_ago=540,
        hour=9,
        by="own-units",
        title="Fire wardens of 2019, Food Production",
        certifications=(FIRE_WARDEN,),
        size=25,
        reason="Certification replaced",
        comment="The scheme of 2019 has ended; the new one is assigned separately.",
        division="FOOD",
    ),
    Request(
        key="fleet-leavers",
        days_ago=523,
        hour=14,
        by="unconstrained",
        title="Forklift: drivers who left Fleet",
        certifications=(FORKLIFT,),
        size=25,
        reason="Role change",
        division="LOG-FLT",
    ),
    Request(
        key="office-handling",
        days_ago=500,
        hour=11,
        by="system",
        title="Clinics: Manual Handling is part of induction now",
        certifications=(MANUAL_HANDLING,),
        size=40,
        reason="Certification replaced",
        comment="Stopped half-way when the database server was moved.",
        division="CARE-CLI",
        ending=Ending.FAILED_THEN_PROCESSED,
        stops_at=0.45,
        error=_DATABASE,
        decided_by="system",
    ),
    Request(
        key="care-first-aid",
        days_ago=478,
        hour=8,
        by="groups",
        title="First Aid: clinics run their own course",
        certifications=("FIRST-AID-3Y",),
        size=70,
        reason="Certification replaced",
        division="CARE-CLI",
    ),
    Request(
        key="loto-food",
        days_ago=455,
        hour=16,
        by="own-location",
        title="Lockout / Tagout: line operators without machines",
        certifications=("LOTO",),
        size=12,
        reason="Assigned by mistake",
        comment="List from the shift leads; some rows are old.",
        division="FOOD",
        troubles=("unknown_user", "unknown_user", "not_enrolled", "duplicate"),
    ),
    Request(
        key="stores-hygiene",
        days_ago=430,
        hour=10,
        by="units",
        title="Food Hygiene: stores no longer prepare food",
        certifications=("FOOD-HYG-2",),
        size=60,
        reason="Role change",
        division="RET-STO",
        undone=Undoing("units", 2, "The deli counters were on the list and still prepare food."),
    ),
    Request(
        key="stores-hygiene-2",
        days_ago=424,
        hour=10,
        by="units",
        title="Food Hygiene: stores no longer prepare food, without deli counters",
        certifications=("FOOD-HYG-2",),
        size=0,
        reason="Role change",
        comment="Second try, with the list corrected.",
        again="stores-hygiene",
        again_part=0.6,
    ),
    Request(
        key="hv-contractors",
        days_ago=400,
        hour=13,
        by="system",
        title="High-Voltage Switching: contracts ended",
        certifications=("HV-SWITCH",),
        size=20,
        reason="Contract ended",
        division="SITE",
    ),
    Request(
        key="script-title",
        days_ago=377,
        hour=17,
        by="admin-a",
        title="<script>alert('forklift')</script> 🚜 Logistics clean-up & more",
        certifications=(FORKLIFT,),
        size=15,
        reason="Role change",
        comment="Title pasted from the ticket <b>as it was</b>.",
        division="LOG",
    ),
    Request(
        key="long-title",
        days_ago=350,
        hour=9,
        by="unconstrained",
        title=_TOO_LONG,
        certifications=("ADR",),
        size=30,
        reason="Role change",
        division="LOG",
        troubles=("unknown_user", "blank", "not_enrolled"),
    ),
    Request(
        key="confined-cancelled",
        days_ago=330,
        hour=15,
        by="system",
        title="Confined Space Entry: second entrants",
        certifications=("CONFINED",),
        size=20,
        reason="Assigned by mistake",
        division="SITE",
        ending=Ending.CANCELLED_PARTWAY,
        stops_at=0.5,
        decided_by="system",
        decision_reason="The list was last year's.",
    ),
    Request(
        key="right-to-left",
        days_ago=318,
        hour=12,
        by="units",
        title="إزالة شهادة الإسعافات الأولية، فرع بونه",
        certifications=("FIRST-AID-3Y",),
        size=20,
        reason="Role change",
        comment="Sent by the Pune office.",
        location="PNQ",
    ),
    Request(
        key="leavers-spring",
        days_ago=300,
        hour=9,
        by="own-units",
        title="Leavers of the spring, all certifications",
        certifications=("FOOD-HYG-2", "FIRST-AID-3Y", MANUAL_HANDLING, "LOTO"),
        size=120,
        reason="Left the company",
        comment="One file for all four; HR's export.",
        division="FOOD",
        troubles=("unknown_user", "unknown_user", "unknown_user", "blank", "duplicate", "not_enrolled"),
    ),
    Request(
        key="leavers-again",
        days_ago=288,
        hour=9,
        by="own-units",
        title="Leavers of the spring, sent again by mistake",
        certifications=("FOOD-HYG-2", "FIRST-AID-3Y", MANUAL_HANDLING, "LOTO"),
        size=0,
        reason="Left the company",
        again="leavers-spring",
    ),
    Request(
        key="pharmacy-gdp",
        days_ago=270,
        hour=11,
        by="custom-units",
        title="Good Distribution Practice: assistants",
        certifications=("GDP-PHARMA",),
        size=20,
        reason="Role change",
        division="CARE-PHA",
    ),
    Request(
        key="tills",
        days_ago=255,
        hour=7,
        by="units",
        title="Payment Card Awareness: now part of the tills' own training",
        certifications=("PCI-AWARE",),
        size=120,
        reason="Certification replaced",
        division="RET",
        ending=Ending.FAILED_THEN_PROCESSED,
        stops_at=0.7,
        error=_CRASHES,
        decided_by="system",
    ),
    Request(
        key="privacy-home-care",
        days_ago=240,
        hour=10,
        by="groups",
        title="Patient Privacy: Home Care joins the regional scheme",
        certifications=("HIPAA-PRIV",),
        size=40,
        reason="Certification replaced",
        division="CARE-HOME",
        undone=Undoing("groups", 9, "These people work in two regions and need ours too.", part=0.25),
    ),
    Request(
        key="auditors",
        days_ago=215,
        hour=16,
        by="system",
        title="Internal Auditor: end of mandate",
        certifications=("ISO/IEC 27001",),
        size=12,
        reason="Mandate ended",
        division="CORP",
    ),
    Request(
        key="food-forklift-failed",
        days_ago=200,
        hour=13,
        by="own-location",
        title="Forklift: halls without forklifts",
        certifications=(FORKLIFT,),
        size=20,
        reason="Role change",
        division="FOOD",
        ending=Ending.FAILED,
        stops_at=0.4,
        error=_CRASHES,
    ),
    Request(
        key="handling-uk",
        days_ago=180,
        hour=9,
        by="own-units",
        title="Manual Handling (the British one): Leeds, Food Production",
        certifications=(MANUAL_HANDLING_UK,),
        size=15,
        reason="Certification replaced",
        division="FOOD",
    ),
    Request(
        key="handling-wrong",
        days_ago=160,
        hour=14,
        by="own-location",
        title="Manual Handling: wrong one of the two",
        certifications=(MANUAL_HANDLING,),
        size=25,
        reason="Assigned by mistake",
        division="FOOD",
        undone=Undoing("own-location", 1, "It was the British Manual Handling that should go."),
    ),
    Request(
        key="gifts-corporate",
        days_ago=140,
        hour=8,
        by="system",
        title="Anti-Bribery: moved to the code of conduct",
        certifications=("ANTI-BRIB",),
        size=60,
        reason="Certification replaced",
        division="CORP",
    ),
    Request(
        key="adr-cancelled",
        days_ago=120,
        hour=18,
        by="admin-a",
        title="Dangerous goods: three depots",
        certifications=("ADR",),
        size=12,
        reason="Role change",
        division="LOG",
        ending=Ending.CANCELLED_BEFORE_START,
        decided_by="admin-a",
        decision_reason="Wrong depots.",
        in_days=1,
    ),
    Request(
        key="sites-loto",
        days_ago=100,
        hour=10,
        by="custom-units",
        title="Lockout / Tagout: sites sold",
        certifications=("LOTO",),
        size=50,
        reason="Site closure",
        division="SITE",
        troubles=("unknown_user", "not_enrolled", "duplicate", "duplicate"),
    ),
    Request(
        key="shops-first-aid",
        days_ago=80,
        hour=9,
        by="own-units",
        title="First Aid: shops with fewer than five people",
        certifications=("FIRST-AID-3Y",),
        size=30,
        reason="Role change",
        division="RET-STO",
    ),
    Request(
        key="shops-forklift",
        days_ago=60,
        hour=15,
        by="unconstrained",
        title="Forklift: stores without a forklift",
        certifications=(FORKLIFT,),
        size=15,
        reason="Role change",
        division="RET-STO",
    ),
    Request(
        key="tills-and-gifts",
        days_ago=45,
        hour=11,
        by="units",
        title="Payment cards and gifts: summer staff",
        certifications=("PCI-AWARE", "ANTI-BRIB"),
        size=80,
        reason="Contract ended",
        division="RET",
    ),
    Request(
        key="confined-declined",
        days_ago=30,
        hour=13,
        by="own-units",
        title="Confined Space Entry: silo crew",
        certifications=("CONFINED",),
        size=8,
        reason="Role change",
        division="FOOD",
        ending=Ending.DECLINED,
        decided_by="approver",
        decision_reason="The silos are cleaned in May; the crew needs it until then.",
    ),
    Request(
        key="privacy-clinics",
        days_ago=21,
        hour=10,
        by="custom-units",
        title="Patient Privacy: back-office people",
        certifications=("HIPAA-PRIV",),
        size=60,
        reason="Role change",
        division="CARE-CLI",
    ),
    Request(
        key="hv-failed",
        days_ago=12,
        hour=9,
        by="own-location",
        title="High-Voltage Switching: fitters in training",
        certifications=("HV-SWITCH",),
        size=15,
        reason="Assigned by mistake",
        division="SITE",
        ending=Ending.FAILED,
        error=_DATABASE,
    ),
    Request(
        key=LAST_WEEK,
        days_ago=7,
        hour=16,
        by="unconstrained",
        title="Forklift: left before the closure",
        certifications=(FORKLIFT,),
        size=6,
        reason="Left the company",
        comment="Two of Warehouse South, four from elsewhere in Logistics.",
        division="LOG",
    ),
    Request(
        key="fire-warden-rest",
        days_ago=3,
        hour=10,
        by="own-units",
        title="Fire wardens of 2019, everybody else",
        certifications=(FIRE_WARDEN,),
        size=0,
        reason="Certification replaced",
        comment="Takes the certification from all who still have it.",
        ending=Ending.AWAITING_APPROVAL,
        everyone=True,
    ),
    Request(
        key="hygiene-scheduled",
        days_ago=1,
        hour=9,
        by="units",
        title="Food Hygiene: market stalls, end of season",
        certifications=("FOOD-HYG-2",),
        size=25,
        reason="Contract ended",
        comment="Runs when the season is over.",
        division="RET-STO",
        ending=Ending.QUEUED,
        in_days=9,
    ),
)
