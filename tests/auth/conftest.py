"""What every test of signing in may ask for."""

from collections.abc import Callable, Iterator

import pytest


@pytest.fixture(scope="session", autouse=True)
def short_secret_numbers() -> Iterator[None]:
    """A client's secret number of 256 bits in place of pycognito's 1,024: the arithmetic is the same. A third of what these tests
    took was raising to powers."""
    from pycognito import aws_srp

    whole: Callable[[int], int] = aws_srp.get_random  # pyright: ignore[reportUnknownMemberType, reportUnknownVariableType] -- pycognito has no types
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(aws_srp, "get_random", lambda size: whole(32 if size == 128 else size))  # pyright: ignore[reportUnknownArgumentType, reportUnknownLambdaType] -- as above
        yield
