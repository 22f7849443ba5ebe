import fc from 'fast-check';
import { expect, it } from 'vitest';
import { HostChecks } from '../../../common/checks/host-checks.js';

interface Event {
  readonly timestamp: number;
  readonly readings: Readonly<Record<string, number>>;
}

const events = fc.array(
  fc.record({
    timestamp: fc.integer({ min: 0, max: 12 }),
    readings: fc.dictionary(fc.constantFrom('a', 'b', 'c', 'd', 'e'), fc.integer({ min: -3, max: 13 })),
  }),
  { maxLength: 40 },
);

/** The same in the plainest way: everything is kept and looked through anew. */
function plainFindings(list: readonly Event[], expected: readonly string[]): string[] {
  const findings: string[] = [];
  const known = new Set(expected);
  let newest = -1;
  let present = new Set<string>();
  const endMoment = () => {
    for (const metric of known) if (!present.has(metric)) findings.push(`missing ${metric}`);
  };
  for (const { timestamp, readings } of list) {
    const isLate = timestamp < newest;
    if (isLate) findings.push('order');
    else if (timestamp > newest) {
      if (newest >= 0) endMoment();
      newest = timestamp;
      present = new Set();
    }
    const names = Object.keys(readings);
    if (!isLate && names.some((name) => present.has(name))) findings.push('duplicate');
    for (const name of names) {
      known.add(name);
      if (!isLate) present.add(name);
      const value = readings[name] ?? 0;
      if (value < 0 || value > 10) findings.push(`range ${name}`);
    }
  }
  if (newest >= 0) endMoment();
  return findings.sort();
}

it('finds what the plainest way of looking finds, whatever comes in whatever order', () => {
  fc.assert(
    fc.property(events, fc.subarray(['a', 'x']), (list, expected) => {
      const checks = new HostChecks({
        rangeOf: () => ({ least: 0, most: 10 }),
        gapFactor: Number.POSITIVE_INFINITY,
        forgetAfter: Number.POSITIVE_INFINITY,
      });
      const findings: string[] = [];
      const found = (check: string, metric: string | null) => {
        findings.push(metric === null ? check : `${check} ${metric}`);
      };
      for (const metric of expected) checks.expect(metric);
      for (const { timestamp, readings } of list)
        checks.look(timestamp, Object.keys(readings), Object.values(readings), found);
      if (list.length > 0) checks.endMoment(found);
      expect(findings.sort()).toEqual(plainFindings(list, expected));
    }),
    { numRuns: 500 },
  );
});
