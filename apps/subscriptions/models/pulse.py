"""When something that runs by the clock ran last. Its own note: beat's is minutes behind."""

from django.db import models


class Pulse(models.Model):
    SWEEPER = "sweeper"
    EVENTS_LATE = "events-late"  # when ADMINS were told last; there while events wait for long

    name = models.CharField(max_length=50, primary_key=True)
    at = models.DateTimeField()

    def __str__(self) -> str:
        return f"{self.name} {self.at:%Y-%m-%d %H:%M:%S}"
