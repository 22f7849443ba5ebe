/** How a record is framed on the wire, and what is left when the frame is taken off. `body` is a view, not a copy. */
export type Framing =
  | { readonly kind: 'single-object'; readonly fingerprint: bigint; readonly body: Buffer }
  | { readonly kind: 'confluent'; readonly schemaId: number; readonly body: Buffer }
  | { readonly kind: 'unknown' };

/**
 * Returns the framing of a record: Avro single-object encoding (C3 01, fingerprint least significant byte first), the schema
 * registry's (a zero byte, the schema's id most significant byte first, 1 or more), or unknown. Looks at the frame alone:
 * whether the schema is known and the body is good is for a codec to say. O(1).
 */
export function recogniseFraming(bytes: Buffer): Framing {
  if (bytes.length >= 10 && bytes[0] === 0xc3 && bytes[1] === 0x01) {
    return { kind: 'single-object', fingerprint: bytes.readBigUInt64LE(2), body: bytes.subarray(10) };
  }
  if (bytes.length >= 5 && bytes[0] === 0x00) {
    const schemaId = bytes.readInt32BE(1);
    if (schemaId > 0) return { kind: 'confluent', schemaId, body: bytes.subarray(5) };
  }
  return { kind: 'unknown' };
}

/** Returns a body in the schema registry's framing: zero, the schema's id, the body. Throws on an id below 1 or above 2^31 - 1. */
export function frameForRegistry(schemaId: number, body: Buffer): Buffer {
  if (!Number.isInteger(schemaId) || schemaId < 1) {
    throw new RangeError(`framing for the schema registry: ${schemaId} is not the id of a schema`);
  }
  const framed = Buffer.allocUnsafe(5 + body.length);
  framed[0] = 0;
  framed.writeInt32BE(schemaId, 1);
  body.copy(framed, 5);
  return framed;
}
