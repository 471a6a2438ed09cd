"""The operations."""

from contactcenter_chat.api.authentication import authenticate_api_key
from contactcenter_chat.api.base import KeyView
from contactcenter_chat.api.description import describe
from contactcenter_chat.api.operations import channels, conversations
from contactcenter_chat.exceptions import Invalid

from . import FORMAT, shapes


class ToyView(KeyView):
    wire_format = FORMAT
    requests = responses = shapes
    security = "toyKey"

    def find_key(self, request):
        return authenticate_api_key(request.headers.get("X-Toy-Key", ""))

    def named_tenant(self, request, **path):
        return None

    def list_body(self, name, items, **page):
        return {name: items}

    def problem_body(self, error):
        return shapes.refusal(self.complaints(error)) if isinstance(error, Invalid) else {"no": error.message}


class DoorsView(channels.Channels, ToyView):
    scopes = {"GET": channels.READ, "POST": channels.WRITE}

    @describe("listDoors", "All doors.", tag="Doors", answers={200: ("Doors.", "Doors")})
    def get(self, request):
        return self.list_channels()

    @describe("makeDoor", "Make a door.", tag="Doors", body="Door", answers={200: ("The door.", "Door")})
    def post(self, request):
        return self.create_channel()


class TalksView(conversations.Conversations, ToyView):
    scopes = {"POST": conversations.WRITE}

    @describe("talk", "Begin to talk.", tag="Talks", body="Talk", answers={202: ("The talk.", "Talk")})
    def post(self, request):
        return self.start_conversation()


class WordsView(conversations.Conversations, ToyView):
    scopes = {"POST": conversations.WRITE}

    @describe("say", "Say something.", tag="Talks", body="Words", answers={202: ("It was said.", None)})
    def post(self, request, talk_id):
        return self.send_message(talk_id)
