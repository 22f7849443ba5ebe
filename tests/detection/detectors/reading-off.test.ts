import { expect, it } from 'vitest';
import { isReadingOff } from '../../../detection/detectors/reading-off.js';

it('takes one reading more than five deviations off, above or below', () => {
  expect(isReadingOff([0, -5.01, 1], 5)).toBe(true);
  expect(isReadingOff([5.01], 5)).toBe(true);
  expect(isReadingOff([5, -5, 4.9], 5)).toBe(false);
});

it('is false without readings, and for what is not a number', () => {
  expect(isReadingOff([], 5)).toBe(false);
  expect(isReadingOff([Number.NaN], 5)).toBe(false);
});
