import { isUtf8 } from 'node:buffer';
import type { Problem, RejectionCode } from './rejection.js';

/** Where a walk stands. One per guard: walks are synchronous and do not nest. */
export class Walk {
  bytes: Uint8Array = new Uint8Array(0);
  at = 0;
  end = 0;
  depth = 0;
  /** End of the block whose head was read last, as it says itself; -1 where it does not. */
  blockEnd = -1;
  fault: Problem | null = null;

  /** Notes the fault and returns false, so that a step can end with `return walk.fail(...)`. */
  fail(code: RejectionCode, reason: string): false {
    this.fault = { code, reason };
    return false;
  }

  /** Moves over `count` bytes of the value at `path`; false when fewer are left. */
  skip(count: number, path: string): boolean {
    if (count > this.end - this.at) return this.fail('TRUNCATED', `the record ends inside ${path}`);
    this.at += count;
    return true;
  }

  /** Returns the variable-length number at the cursor and moves over it; NaN, with the fault noted, when it is not one. */
  long(path: string): number {
    const { bytes, end } = this;
    let at = this.at;
    if (at >= end) return this.noLong('TRUNCATED', `the record ends before ${path}`);
    const first = bytes[at++] ?? 0;
    let magnitude = (first & 0x7f) >> 1;
    let unit = 64;
    let byte = first;
    while (byte & 0x80) {
      if (at >= end) return this.noLong('TRUNCATED', `the record ends inside ${path}`);
      byte = bytes[at++] ?? 0;
      magnitude += (byte & 0x7f) * unit;
      unit *= 128;
      if (unit > 2 ** 69) return this.noLong('MALFORMED', `${path} has a number of more than 10 bytes`);
    }
    this.at = at;
    return first & 1 ? -magnitude - 1 : magnitude;
  }

  /**
   * Moves over the head of a block of array items or map entries, each of `minBytes` or more. Returns how many there are, 0 behind the last
   * block; NaN, with the fault noted, for a head that cannot be read or announces more than the bytes left can hold.
   */
  block(path: string, minBytes: number): number {
    let count = this.long(path);
    this.blockEnd = -1;
    if (count < 0) {
      count = -count;
      const size = this.long(path);
      this.blockEnd = this.at + size;
    }
    if (this.fault) return Number.NaN;
    if (count > 0 && (minBytes === 0 || count * minBytes > this.end - this.at)) {
      this.fail('BLOCK_BOMB', `${path} announces ${count} items in ${this.end - this.at} bytes`);
      return Number.NaN;
    }
    return count;
  }

  /** Returns whether a block ended where it said it would; notes the fault when it did not. */
  endsBlock(path: string, blockEnd: number): boolean {
    if (blockEnd < 0 || this.at === blockEnd) return true;
    return this.fail('MALFORMED', `${path} has a block of another size than it says`);
  }

  private noLong(code: RejectionCode, reason: string): number {
    this.fault = { code, reason };
    return Number.NaN;
  }
}

/** One compiled piece of the schema: moves the cursor over one value; false when it cannot be read. */
export type Step = (walk: Walk) => boolean;

/** Returns the step over exactly `count` bytes of any content. */
export function bytesOf(count: number, path: string): Step {
  return (walk) => walk.skip(count, path);
}

/** Returns the step over a boolean: one byte, 0 or 1. */
export function booleanStep(path: string): Step {
  return (walk) => {
    if (walk.at >= walk.end) return walk.fail('TRUNCATED', `the record ends before ${path}`);
    return (walk.bytes[walk.at++] ?? 2) < 2 || walk.fail('MALFORMED', `${path} is neither 0 nor 1`);
  };
}

/** Returns the step over a variable-length number from `least` to `most`. */
export function longStep(path: string, least: number, most: number): Step {
  return (walk) => {
    const value = walk.long(path);
    if (value >= least && value <= most) return true;
    return walk.fault ? false : walk.fail('OUT_OF_RANGE', `${path} is outside ${least} to ${most}`);
  };
}

/** Returns the step over a finite 4-byte number. */
export function floatStep(path: string): Step {
  return (walk) => {
    if (!walk.skip(4, path)) return false;
    const { bytes, at } = walk;
    const finite = ((bytes[at - 1] ?? 0) & 0x7f) !== 0x7f || ((bytes[at - 2] ?? 0) & 0x80) !== 0x80;
    return finite || walk.fail('NOT_FINITE', `${path} holds a number that is not finite`);
  };
}

/** Returns the step over `count` finite 8-byte numbers that follow each other. */
export function doublesStep(path: string): (walk: Walk, count: number) => boolean {
  return (walk, count) => {
    const { bytes, at } = walk;
    if (!walk.skip(count * 8, path)) return false;
    for (let high = at + 7; high < walk.at; high += 8) {
      // All eleven exponent bits set: an infinity or not a number. Two bytes tell, without reading the double.
      if (((bytes[high] ?? 0) & 0x7f) !== 0x7f || ((bytes[high - 1] ?? 0) & 0xf0) !== 0xf0) continue;
      return walk.fail('NOT_FINITE', `${path} holds a number that is not finite`);
    }
    return true;
  };
}

/** Returns the step over a length and that many bytes. */
export function lengthStep(path: string): Step {
  return (walk) => {
    const length = walk.long(path);
    if (length >= 0) return walk.skip(length, path);
    return walk.fault ? false : walk.fail('MALFORMED', `${path} has a negative length`);
  };
}

/** Returns the step over a length and that many bytes of UTF-8. */
export function textStep(path: string): Step {
  const skipLength = lengthStep(path);
  return (walk) => {
    const before = walk.at;
    if (!skipLength(walk)) return false;
    const { bytes, at } = walk;
    let seen = 0;
    // The length's own bytes are seen too: a text of 64 bytes or more only takes the exact test needlessly.
    for (let i = before; i < at; i += 1) seen |= bytes[i] ?? 0;
    if (seen < 0x80) return true;
    return (
      isUtf8(bytes.subarray(textStart(bytes, before), at)) || walk.fail('BAD_TEXT', `${path} is not UTF-8`)
    );
  };
}

function textStart(bytes: Uint8Array, lengthAt: number): number {
  let at = lengthAt;
  while ((bytes[at] ?? 0) & 0x80) at += 1;
  return at + 1;
}

/** Returns the step over the key of a map: a text other than `__proto__`, which would set the prototype of the decoded object. */
export function keyStep(path: string): Step {
  const text = textStep(path);
  const forbidden = Buffer.from('__proto__');
  return (walk) => {
    const before = walk.at;
    if (!text(walk)) return false;
    // A length may be written in more bytes than it needs, so that the key's own start has to be looked for.
    const start = textStart(walk.bytes, before);
    if (walk.at - start !== forbidden.length || walk.bytes[start] !== forbidden[0]) return true;
    if (forbidden.compare(walk.bytes, start, walk.at) !== 0) return true;
    return walk.fail('BAD_NAME', `${path} has the name __proto__`);
  };
}

/** Returns the step over the index of one of `count` choices. */
export function indexStep(path: string, count: number): Step {
  return (walk) => {
    const index = walk.long(path);
    if (index >= 0 && index < count) return true;
    return walk.fault ? false : walk.fail('MALFORMED', `${path} has an index outside its ${count} choices`);
  };
}
