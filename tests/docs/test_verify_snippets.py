"""Do the callbacks page's snippets accept what we send, and refuse everything else? In each language found here."""

import json
import shutil
import subprocess
import sys
import time

import pytest

from contactcenter_chat.signature import Signer, Transmission, new_keys, new_secret

from .pages import DOCS, page

# Reads a case from the standard input; says "accepted", or ends with an error.
DRIVERS = {
    "python": (
        sys.executable,
        "-c",
        """
import json, runpy, sys
case = json.load(sys.stdin)
verify = runpy.run_path(case["snippet"])
body = case["body"].encode()
if case["check"] == "standard":
    verify["verify_standard"](case["headers"], body, case["secret"])
else:
    verify["verify_jws"](case["headers"], body, case["keys"].__getitem__)
print("accepted")
""",
    ),
    "node": (
        "node",
        "--input-type=module",
        "-e",
        """
import { readFileSync } from "node:fs";
const given = JSON.parse(readFileSync(0, "utf8"));
const { verifyStandard, verifyJws } = await import("file://" + given.snippet);
const body = Buffer.from(given.body);
if (given.check === "standard") verifyStandard(given.headers, body, given.secret);
else await verifyJws(given.headers, body, async (kid) => given.keys[kid]);
console.log("accepted");
""",
    ),
    "php": (
        "php",
        "-r",
        """
$case = json_decode(stream_get_contents(STDIN), true);
require $case['snippet'];
if ($case['check'] === 'standard') verify_standard($case['headers'], $case['body'], $case['secret']);
else verify_jws($case['headers'], $case['body'], fn($kid) => $case['keys'][$kid]);
echo "accepted\\n";
""",
    ),
}
SNIPPETS = {"python": "verify.py", "node": "verify.mjs", "php": "verify.php"}
FOUND = [language for language, command in DRIVERS.items() if shutil.which(command[0])]

KID = "AaIDjM6bNvFRpd0boHAxYg"
KEYS, OTHER_KEYS = new_keys(KID), new_keys(KID)
SECRET = new_secret()
BODY = '{"eventType":"TEXT","message":"Grüße 👋"}'
OLD = 3600  # seconds


def transmission(body=BODY, age=0):
    return Transmission("college", "g4nqGuj8TpCa6tiZ3DeeNw", int((time.time() - age) * 1000), 2, body.encode())


def headers_of(keys=KEYS, secret=SECRET, age=0):
    sent = Signer(KID, keys.rsa_pem, keys.ed25519_pem).headers(transmission(age=age), secret)
    return {name.lower(): value for name, value in sent.items()}


def is_accepted(language, check, *, headers=None, body=BODY):
    case = {
        "snippet": str(DOCS / "snippets" / SNIPPETS[language]),
        "check": check,
        "headers": headers or headers_of(),
        "body": body,
        "secret": SECRET,
        "keys": {KID: KEYS.public_jwk},
    }
    done = subprocess.run(
        DRIVERS[language], input=json.dumps(case), capture_output=True, text=True, check=False, timeout=60
    )
    assert (done.returncode == 0) == (done.stdout == "accepted\n"), (done.stdout, done.stderr)
    return done.returncode == 0


@pytest.mark.parametrize("check", ["standard", "jws"])
@pytest.mark.parametrize("language", FOUND)
def test_what_we_send_is_accepted(language, check):
    assert is_accepted(language, check)


@pytest.mark.parametrize("check", ["standard", "jws"])
@pytest.mark.parametrize("language", FOUND)
def test_another_body_is_refused(language, check):
    assert not is_accepted(language, check, body=BODY.replace("Grüße", "Grüsse"))


@pytest.mark.parametrize("check", ["standard", "jws"])
@pytest.mark.parametrize("language", FOUND)
def test_another_signer_is_refused(language, check):
    assert not is_accepted(language, check, headers=headers_of(OTHER_KEYS, new_secret()))


@pytest.mark.parametrize("check", ["standard", "jws"])
@pytest.mark.parametrize("language", FOUND)
def test_what_is_an_hour_old_is_refused(language, check):
    assert not is_accepted(language, check, headers=headers_of(age=OLD))


@pytest.mark.parametrize("language", FOUND)
def test_a_signature_with_a_payload_of_its_own_is_refused(language):
    headers = headers_of()
    token = headers["x-8x8-signature"].replace("..", ".e30.")
    assert not is_accepted(language, "jws", headers={**headers, "x-8x8-signature": token})


@pytest.mark.parametrize("language", FOUND)
@pytest.mark.parametrize("name", ["x-8x8-event-id", "x-8x8-tenant-id", "x-8x8-customer-id", "x-8x8-retry"])
def test_a_header_that_was_changed_is_refused(language, name):
    assert not is_accepted(language, "jws", headers={**headers_of(), name: "7"})


def test_the_page_shows_the_snippets():
    for name in SNIPPETS.values():
        assert f"snippets/{name}" in page("callbacks.md")


def test_the_page_names_every_header_that_is_sent():
    for name in Signer(KID, KEYS.rsa_pem, KEYS.ed25519_pem).headers(transmission(), SECRET):
        assert f"`{name}`" in page("callbacks.md")


def test_the_page_shows_the_payload_as_it_is_signed():
    sent = Transmission("college", "AaIDpZNDTRqjSUXOTXj2iA", 1764000000000, 0, b'{"eventType":"TRANSFER"}')
    assert f"`{sent.payload().decode()}`" in page("callbacks.md")
