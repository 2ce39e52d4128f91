"""``make demo`` runs the story as the organisation tells it."""

from __future__ import annotations

from pathlib import Path

from .conftest import Written

SCRIPT = Path(__file__).parents[2] / "scripts" / "demo"


def test_names_the_files_and_the_administrator_of_the_story(small: Written) -> None:
    text = SCRIPT.read_text("utf-8")
    story = small.organisation.story
    for word in (
        f"$files/{story.file_name}",
        f"$files/{story.left_out_file_name}",
        f"administrator={story.administrator} ",
        f'--title "{story.title}"',
        f'--reason "{story.reason}"',
        f'--comment "{story.comment}"',
    ):
        assert word in text
