// A certificate for "localhost" that signs itself, made anew for each run: RFC 5280 §4.1, in the
// few lines of DER that its first version needs.
//
//   Certificate = { what is signed, algorithm, signature }
//   what is signed = { serial number, algorithm, issuer, validity, subject, public key }

import { generateKeyPairSync, sign } from "node:crypto";
import { bytes, concat, utf8 } from "./bytes.ts";

const INTEGER = 0x02;
const BIT_STRING = 0x03;
const UTF8_STRING = 0x0c;
const UTC_TIME = 0x17;
const SEQUENCE = 0x30;
const SET = 0x31;

/** The object identifiers of ECDSA with SHA-256, and of a common name. */
const ECDSA_SHA256 = bytes("06 08 2a8648ce3d040302");
const COMMON_NAME = bytes("06 03 550403");

/** Key and certificate in PEM, as `serve()` takes them. */
export function makeCertificate(): { readonly key: string; readonly cert: string } {
  const { publicKey, privateKey } = generateKeyPairSync("ec", { namedCurve: "prime256v1" });
  const algorithm = der(SEQUENCE, ECDSA_SHA256);
  const name = der(
    SEQUENCE,
    der(SET, der(SEQUENCE, COMMON_NAME, der(UTF8_STRING, utf8("localhost")))),
  );
  const signed = der(
    SEQUENCE,
    der(INTEGER, Uint8Array.of(1)),
    algorithm,
    name,
    der(SEQUENCE, time(Date.now() - 86_400_000), time(Date.now() + 86_400_000)),
    name,
    publicKey.export({ type: "spki", format: "der" }),
  );
  const signature = sign("sha256", signed, privateKey);
  const certificate = der(
    SEQUENCE,
    signed,
    algorithm,
    der(BIT_STRING, Uint8Array.of(0), signature),
  );
  const base64 = Buffer.from(certificate).toString("base64").replace(/.{64}/g, "$&\n");
  return {
    key: privateKey.export({ type: "pkcs8", format: "pem" }).toString(),
    cert: `-----BEGIN CERTIFICATE-----\n${base64}\n-----END CERTIFICATE-----\n`,
  };
}

/** Tag, length, content. */
function der(tag: number, ...parts: readonly Uint8Array[]): Uint8Array {
  const content = concat(...parts);
  const { length } = content;
  const size =
    length < 128 ? [length] : length < 256 ? [0x81, length] : [0x82, length >> 8, length];
  return concat(Uint8Array.of(tag, ...size), content);
}

/** YYMMDDhhmmssZ. */
function time(ms: number): Uint8Array {
  const digits = new Date(ms).toISOString().replace(/\D/g, "");
  return der(UTC_TIME, utf8(`${digits.slice(2, 14)}Z`));
}
