from django.db import models


class Stored(models.Model):
    """What any view has to keep before it may answer."""

    event_id = models.CharField(max_length=255, unique=True)
    payload = models.JSONField()

    def __str__(self) -> str:
        return self.event_id
