/**
 * Returns the metadata that travels with a committed offset: the oldest offset that a new owner must replay to rebuild
 * the state that is in no snapshot. Well under the broker's limit of 4,096 bytes.
 */
export function encodeRestore(restoreFrom: number): string {
  return `v1;restore=${restoreFrom}`;
}

/** Returns the offset to replay from, or null when the metadata says nothing (never committed, or by someone else). */
export function decodeRestore(metadata: string | null | undefined): number | null {
  const offset = /^v1;restore=(\d{1,16})$/.exec(metadata ?? '')?.[1];
  return offset === undefined ? null : Number(offset);
}
