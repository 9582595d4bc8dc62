import pytest

pytest.register_assert_rewrite("tests.outages.due_work")  # its asserts show their values
