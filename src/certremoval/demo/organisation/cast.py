"""The named people of the demonstration: who they are and where they sit. Data only.

What the administrators among them may do is in ``administrators``; what happens to the others in ``story``.
"""

from __future__ import annotations

from dataclasses import dataclass

from certremoval.demo.organisation.units import SOUTH_DOCKS, WAREHOUSE_NORTH, WAREHOUSE_SOUTH


@dataclass(frozen=True, slots=True)
class Member:
    """One named person. ``key`` is how other modules call them, ``manager`` a key of an earlier member (or empty).

    ``mail`` is the part before ``@halden.example``. The certifications are those of an ordinary person of the division
    unless ``certifications`` is given.
    """

    key: str
    user_id: str
    first_name: str
    last_name: str
    mail: str
    division: str
    position: str
    location: str
    manager: str
    groups: tuple[str, ...] = ()
    active: bool = True
    certifications: tuple[str, ...] | None = None


LEADERSHIP = (
    Member("ceo", "000001", "Eleanor", "Halden", "eleanor.halden", "CORP", "DIRECTOR", "LDS", ""),
    Member("head-logistics", "000011", "Bart", "Ijsselstein", "bart.ijsselstein", "LOG", "DIRECTOR", "RTM", "ceo"),
    Member("head-food", "000012", "Rosalind", "Peake", "rosalind.peake", "FOOD", "DIRECTOR", "LDS", "ceo"),
    Member("head-care", "000013", "Marcus", "Delacroix", "marcus.delacroix", "CARE", "DIRECTOR", "CMH", "ceo"),
    Member("head-retail", "000014", "Vasudha", "Chiplunkar", "vasudha.chiplunkar", "RET", "DIRECTOR", "PNQ", "ceo"),
    Member("head-sites", "000015", "Jarek", "Wolański", "jarek.wolanski", "SITE", "DIRECTOR", "KRK", "ceo"),
    Member("head-corporate", "000016", "Fiona", "Strathmore", "fiona.strathmore", "CORP", "DIRECTOR", "SYD", "ceo"),
    Member(
        "north", "000046", "Saskia", "Terhorst", "saskia.terhorst", WAREHOUSE_NORTH, "MANAGER", "RTM", "head-logistics"
    ),
    Member(
        "south",
        "000047",
        "Huub",
        "Wijngaard",
        "huub.wijngaard",
        WAREHOUSE_SOUTH,
        "MANAGER",
        "RTM",
        "head-logistics",
        certifications=("ANTI-BRIB",),
    ),
)

ADMINISTRATORS = (
    Member("system", "000007", "Ingrid", "Solheim", "ingrid.solheim", "CORP-IT", "ENGINEER", "LDS", "head-corporate"),
    Member(
        "admin-a",
        "000214",
        "Adaeze",
        "Achebe",
        "adaeze.achebe",
        "LOG-FLT",
        "TRAIN-ADM",
        "CMH",
        "head-logistics",
        ("NIGHT",),
    ),
    Member("own-units", "000318", "Owen", "Hartley", "owen.hartley", "FOOD", "TRAIN-ADM", "LDS", "head-food"),
    Member(
        "own-location", "000533", "Beatriz", "Fontes", "beatriz.fontes", "FOOD-COLD", "TRAIN-ADM", "CMH", "head-food"
    ),
    Member(
        "custom-units",
        "K-20417",
        "Katarzyna",
        "Zaremba",
        "katarzyna.zaremba",
        "CARE-PHA",
        "TRAIN-ADM",
        "KRK",
        "head-care",
        ("NIGHT",),
    ),
    Member("units", "000655", "Priya", "Deshmukh", "priya.deshmukh", "RET-ECOM", "TRAIN-ADM", "PNQ", "head-retail"),
    Member(
        "groups",
        "000702",
        "Noah",
        "Anastasiou",
        "noah.anastasiou",
        "CARE-CLI",
        "TRAIN-ADM",
        "SYD",
        "head-care",
        ("NIGHT",),
    ),
    Member(
        "approver", "000031", "Graham", "Whitlock", "graham.whitlock", "CORP-PPL", "MANAGER", "LDS", "head-corporate"
    ),
    Member("auditor", "000488", "Sunita", "Barve", "sunita.barve", "CORP-FIN", "AUDITOR", "PNQ", "head-corporate"),
    Member(
        "owner", "001102", "Pieter", "Oosterhuis", "pieter.oosterhuis", WAREHOUSE_NORTH, "TRAIN-ADM", "RTM", "north"
    ),
    Member(
        "learner",
        "002950",
        "Tom",
        "Barlow",
        "tom.barlow",
        "RET-STO",
        "SALES",
        "LDS",
        "head-retail",
        certifications=("PCI-AWARE", "FIRST-AID-3Y", "ANTI-BRIB"),
    ),
)

BYSTANDERS = (
    # 123 and 000123 (Ana Ruiz, in the story) are two people.
    Member("plain-123", "123", "Gareth", "Penhaligon", "gareth.penhaligon", "CARE-HOME", "CARER", "LDS", "head-care"),
    # The other Anna Kowalska is in the story.
    Member("anna-pharmacy", "K-30562", "Anna", "Kowalska", "anna.kowalska2", "CARE-PHA", "PHARM", "KRK", "head-care"),
    Member("single-name", "004402", "", "Govindamma", "govindamma", "FOOD-BAK", "LINE-OP", "PNQ", "head-food"),
)

# People of Warehouse South who are in HR's file and whose names are chosen; the others are made from the name pools.
STORY_ADMINISTRATOR = Member(
    "unconstrained",
    "004217",
    "Marieke",
    "van Leeuwen",
    "marieke.vanleeuwen",
    WAREHOUSE_SOUTH,
    "TRAIN-ADM",
    "RTM",
    "south",
)
STORY_PEOPLE = (
    STORY_ADMINISTRATOR,
    Member("ana-ruiz", "000123", "Ana", "Ruiz", "ana.ruiz", SOUTH_DOCKS, "DOCKER", "RTM", "south"),
    Member("anna-docks", "K-31877", "Anna", "Kowalska", "anna.kowalska", SOUTH_DOCKS, "FORK-OP", "RTM", "south"),
    Member("oneill", "70316200459118347", "Seán", "O'Neill", "sean.oneill", SOUTH_DOCKS, "DOCKER", "RTM", "south"),
    Member("sahin", "003386", "Elif", "Şahin", "elif.sahin", WAREHOUSE_SOUTH, "FORK-OP", "RTM", "south"),
    Member("nguyen", "002719", "Thị Hoa", "Nguyễn", "thihoa.nguyen", WAREHOUSE_SOUTH, "WH-ASSOC", "RTM", "south"),
    Member("wang", "70188300721940556", "小明", "王", "xiaoming.wang", WAREHOUSE_SOUTH, "FORK-OP", "RTM", "south"),
)
# In HR's file, but not on the certification.
JON_BELL = Member("jon-bell", "K-48213", "Jon", "Bell", "jon.bell", SOUTH_DOCKS, "DOCKER", "RTM", "south")

MEMBERS = (*LEADERSHIP, *ADMINISTRATORS, *BYSTANDERS, *STORY_PEOPLE, JON_BELL)
USER_IDS = {member.key: member.user_id for member in MEMBERS}
