<?php
// Is this callback from the contact centre, and unchanged? Needs PHP 8 with openssl, 64 bit.

const TOLERANCE = 300; // seconds that the clocks may differ

/** Check the Standard Webhooks signature, which covers the whole body; throws. Header names are in lower case. */
function verify_standard(array $headers, string $body, string $secret): void
{
    $timestamp = $headers['webhook-timestamp'];
    if (abs(time() - (int) $timestamp) > TOLERANCE) {
        throw new RuntimeException('too old');
    }
    $key = base64_decode(preg_replace('/^whsec_/', '', $secret), true);
    $signed = $headers['webhook-id'] . '.' . $timestamp . '.' . $body;
    $expected = 'v1,' . base64_encode(hash_hmac('sha256', $signed, $key, true));
    foreach (explode(' ', $headers['webhook-signature']) as $given) {
        if (hash_equals($expected, $given)) {
            return;
        }
    }
    throw new RuntimeException('wrong signature');
}

/** Check X-8x8-Signature, which covers a checksum of the body; throws. $find_key returns the JWK of a key id. */
function verify_jws(array $headers, string $body, callable $find_key): void
{
    $payload = json_encode([
        'checksum' => crc32($body),
        'cid' => $headers['x-8x8-customer-id'],
        'eid' => $headers['x-8x8-event-id'],
        'retry' => (int) $headers['x-8x8-retry'],
        'tid' => $headers['x-8x8-tenant-id'],
        'tt' => (int) $headers['x-8x8-transmission-time'],
    ]);
    if (abs(microtime(true) * 1000 - (int) $headers['x-8x8-transmission-time']) > TOLERANCE * 1000) {
        throw new RuntimeException('too old');
    }
    [$head, $middle, $signature] = explode('.', $headers['x-8x8-signature']);
    $protected = json_decode(from_base64url($head), true);
    if ($middle !== '' || $protected['alg'] !== 'RS256') {
        throw new RuntimeException('not a detached RS256 signature');
    }
    $pem = pem_of($find_key($protected['kid']));
    if (openssl_verify("$head.$payload", from_base64url($signature), $pem, OPENSSL_ALGO_SHA256) !== 1) {
        throw new RuntimeException('wrong signature');
    }
}

function from_base64url(string $text): string
{
    return base64_decode(strtr($text, '-_', '+/'));
}

/** A JWK's modulus and exponent as PEM, the form that openssl reads. */
function pem_of(array $jwk): string
{
    $numbers = der(0x02, "\0" . from_base64url($jwk['n'])) . der(0x02, from_base64url($jwk['e']));
    $rsa = hex2bin('300d06092a864886f70d0101010500'); // "this is an RSA key"
    $key = der(0x30, $rsa . der(0x03, "\0" . der(0x30, $numbers)));
    return "-----BEGIN PUBLIC KEY-----\n" . chunk_split(base64_encode($key), 64) . "-----END PUBLIC KEY-----\n";
}

function der(int $tag, string $content): string
{
    $length = strlen($content);
    $bytes = ltrim(pack('N', $length), "\0");
    return chr($tag) . ($length < 128 ? chr($length) : chr(0x80 | strlen($bytes)) . $bytes) . $content;
}
