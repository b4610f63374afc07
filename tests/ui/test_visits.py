from __future__ import annotations

from engine.serving.presence import Presence
from ui.visits import Visit, Visits


def visit() -> Visit:
    return Visit(Presence(lambda: True))


def test_a_visit_is_found_under_its_own_number_and_no_other() -> None:
    visits, mine = Visits(), visit()
    visits.keep("a" * 32, mine)

    assert visits.find("a" * 32) is mine
    assert visits.find("b" * 32) is None
    assert visits.find("") is None


def test_the_oldest_visit_makes_room() -> None:
    visits = Visits(limit=2)
    for name in "abc":
        visits.keep(name, visit())
    visits.keep("b", visit())
    visits.keep("d", visit())

    assert [name for name in "abcd" if visits.find(name)] == ["b", "d"]


def test_a_visit_ends_after_its_time() -> None:
    now = [0.0]
    visits = Visits(seconds=60, clock=lambda: now[0])
    visits.keep("early", visit())
    now[0] = 50
    visits.keep("late", visit())
    now[0] = 70

    assert visits.find("early") is None
    assert visits.find("late") is not None
