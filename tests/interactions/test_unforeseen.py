"""What the log may say of an error that nobody foresaw."""

from service.interactions.unforeseen import failure, told


def broken(depth: int) -> None:
    if depth:
        broken(depth - 1)
    raise ValueError("Jane Doe, born 1950")


def test_kind_and_places_are_told_and_no_word_of_the_record() -> None:
    try:
        broken(10)
    except ValueError as error:
        said = told(error)
    assert said["error"] == "ValueError"
    places = said["at"]
    assert isinstance(places, list)
    assert len(places) == 6
    assert all(place.startswith("test_unforeseen.py:") for place in places)
    assert "Jane" not in str(said)


def test_the_client_learns_nothing_but_where_to_ask() -> None:
    assert failure().status == 500
    assert str(failure()) == "The server failed to answer; the operator's log says why."
