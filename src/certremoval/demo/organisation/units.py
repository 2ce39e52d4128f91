"""The organizational units of the Halden Group, its groups, and who works where. Data only."""

from __future__ import annotations

from dataclasses import dataclass

from certremoval.demo.organisation import names

DIVISION = "Division"
POSITION = "Position"
LOCATION = "Location"
COST_CENTER = "Cost Center"
GRADE = "Grade"
LEGAL_ENTITY = "Legal Entity"
COLLECTIVE_AGREEMENT = "Collective Agreement"

STANDARD_TYPES = (DIVISION, POSITION, LOCATION, COST_CENTER, GRADE)
CUSTOM_TYPES = (LEGAL_ENTITY, COLLECTIVE_AGREEMENT)
UNIT_TYPES = (*STANDARD_TYPES, *CUSTOM_TYPES)


@dataclass(frozen=True, slots=True)
class Unit:
    """One organizational unit; ``parent_id`` is empty at the top, and of the same type."""

    unit_type: str
    unit_id: str
    name: str
    parent_id: str = ""
    active: bool = True


@dataclass(frozen=True, slots=True)
class Site:
    """A location with its time zone (IANA), legal entity, agreement, names and mail domain.

    ``share`` is the part of all people who work there.
    """

    unit_id: str
    name: str
    time_zone: str
    legal_entity: str
    agreement: str
    mail_domain: str
    share: float
    pool: names.NamePool


@dataclass(frozen=True, slots=True)
class Workplace:
    """A division with people in it: part of all people, its positions (one taken at random), its cost center.

    ``sites`` limits it to some locations (all, if empty); ``night`` is the part of its people on the night shift.
    """

    division: str
    share: float
    cost_center: str
    positions: tuple[str, ...]
    night: float = 0.0
    sites: tuple[str, ...] = ()


WAREHOUSE_NORTH = "LOG-WN"
WAREHOUSE_SOUTH = "LOG-WS"
SOUTH_DOCKS = "LOG-WS-DOCKS"
CLOSED_DIVISION = "RET-CAT"

DIVISIONS = (
    Unit(DIVISION, "LOG", "Logistics"),
    Unit(DIVISION, WAREHOUSE_NORTH, "Warehouse North", "LOG"),
    Unit(DIVISION, WAREHOUSE_SOUTH, "Warehouse South", "LOG"),
    Unit(DIVISION, SOUTH_DOCKS, "Docks", WAREHOUSE_SOUTH),
    Unit(DIVISION, "LOG-FLT", "Fleet", "LOG"),
    Unit(DIVISION, "FOOD", "Food Production"),
    Unit(DIVISION, "FOOD-BAK", "Bakery", "FOOD"),
    Unit(DIVISION, "FOOD-COLD", "Cold Chain", "FOOD"),
    Unit(DIVISION, "FOOD-QA", "Quality", "FOOD"),
    Unit(DIVISION, "CARE", "Care Services"),
    Unit(DIVISION, "CARE-CLI", "Clinics", "CARE"),
    Unit(DIVISION, "CARE-HOME", "Home Care", "CARE"),
    Unit(DIVISION, "CARE-PHA", "Pharmacy", "CARE"),
    Unit(DIVISION, "RET", "Retail"),
    Unit(DIVISION, "RET-STO", "Stores", "RET"),
    Unit(DIVISION, "RET-ECOM", "E-commerce", "RET"),
    Unit(DIVISION, CLOSED_DIVISION, "Catalogue Sales", "RET-ECOM", active=False),
    Unit(DIVISION, "SITE", "Sites & Energy"),
    Unit(DIVISION, "CORP", "Corporate"),
    Unit(DIVISION, "CORP-IT", "IT & Security", "CORP"),
    Unit(DIVISION, "CORP-PPL", "People", "CORP"),
    Unit(DIVISION, "CORP-FIN", "Finance", "CORP"),
)

SITES = (
    Site("CMH", "Columbus", "America/New_York", "HUS", "US-IND", "columbus.halden.example", 0.27, names.COLUMBUS),
    Site("LDS", "Leeds", "Europe/London", "HUK", "UK-JNC", "leeds.halden.example", 0.21, names.LEEDS),
    Site("RTM", "Rotterdam", "Europe/Amsterdam", "HNL", "NL-CAO", "rotterdam.halden.example", 0.13, names.ROTTERDAM),
    Site("KRK", "Krakow", "Europe/Warsaw", "HPL", "PL-UZP", "krakow.halden.example", 0.15, names.KRAKOW),
    Site("PNQ", "Pune", "Asia/Kolkata", "HIN", "IN-SET", "pune.halden.example", 0.16, names.PUNE),
    Site("SYD", "Sydney", "Australia/Sydney", "HAU", "AU-EA", "sydney.halden.example", 0.08, names.SYDNEY),
)

LEGAL_ENTITIES = (
    Unit(LEGAL_ENTITY, "HG", "Halden Group Holding"),
    Unit(LEGAL_ENTITY, "HUS", "Halden Americas Inc.", "HG"),
    Unit(LEGAL_ENTITY, "HUK", "Halden UK Ltd", "HG"),
    Unit(LEGAL_ENTITY, "HNL", "Halden Nederland B.V.", "HG"),
    Unit(LEGAL_ENTITY, "HPL", "Halden Polska Sp. z o.o.", "HG"),
    Unit(LEGAL_ENTITY, "HIN", "Halden India Pvt. Ltd.", "HG"),
    Unit(LEGAL_ENTITY, "HAU", "Halden Australia Pty Ltd", "HG"),
)

AGREEMENTS = (
    Unit(COLLECTIVE_AGREEMENT, "US-IND", "Midwest Industrial Agreement"),
    Unit(COLLECTIVE_AGREEMENT, "UK-JNC", "Joint Council Agreement"),
    Unit(COLLECTIVE_AGREEMENT, "NL-CAO", "CAO Halden Nederland"),
    Unit(COLLECTIVE_AGREEMENT, "PL-UZP", "Zakładowy układ zbiorowy"),
    Unit(COLLECTIVE_AGREEMENT, "IN-SET", "Pune Works Settlement"),
    Unit(COLLECTIVE_AGREEMENT, "AU-EA", "Enterprise Agreement"),
)

GRADES = tuple(Unit(GRADE, f"{number:02}", f"Grade {number}") for number in range(1, 10))

# Position: id, name, family (its parent), grade. Families are units too and hold nobody themselves.
_POSITIONS = (
    ("FORK-OP", "Forklift Operator", "OPS", "03"),
    ("WH-ASSOC", "Warehouse Associate", "OPS", "02"),
    ("DOCKER", "Dock Worker", "OPS", "02"),
    ("DRIVER", "Driver", "OPS", "03"),
    ("BAKER", "Baker", "OPS", "03"),
    ("LINE-OP", "Line Operator", "OPS", "02"),
    ("COLD-OP", "Cold Store Operator", "OPS", "03"),
    ("TECH", "Maintenance Technician", "OPS", "04"),
    ("ELEC", "Electrical Fitter", "OPS", "05"),
    ("LAB", "Laboratory Technician", "OPS", "04"),
    ("NURSE", "Nurse", "CLIN", "05"),
    ("CARER", "Carer", "CLIN", "03"),
    ("DOCTOR", "Physician", "CLIN", "08"),
    ("PHARM", "Pharmacist", "CLIN", "06"),
    ("PHARM-ASST", "Pharmacy Assistant", "CLIN", "03"),
    ("SALES", "Sales Assistant", "SHOP", "02"),
    ("CASHIER", "Cashier", "SHOP", "01"),
    ("AGENT", "Customer Service Agent", "SHOP", "03"),
    ("ENGINEER", "Engineer", "OFFICE", "06"),
    ("ANALYST", "Analyst", "OFFICE", "05"),
    ("CLERK", "Clerk", "OFFICE", "03"),
    ("TRAIN-ADM", "Training Administrator", "OFFICE", "05"),
    ("AUDITOR", "Compliance Auditor", "OFFICE", "06"),
    ("TEAM-LEAD", "Team Leader", "LEAD", "05"),
    ("MANAGER", "Manager", "LEAD", "07"),
    ("DIRECTOR", "Director", "LEAD", "09"),
)
GRADE_OF_POSITION = {position_id: grade for position_id, _, _, grade in _POSITIONS}
# People of these families are under the collective agreement of their location; office and management are not.
_UNDER_AGREEMENT = frozenset({"OPS", "CLIN", "SHOP"})
POSITIONS_UNDER_AGREEMENT = frozenset(entry[0] for entry in _POSITIONS if entry[2] in _UNDER_AGREEMENT)

POSITIONS = (
    Unit(POSITION, "OPS", "Operations"),
    Unit(POSITION, "CLIN", "Clinical"),
    Unit(POSITION, "SHOP", "Sales and Service"),
    Unit(POSITION, "OFFICE", "Office"),
    Unit(POSITION, "LEAD", "Leadership"),
    *(Unit(POSITION, position_id, name, family) for position_id, name, family, _ in _POSITIONS),
)

COST_CENTERS = (
    Unit(COST_CENTER, "0100", "Corporate"),
    Unit(COST_CENTER, "0110", "IT & Security", "0100"),
    Unit(COST_CENTER, "0120", "People", "0100"),
    Unit(COST_CENTER, "0130", "Finance", "0100"),
    Unit(COST_CENTER, "0400", "Logistics"),
    Unit(COST_CENTER, "0405", "Warehouse North", "0400"),
    Unit(COST_CENTER, "0410", "Warehouse South", "0400"),
    Unit(COST_CENTER, "0420", "Fleet", "0400"),
    Unit(COST_CENTER, "0500", "Food Production"),
    Unit(COST_CENTER, "0510", "Bakery", "0500"),
    Unit(COST_CENTER, "0520", "Cold Chain", "0500"),
    Unit(COST_CENTER, "0530", "Quality", "0500"),
    Unit(COST_CENTER, "0600", "Care Services"),
    Unit(COST_CENTER, "0610", "Clinics", "0600"),
    Unit(COST_CENTER, "0620", "Home Care", "0600"),
    Unit(COST_CENTER, "0630", "Pharmacy", "0600"),
    Unit(COST_CENTER, "0700", "Retail"),
    Unit(COST_CENTER, "0710", "Stores", "0700"),
    Unit(COST_CENTER, "0720", "E-commerce", "0700"),
    Unit(COST_CENTER, "0800", "Sites & Energy"),
)

# Warehouse South is missing on purpose: only the people of the story work there, so that it stays the same at any size.
WORKPLACES = (
    Workplace(
        WAREHOUSE_NORTH,
        0.16,
        "0405",
        ("FORK-OP", "FORK-OP", "WH-ASSOC", "WH-ASSOC", "DOCKER", "CLERK"),
        0.2,
        ("LDS", "RTM", "CMH", "PNQ"),
    ),
    Workplace("LOG-FLT", 0.10, "0420", ("DRIVER", "DRIVER", "DRIVER", "TECH", "CLERK"), 0.15),
    Workplace("FOOD-BAK", 0.11, "0510", ("BAKER", "LINE-OP", "LINE-OP", "TECH"), 0.35),
    Workplace("FOOD-COLD", 0.06, "0520", ("COLD-OP", "COLD-OP", "LINE-OP", "TECH"), 0.2),
    Workplace("FOOD-QA", 0.03, "0530", ("LAB", "ANALYST")),
    Workplace("CARE-CLI", 0.09, "0610", ("NURSE", "NURSE", "NURSE", "DOCTOR", "CLERK"), 0.25),
    Workplace("CARE-HOME", 0.06, "0620", ("CARER", "CARER", "NURSE")),
    Workplace("CARE-PHA", 0.03, "0630", ("PHARM", "PHARM-ASST", "PHARM-ASST")),
    Workplace("RET-STO", 0.14, "0710", ("SALES", "SALES", "CASHIER", "CASHIER")),
    Workplace("RET-ECOM", 0.035, "0720", ("AGENT", "AGENT", "ANALYST", "ENGINEER")),
    Workplace(CLOSED_DIVISION, 0.005, "0720", ("AGENT", "CLERK")),
    Workplace("SITE", 0.08, "0800", ("TECH", "ELEC", "ELEC", "ENGINEER"), 0.1),
    Workplace("CORP-IT", 0.035, "0110", ("ENGINEER", "ANALYST")),
    Workplace("CORP-PPL", 0.03, "0120", ("ANALYST", "CLERK")),
    Workplace("CORP-FIN", 0.035, "0130", ("ANALYST", "ANALYST", "CLERK")),
)

# Cost centers of divisions where only named people sit.
COST_CENTER_OF_DIVISION = {
    "LOG": "0400",
    WAREHOUSE_SOUTH: "0410",
    SOUTH_DOCKS: "0410",
    "FOOD": "0500",
    "CARE": "0600",
    "RET": "0700",
    "CORP": "0100",
    **{workplace.division: workplace.cost_center for workplace in WORKPLACES},
}

UNITS = (
    *DIVISIONS,
    *POSITIONS,
    *(Unit(LOCATION, site.unit_id, site.name) for site in SITES),
    *COST_CENTERS,
    *GRADES,
    *LEGAL_ENTITIES,
    *AGREEMENTS,
)

NIGHT_SHIFT = "NIGHT"
CONTRACTORS_Q3 = "CONTR-Q3"
GROUP_NAMES = {NIGHT_SHIFT: "Night shift", CONTRACTORS_Q3: "Contractors Q3"}
