"""What agents and bots of the college can do for a customer beside talking: look up courses and fees, book a room."""

from datetime import date
from typing import Literal

from django.utils import timezone

from contactcenter_chat.tools.registry import contact_tool

from .models import RoomBooking

COURSES = {
    "Nursing": ("Monday and Wednesday, 9:00 to 12:00, room 204", "1,450"),
    "Design": ("Tuesday and Thursday, 13:00 to 16:00, studio 3", "1,300"),
    "Welding": ("Friday, 8:00 to 14:00, hall B", "980"),
}
Course = Literal["Nursing", "Design", "Welding"]


@contact_tool(bots=["assistant"])
def timetable(calling, course: Course) -> str:
    """Tell when and where a course takes place."""
    return f"{course}: {COURSES[course][0]}."


@contact_tool(bots=["assistant"])
def fees(calling, course: Course) -> str:
    """Tell what a course costs a term."""
    return f"{course} costs {COURSES[course][1]} a term, in three parts if you like."


@contact_tool(title="Book a study room", needs="code", confirm=True, bots=["assistant"])
def book_room(calling, room: Literal["Blue", "Red"], day: date, half: Literal["morning", "afternoon"]) -> str:
    """Book a study room for the customer, for a morning or an afternoon from today on."""
    if day < timezone.localdate():
        return "That day is over."
    if RoomBooking.objects.filter(room=room, day=day, half=half).exists():
        return f"The {room} room is taken then."
    booking = RoomBooking.objects.create(room=room, day=day, half=half, booked_for=calling.address, key=calling.key)
    return f"Booked: {booking}."
