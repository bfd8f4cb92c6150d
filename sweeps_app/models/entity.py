"""People, and the entities that own projects: a person's own, or a team."""

import itertools
import re
from typing import Any

from django.contrib.auth.models import AbstractUser, UserManager
from django.db import models, transaction

from sweeps_app.models.identifiers import RESERVED_NAMES, validate_entity_name


class AccountManager(UserManager["User"]):
    """Makes a person together with the entity that bears the person's name."""

    def _create_user(self, username: str, email: str | None, password: str | None, **extra: Any) -> "User":
        with transaction.atomic(using=self._db):
            user: User = super()._create_user(username, email, password, **extra)  # type: ignore[misc]
            Entity.personal_for(user)
        return user


class User(AbstractUser):
    """A person who signs in."""

    objects = AccountManager()  # type: ignore[misc]


class Entity(models.Model):
    """The owner of projects, named in the first component of their addresses: a person (`owner`) or a team."""

    name = models.CharField(max_length=64, unique=True, validators=[validate_entity_name])
    owner = models.OneToOneField(User, null=True, blank=True, on_delete=models.SET_NULL, related_name="personal_entity")
    members = models.ManyToManyField(User, through="Membership", related_name="entities")
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ["name"]
        verbose_name_plural = "entities"

    def __str__(self) -> str:
        return self.name

    @classmethod
    def personal_for(cls, user: User) -> "Entity":
        """Return the person's own entity, making it at the first call under the nearest free name."""
        entity = cls.objects.filter(owner=user).first()
        if entity is None:
            entity = cls.objects.create(name=cls._free_name(user.username), owner=user)
            Membership.objects.create(entity=entity, user=user, role=Membership.Role.ADMIN)
        return entity

    @classmethod
    def _free_name(cls, username: str) -> str:
        base = re.sub(r"[^A-Za-z0-9_.-]+", "-", username).lstrip("_.-")[:56] or "user"
        names = (base if n == 1 else f"{base}-{n}" for n in itertools.count(1))
        return next(n for n in names if n.lower() not in RESERVED_NAMES and not cls._is_taken(n))

    @classmethod
    def _is_taken(cls, name: str) -> bool:
        return cls.objects.filter(name__iexact=name).exists()


class Membership(models.Model):
    """A person belongs to an entity, and so sees all of its projects."""

    class Role(models.TextChoices):
        """What the person may do there."""

        ADMIN = "admin"
        MEMBER = "member"

    entity = models.ForeignKey(Entity, on_delete=models.CASCADE, related_name="memberships")
    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="memberships")
    role = models.CharField(max_length=8, choices=Role, default=Role.MEMBER)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["entity", "user"], name="membership_once")]

    def __str__(self) -> str:
        return f"{self.user_id} in {self.entity_id}"
