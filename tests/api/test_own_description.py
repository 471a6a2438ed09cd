"""Are our operations in our own descriptions alone, and not in the one that the project makes of its API?"""

import pytest
from django.core import checks
from django.urls import include, path
from drf_spectacular.generators import SchemaGenerator
from drf_spectacular.openapi import AutoSchema
from rest_framework.generics import GenericAPIView
from rest_framework.response import Response
from rest_framework.serializers import Serializer

from contactcenter_chat.api.docs import describe_api
from contactcenter_chat.wire.base import formats
from tests.api.openapi import operations


class OwnView(GenericAPIView):
    """An operation of the project's."""

    schema = AutoSchema()
    serializer_class = Serializer

    def get(self, request):
        return Response()


urlpatterns = [path("own/", OwnView.as_view()), path("", include("contactcenter_chat.urls"))]


@pytest.mark.urls(__name__)
def test_the_projects_description_has_none_of_ours():
    assert list(SchemaGenerator().get_schema(public=True)["paths"]) == ["/own/"]


@pytest.mark.django_db  # SQLite is asked what it can
def test_the_check_before_a_deployment_finds_nothing_of_ours():
    found = checks.run_checks(include_deployment_checks=True)
    assert [message for message in found if message.id.startswith("drf_spectacular")] == []


@pytest.mark.parametrize("version", sorted(each.version for each in formats() if each.urls))
def test_each_operation_has_an_id_of_its_own(version):
    ids = [operation["operationId"] for operation in operations(describe_api(version)).values()]
    assert len(ids) >= 20
    assert len(set(ids)) == len(ids)
