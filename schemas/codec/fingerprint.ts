const EMPTY = 0xc15d213aa4d7a795n;

const PRIMITIVES = new Set(['null', 'boolean', 'int', 'long', 'float', 'double', 'bytes', 'string']);

const TABLE = Array.from({ length: 256 }, (_, byte) => {
  let entry = BigInt(byte);
  for (let bit = 0; bit < 8; bit += 1) entry = (entry >> 1n) ^ (entry & 1n ? EMPTY : 0n);
  return entry;
});

/**
 * Returns the CRC-64-AVRO (Rabin) fingerprint of bytes, unsigned; 0xc15d213aa4d7a795 for no bytes.
 * Source: Avro specification 1.11, "Schema Fingerprints".
 */
export function crc64Avro(bytes: Uint8Array): bigint {
  let crc = EMPTY;
  for (const byte of bytes) crc = (crc >> 8n) ^ (TABLE[Number((crc ^ BigInt(byte)) & 0xffn)] ?? 0n);
  return crc;
}

/**
 * Returns the parsing canonical form of a schema: what two schemas must share to read each other's bytes, with names in full,
 * without docs, defaults, aliases and spaces. Throws on what is not a schema.
 * Source: Avro specification 1.11, "Transforming into Parsing Canonical Form".
 */
export function canonicalForm(schema: unknown, namespace = ''): string {
  if (typeof schema === 'string')
    return JSON.stringify(PRIMITIVES.has(schema) ? schema : fullName(schema, namespace));
  if (Array.isArray(schema)) return `[${schema.map((branch) => canonicalForm(branch, namespace)).join(',')}]`;
  const node = objectNode(schema);
  const { type } = node;
  if (type === 'array') return `{"type":"array","items":${canonicalForm(node['items'], namespace)}}`;
  if (type === 'map') return `{"type":"map","values":${canonicalForm(node['values'], namespace)}}`;
  if (type !== 'record' && type !== 'enum' && type !== 'fixed') return canonicalForm(type, namespace);
  const name = declaredName(node, namespace);
  const head = `{"name":${JSON.stringify(name)},"type":${JSON.stringify(type)}`;
  if (type === 'enum') return `${head},"symbols":${JSON.stringify(node['symbols'])}}`;
  if (type === 'fixed') return `${head},"size":${Number(node['size'])}}`;
  return `${head},"fields":[${canonicalFields(node['fields'], namespaceOf(name))}]}`;
}

/** Returns the fingerprint of a schema, {@link crc64Avro} of its {@link canonicalForm}. */
export function fingerprint(schema: unknown): bigint {
  return crc64Avro(Buffer.from(canonicalForm(schema), 'utf8'));
}

/** Returns the JSON object of a schema node; throws when it is something else. */
export function objectNode(schema: unknown): Readonly<Record<string, unknown>> {
  if (typeof schema === 'object' && schema !== null) return schema as Readonly<Record<string, unknown>>;
  throw new TypeError(`reading Avro schema: ${JSON.stringify(schema)} is not a schema`);
}

/** Returns the name of a named type in full: with its own namespace, else the one that encloses it. */
export function declaredName(node: Readonly<Record<string, unknown>>, namespace: string): string {
  const own = typeof node['namespace'] === 'string' ? node['namespace'] : namespace;
  return fullName(String(node['name']), own);
}

/** Returns a name with the namespace put before it; unchanged when it has a dot or there is no namespace. */
export function fullName(name: string, namespace: string): string {
  return name.includes('.') || namespace === '' ? name : `${namespace}.${name}`;
}

/** Returns what stands before the last dot of a full name; empty when there is none. */
export function namespaceOf(name: string): string {
  return name.slice(0, Math.max(0, name.lastIndexOf('.')));
}

function canonicalFields(fields: unknown, namespace: string): string {
  if (!Array.isArray(fields)) throw new TypeError('reading Avro schema: a record has no fields');
  return fields
    .map(objectNode)
    .map(
      (field) =>
        `{"name":${JSON.stringify(field['name'])},"type":${canonicalForm(field['type'], namespace)}}`,
    )
    .join(',');
}
