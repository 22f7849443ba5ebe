/** Grows as it is written: little-endian doubles and LEB128 counts. */
export class ByteWriter {
  private bytes = new Uint8Array(16_384);
  private view = new DataView(this.bytes.buffer);
  private at = 0;

  double(value: number): void {
    this.reserve(8);
    this.view.setFloat64(this.at, value, true);
    this.at += 8;
  }

  /** A whole number >= 0 up to 2^53; small ones take one byte. */
  count(value: number): void {
    this.reserve(8);
    let rest = value;
    while (rest >= 128) {
      this.bytes[this.at++] = (rest % 128) + 128;
      rest = Math.floor(rest / 128);
    }
    this.bytes[this.at++] = rest;
  }

  text(value: string): void {
    const encoded = new TextEncoder().encode(value);
    this.count(encoded.length);
    this.reserve(encoded.length);
    this.bytes.set(encoded, this.at);
    this.at += encoded.length;
  }

  /** Returns what was written, as its own copy. */
  finish(): Uint8Array {
    return this.bytes.slice(0, this.at);
  }

  private reserve(size: number): void {
    if (this.at + size <= this.bytes.length) return;
    const larger = new Uint8Array(Math.max(this.bytes.length * 2, this.at + size));
    larger.set(this.bytes);
    this.bytes = larger;
    this.view = new DataView(larger.buffer);
  }
}

/** Reads what {@link ByteWriter} wrote. Every method throws RangeError when the bytes end too early. */
export class ByteReader {
  private at = 0;
  private readonly view: DataView;

  constructor(private readonly bytes: Uint8Array) {
    this.view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  }

  /** Bytes that were not read yet. */
  get left(): number {
    return this.bytes.length - this.at;
  }

  double(): number {
    this.expect(8);
    this.at += 8;
    return this.view.getFloat64(this.at - 8, true);
  }

  count(): number {
    let value = 0;
    for (let scale = 1; scale <= 2 ** 49; scale *= 128) {
      this.expect(1);
      const byte = this.bytes[this.at++] as number;
      value += (byte % 128) * scale;
      if (byte < 128) return value;
    }
    throw new RangeError('reading drift state: a count is too long');
  }

  text(): string {
    const length = this.count();
    this.expect(length);
    this.at += length;
    return new TextDecoder('utf-8', { fatal: true }).decode(this.bytes.subarray(this.at - length, this.at));
  }

  private expect(size: number): void {
    if (this.left < size) throw new RangeError('reading drift state: the bytes are cut short');
  }
}
