import { parseArgs } from 'node:util';
import { describe, expect, it } from 'vitest';
import { badUsage, exitCodeOf } from '../../benchmarks/bad-usage.js';

function thrownBy(call: () => unknown): unknown {
  try {
    call();
  } catch (error) {
    return error;
  }
  return expect.fail('nothing was thrown');
}

describe('exitCodeOf', () => {
  it.each([['--unknown'], ['--quick=yes'], ['surplus'], ['--out']])('is 2 for %s', (argument) => {
    const options = { quick: { type: 'boolean' }, out: { type: 'string' } } as const;
    expect(exitCodeOf(thrownBy(() => parseArgs({ args: [argument], options })))).toBe(2);
  });

  it('is 2 for what a benchmark refuses itself, and 1 for what fails on the way', () => {
    expect(exitCodeOf(badUsage('no subject x'))).toBe(2);
    expect(exitCodeOf(new Error('no data'))).toBe(1);
    expect(exitCodeOf('thrown')).toBe(1);
  });
});
