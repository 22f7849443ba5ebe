/** Writes little-endian numbers one after another into a buffer that grows. */
export class ByteWriter {
  private buffer: Uint8Array<ArrayBuffer>;
  private view: DataView;
  private length = 0;

  /** @param capacity bytes that are expected, 1 or more: with fewer it grows by copying */
  constructor(capacity = 4_096) {
    this.buffer = new Uint8Array(capacity);
    this.view = new DataView(this.buffer.buffer);
  }

  /** @param value integer 0..255 */
  u8(value: number): void {
    const at = this.claim(1);
    this.view.setUint8(at, value);
  }

  /** @param value integer 0..65535 */
  u16(value: number): void {
    const at = this.claim(2);
    this.view.setUint16(at, value, true);
  }

  /** @param value integer 0..2^32 - 1 */
  u32(value: number): void {
    const at = this.claim(4);
    this.view.setUint32(at, value, true);
  }

  f64(value: number): void {
    const at = this.claim(8);
    this.view.setFloat64(at, value, true);
  }

  f64s(values: ArrayLike<number>): void {
    const at = this.claim(8 * values.length);
    for (let i = 0; i < values.length; i++) this.view.setFloat64(at + 8 * i, values[i] as number, true);
  }

  /** Writes a length (u32) and the bytes. */
  block(bytes: Uint8Array): void {
    this.u32(bytes.length);
    const at = this.claim(bytes.length);
    this.buffer.set(bytes, at);
  }

  /** Leaves room for the length of a block that is written next. Returns its place, which {@link endBlock} wants to know. */
  beginBlock(): number {
    return this.claim(4);
  }

  /** Writes the length of what was written since the block began. */
  endBlock(begun: number): void {
    this.view.setUint32(begun, this.length - begun - 4, true);
  }

  /** Returns everything written so far: a view that the next write may change. */
  written(): Uint8Array {
    return this.buffer.subarray(0, this.length);
  }

  /** Makes room and returns where. Call it before naming buffer or view: growing replaces both. */
  private claim(size: number): number {
    const at = this.length;
    this.length += size;
    if (this.length > this.buffer.length) {
      const grown = new Uint8Array(Math.max(this.length, 2 * this.buffer.length));
      grown.set(this.buffer);
      this.buffer = grown;
      this.view = new DataView(grown.buffer);
    }
    return at;
  }
}

/** Reads what a {@link ByteWriter} wrote. @throws RangeError past the end */
export class ByteReader {
  private readonly view: DataView;
  private at = 0;

  constructor(private readonly bytes: Uint8Array) {
    this.view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  }

  /** Bytes not read yet. */
  get left(): number {
    return this.bytes.length - this.at;
  }

  u8(): number {
    return this.view.getUint8(this.claim(1));
  }

  u16(): number {
    return this.view.getUint16(this.claim(2), true);
  }

  u32(): number {
    return this.view.getUint32(this.claim(4), true);
  }

  f64(): number {
    return this.view.getFloat64(this.claim(8), true);
  }

  /** Fills the first `count` cells of `target`. */
  f64s(target: Float64Array, count: number): void {
    for (let i = 0; i < count; i++) target[i] = this.f64();
  }

  /** Returns the bytes of a block: a view, not a copy. */
  block(): Uint8Array {
    const length = this.u32();
    const from = this.claim(length);
    return this.bytes.subarray(from, from + length);
  }

  private claim(size: number): number {
    const at = this.at;
    if (size > this.left) throw new RangeError(`reading ${size} bytes: only ${this.left} are left`);
    this.at += size;
    return at;
  }
}
