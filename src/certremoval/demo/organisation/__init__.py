"""The Halden Group, an invented organisation: its load files, its history and the story of the demonstration.

``generate`` writes the files and says what is to be done with them; nothing here knows of a database.
"""

from certremoval.demo.organisation.administrators import (
    ADMINISTRATORS,
    Administrator,
    Constraint,
    Permission,
    Role,
)
from certremoval.demo.organisation.generate import (
    DEFAULT_USERS,
    MAXIMUM_USERS,
    MINIMUM_USERS,
    SEED,
    Organisation,
    generate,
)
from certremoval.demo.organisation.history import Ending
from certremoval.demo.organisation.past_jobs import PastJob, PastLine, PastUndo
from certremoval.demo.organisation.samples import Sample
from certremoval.demo.organisation.story import Story, StoryLine

__all__ = [
    "ADMINISTRATORS",
    "DEFAULT_USERS",
    "MAXIMUM_USERS",
    "MINIMUM_USERS",
    "SEED",
    "Administrator",
    "Constraint",
    "Ending",
    "Organisation",
    "PastJob",
    "PastLine",
    "PastUndo",
    "Permission",
    "Role",
    "Sample",
    "Story",
    "StoryLine",
    "generate",
]
