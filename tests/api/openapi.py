"""What two OpenAPI descriptions are compared by."""

METHODS = {"get", "put", "post", "patch", "delete"}


def operations(description):
    """Every operation by method and path."""
    return {
        (method, path): operation
        for path, item in description["paths"].items()
        for method, operation in item.items()
        if method in METHODS
    }


def resolved(description, value):
    """The value with its references followed."""
    if isinstance(value, dict) and "$ref" in value:
        found = description
        for part in value["$ref"].removeprefix("#/").split("/"):
            found = found[part]
        return resolved(description, found)
    if isinstance(value, dict):
        return {name: resolved(description, each) for name, each in value.items()}
    if isinstance(value, list):
        return [resolved(description, each) for each in value]
    return value


def properties(schema):
    """The properties of an object, those of its parts and of its alternatives included."""
    found = dict(schema.get("properties", {}))
    for part in (*schema.get("allOf", ()), *schema.get("oneOf", ()), *schema.get("anyOf", ())):
        found |= properties(part)
    return found


def names_in(schema):
    """All paths of property names in a schema."""
    if schema.get("type") == "array":
        return {("[]", *rest) for rest in names_in(schema["items"])}
    found = {()}
    for name, each in properties(schema).items():
        found |= {(name, *rest) for rest in names_in(each)}
    return found


def parameters_of(operation):
    return {(each["in"], each["name"]) for each in operation.get("parameters", ())}


def json_body(response):
    [content] = response["content"].values()
    return content["schema"]
