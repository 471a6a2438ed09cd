"""What do the bare views do?"""

import json
import os
from functools import cache

import jwt
from rest_framework import serializers, status
from rest_framework.authentication import TokenAuthentication
from rest_framework.parsers import JSONParser
from rest_framework.permissions import IsAuthenticated
from rest_framework.renderers import JSONRenderer
from rest_framework.response import Response
from rest_framework.views import APIView

from .models import Note, Received


class NoteSerializer(serializers.ModelSerializer):
    class Meta:
        model = Note
        fields = ("text",)


class NotesView(APIView):
    authentication_classes = (TokenAuthentication,)
    permission_classes = (IsAuthenticated,)
    parser_classes = (JSONParser,)
    renderer_classes = (JSONRenderer,)

    def post(self, request):
        serializer = NoteSerializer(data=request.data)
        serializer.is_valid(raise_exception=True)
        serializer.save(author=request.user)
        return Response(status=status.HTTP_202_ACCEPTED)


class CallbacksView(APIView):
    authentication_classes = ()
    permission_classes = ()
    parser_classes = (JSONParser,)
    renderer_classes = (JSONRenderer,)

    def post(self, request):
        body = request.body
        token = request.headers["X-Signature"]
        jwt.PyJWS(["RS256"]).decode(token, _key(), algorithms=["RS256"], detached_payload=body)
        Received.objects.create(body=body.decode())
        return Response(status=status.HTTP_202_ACCEPTED)


@cache
def _key():
    return jwt.PyJWK({**json.loads(os.environ["BARE_JWK"]), "alg": "RS256"})
