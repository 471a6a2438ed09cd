"""What does Chat API v2 answer when something is wrong? Every shape is another one; each function makes one."""

from ..reading import sentence, shown

CONSTRAINT_VIOLATION = "Constraint Violation"
INVALID_TOKEN = ("Invalid Access Token", "keymanagement.service.invalid_access_token")
EXPIRED_TOKEN = ("Access Token expired", "keymanagement.service.access_token_expired")


def problem(message, *errors):
    """The usual shape."""
    return {"message": message, "errors": list(errors or (message,))}


def invalid(problems):
    """What is wrong with which fields; ``problems`` are ``exceptions.Invalid``."""
    return problem(CONSTRAINT_VIOLATION, *(sentence(each) for each in problems))


def invalid_with_validations(problems):
    """The same, as it is told when a channel is created."""
    return {
        "message": CONSTRAINT_VIOLATION,
        "errors": [{"code": each.code, "message": sentence(each)} for each in problems],
        "validations": [
            {"field": each.field, "value": shown(each.value), "code": each.code, "message": each.message}
            for each in problems
        ],
    }


def unauthorized(*, expired):
    """The access token is missing, wrong or too old."""
    text, code = EXPIRED_TOKEN if expired else INVALID_TOKEN
    return {"fault": {"faultstring": text, "detail": {"errorcode": code}}}


def foreign_tenant(tenant, owner):
    """The path names a tenant that is not the one of the key."""
    return problem("The tenant does not belong to customer.", f"Tenant {tenant} does not belong to customer {owner}.")


def token_refused(code, message):
    """No access token is given."""
    return {"ErrorCode": code, "Error": message}


def unknown_jwk(key_id):
    """There is no such public key."""
    return {
        "type": "ClientError",
        "title": "Resource not found.",
        "status": 404,
        "detail": "Resource may not exist or is not accessible.",
        "resourceType": "JWKPublic",
        "resourceId": key_id,
        "instance": "ResourceNotFound",
    }


def unexpected(reference_id):
    """Our own fault; the reference is in the log too."""
    message = "Could not process this request due to an unexpected error."
    return problem(message) | {"referenceId": reference_id}
