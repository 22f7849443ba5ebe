import { readFileSync } from 'node:fs';
import { expect } from 'vitest';

/** Expected values made with scipy 1.17.1 (versions inside the files). */
export function readVectors<T>(name: string): T {
  return JSON.parse(
    readFileSync(new URL(`../../fixtures/vectors/${name}.json`, import.meta.url), 'utf8'),
  ) as T;
}

/** Expects `actual` within a relative tolerance, or within the absolute one near 0. */
export function expectClose(actual: number, expected: number, relative: number, absolute = 1e-15): void {
  const allowed = Math.max(absolute, relative * Math.abs(expected));
  expect(Math.abs(actual - expected), `${actual} against ${expected}`).toBeLessThanOrEqual(allowed);
}
