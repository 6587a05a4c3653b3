"""A problem as a socket is told it: with the socket's address, as REST has the request's."""

from typing import Final

from core.errors import Problem

ADDRESS: Final = "/ws/v1/"


def as_told(problem: Problem) -> dict[str, object]:
    """Return all members of a problem."""
    return problem.as_body(ADDRESS)
