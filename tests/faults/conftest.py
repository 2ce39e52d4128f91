"""What a scenario finds is told with its values, as it is in a test."""

import pytest

pytest.register_assert_rewrite("tests.faults.scenario")
