"""What does Chat Gateway v1 answer when something is wrong? Every shape is another one; each function makes one.

What a client sent is complained about in three ways: the newer operations (post-agent assignment, indicators, read
receipts, cards) have one of their own, and so has sending a message.
"""

from ..reading import sentence, shown

ACCESS_DENIED = "Access Denied"
CONSTRAINT_VIOLATION = "Constraint Violation"
UNSAID = "invalid_value"  # the code of a complaint that has no better one


def problem(code, message):
    """The usual shape."""
    return {"message": message, "errors": [_error(code, message)]}


def problem_as_text(message, *errors):
    """The shape of what is forbidden or not there."""
    return {"message": message, "errors": list(errors or (message,))}


def invalid(problems):
    """What is wrong with which fields; ``problems`` are ``exceptions.Invalid``."""
    return {
        "message": CONSTRAINT_VIOLATION,
        "errors": [_error(each.code, sentence(each)) for each in problems],
    }


def invalid_with_validations(problems):
    """The same, with the fields and their values beside the sentences."""
    return invalid(problems) | {
        "validations": [
            {"field": each.field, "value": shown(each.value), "code": each.code, "message": each.message}
            for each in problems
        ],
    }


def invalid_parameter(problems, *, conversation_id, tenant, reference_id):
    """The same, as the newer operations tell it."""
    return {
        "message": f"Invalid parameter exception for conversation {conversation_id} and tenant {tenant}.",
        "errors": [_error(_code(each, "invalid_parameter"), sentence(each)) for each in problems],
        "referenceId": reference_id,
    }


def invalid_message(problems, *, reference_id):
    """The same, as it is told when a message is sent: all in one error."""
    sentences = " ".join(sentence(each) for each in problems)
    return {
        "message": sentences,
        "errors": _error(_code(problems[0], "invalid_json_object"), sentences),
        "referenceId": reference_id,
    }


def entity_not_found(resource_type, resource_id):
    """There is no such thing, as the newer operations tell it."""
    message = f"Entity of type {resource_type} with id {resource_id} was not found."
    return {"message": "Resource not found", "errors": [_error("resource_not_found", message)]}


def unauthorized(reference_id):
    """The API key is missing or wrong."""
    return {
        "message": ACCESS_DENIED,
        "errors": [{"message": ACCESS_DENIED, "code": "access_denied"}],
        "referenceId": reference_id,
    }


def foreign_tenant(owner):
    """The header names a tenant that is not the one of the key."""
    return problem_as_text(
        "The tenant does not belong to customer.",
        f"Header X-8x8-Tenant doesn't match tenant information for customerId={owner}",
    )


def unexpected(reference_id):
    """Our own fault; the reference is in the log too."""
    message = "Could not process this request due to an unexpected error."
    return problem("internal_error", message) | {"referenceId": reference_id}


def _error(code, message):
    return {"code": code, "message": message}


def _code(each, usual):
    return usual if each.code == UNSAID else each.code
