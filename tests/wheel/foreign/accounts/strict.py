"""A strict Content-Security-Policy, whichever Django this is: nothing inline, nothing from elsewhere."""

POLICY = "; ".join(
    [
        "default-src 'none'",
        *(f"{kind}-src 'self'" for kind in ("script", "style", "connect", "font", "manifest", "media")),
        "img-src 'self' data:",  # small pictures in style sheets of Django's admin
        *(f"{name} 'self'" for name in ("form-action", "base-uri")),
        "frame-ancestors 'none'",
    ]
)


def middleware(get_response):
    def answer(request):
        response = get_response(request)
        response.headers.setdefault("Content-Security-Policy", POLICY)
        return response

    return answer
