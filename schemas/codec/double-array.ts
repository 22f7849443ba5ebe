import avsc from 'avsc';
import { objectNode } from './fingerprint.js';

/** What the library's types read from and write to. */
interface Tap {
  readLong(): number;
  skipLong(): void;
  writeLong(value: number): void;
}

/** The library's type of one double. */
interface DoubleItem {
  _read(tap: Tap): number;
  _write(tap: Tap, value: number): void;
}

/**
 * An array of doubles. The library's own type has one loop for arrays of everything, which V8 compiles for objects: it puts every double on the heap, 16
 * bytes each, and the arrays that it decodes hold objects. These are the same loops for doubles alone; bytes and values are the same.
 */
class DoubleArray extends avsc.types.ArrayType {
  _write(tap: Tap, values: readonly number[]): void {
    // The library's names of what every type of it has; its declarations leave them out.
    const item = this.itemsType as unknown as DoubleItem;
    // The codec says which field it was.
    if (!Array.isArray(values)) throw new TypeError('encoding doubles: not an array');
    if (values.length > 0) {
      tap.writeLong(values.length);
      for (let i = 0; i < values.length; i += 1) item._write(tap, values[i] as number);
    }
    tap.writeLong(0);
  }

  _read(tap: Tap): number[] {
    const item = this.itemsType as unknown as DoubleItem;
    let values: number[] | null = null;
    let at = 0;
    for (let count = tap.readLong(); count !== 0; count = tap.readLong()) {
      // A negative count is followed by the size of its block, bytes.
      if (count < 0) tap.skipLong();
      const end = at + Math.abs(count);
      values ??= new Array<number>(end);
      for (; at < end; at += 1) values[at] = item._read(tap);
    }
    return values ?? [];
  }
}

/** Makes the library use {@link DoubleArray} for `{"type": "array", "items": "double"}`: its `typeHook`. */
export function doubleArrayHook(schema: avsc.Schema, options: unknown): avsc.Type | undefined {
  if (typeof schema !== 'object' || Array.isArray(schema)) return undefined;
  const { type, items } = objectNode(schema);
  return type === 'array' && items === 'double' ? new DoubleArray(schema, options) : undefined;
}
