"""What the college itself knows: here, who has booked which room."""

from django.db import models


class RoomBooking(models.Model):
    """A study room for a customer of the contact centre, for one morning or afternoon."""

    room = models.CharField(max_length=20)
    day = models.DateField()
    half = models.CharField(max_length=10)
    booked_for = models.CharField(max_length=320)
    key = models.CharField(max_length=128, unique=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["room", "day", "half"], name="demo_room_once")]

    def __str__(self) -> str:
        return f"{self.room}, {self.day}, {self.half}"
