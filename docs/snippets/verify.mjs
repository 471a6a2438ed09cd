// Is this callback from the contact centre, and unchanged? Needs Node.js 20.15 or later, and nothing else.
import { createHmac, createPublicKey, timingSafeEqual, verify } from "node:crypto";
import { crc32 } from "node:zlib";

const TOLERANCE = 300; // seconds that the clocks may differ

/** Check the Standard Webhooks signature, which covers the whole body; throws. `body` is a Buffer as it came. */
export function verifyStandard(headers, body, secret) {
  const timestamp = headers["webhook-timestamp"];
  if (!(Math.abs(Date.now() / 1000 - Number(timestamp)) <= TOLERANCE)) throw new Error("too old");
  const key = Buffer.from(secret.replace(/^whsec_/, ""), "base64");
  const signed = Buffer.concat([Buffer.from(`${headers["webhook-id"]}.${timestamp}.`), body]);
  const expected = Buffer.from("v1," + createHmac("sha256", key).update(signed).digest("base64"));
  const given = headers["webhook-signature"].split(" ").map((each) => Buffer.from(each));
  if (!given.some((each) => each.length === expected.length && timingSafeEqual(each, expected))) {
    throw new Error("wrong signature");
  }
}

/** Check X-8x8-Signature, which covers a checksum of the body; throws. `findKey` returns the JWK of a key id. */
export async function verifyJws(headers, body, findKey) {
  const payload = {
    checksum: crc32(body),
    cid: headers["x-8x8-customer-id"],
    eid: headers["x-8x8-event-id"],
    retry: Number(headers["x-8x8-retry"]),
    tid: headers["x-8x8-tenant-id"],
    tt: Number(headers["x-8x8-transmission-time"]),
  };
  if (!(Math.abs(Date.now() - payload.tt) <= TOLERANCE * 1000)) throw new Error("too old");
  const [head, middle, signature] = headers["x-8x8-signature"].split(".");
  if (middle !== "") throw new Error("the signature must be detached");
  const { alg, kid } = JSON.parse(Buffer.from(head, "base64url"));
  if (alg !== "RS256") throw new Error("wrong algorithm");
  const key = createPublicKey({ key: await findKey(kid), format: "jwk" });
  const signed = Buffer.from(`${head}.${JSON.stringify(payload)}`);
  if (!verify("RSA-SHA256", signed, key, Buffer.from(signature, "base64url"))) throw new Error("wrong signature");
}
