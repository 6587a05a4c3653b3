"""The records that are made now and then: dataclasses that the type checker holds to be frozen.

Freezing at run time as well would make each four to six times slower to create, which is more
than all the rest of matching. The type checker refuses assignments where they would be written.
Those that are made all the time are in structs.py, and look the same from outside.
"""

from dataclasses import dataclass
from typing import TypeVar, dataclass_transform

Made = TypeVar("Made")


@dataclass_transform(frozen_default=True)
def record(made: type[Made]) -> type[Made]:
    """Make a dataclass with slots that the type checker holds to be frozen."""
    return dataclass(slots=True, unsafe_hash=True)(made)
