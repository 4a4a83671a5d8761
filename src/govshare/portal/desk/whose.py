"""Whose desk it is: a person's. Systems and the platform have none."""

from uuid import UUID

from govshare.kernel.actor import Actor
from govshare.kernel.errors import NotYours
from govshare.organizations.models import Person
from govshare.regulation.articles import cite

IDENTITY = cite("CD2016-35")
NOBODY = UUID(int=0)


def key(by: Actor) -> UUID:
    """The person's id; of whoever is none, an id that names nobody."""
    return as_id(by.id) if by.kind == "person" else NOBODY


def as_id(text: str) -> UUID:
    """What is no id names nobody."""
    try:
        return UUID(text)
    except ValueError:
        return NOBODY


def person(by: Actor) -> Person:
    """The person who is signed in."""
    found = Person.objects.filter(pk=key(by)).first()
    if found is None:
        raise NotYours("只有登录的人员可以使用收藏、检索方案和通知", basis=IDENTITY)
    return found
