import { describe, expect, it } from 'vitest';
import { fencesOf, HostChecks } from '../../../common/checks/host-checks.js';
import { metricRanges } from '../../../common/checks/ranges.js';

/** A host under check, and what was found so far as `check metric`. */
function checkedHost(forgetAfter = Number.POSITIVE_INFINITY) {
  const checks = new HostChecks({ rangeOf: metricRanges(null), gapFactor: 1.5, forgetAfter });
  const findings: string[] = [];
  const found = (check: string, metric: string | null) => {
    findings.push(metric === null ? check : `${check} ${metric}`);
  };
  const look = (timestamp: number, values: Readonly<Record<string, number>>) =>
    checks.look(timestamp, Object.keys(values), Object.values(values), found);
  return { checks, findings, look, endMoment: () => checks.endMoment(found) };
}

describe('the checks of a host', () => {
  it('find nothing in a steady stream', () => {
    const { findings, look } = checkedHost();
    for (let i = 0; i < 200; i += 1) look(i * 1000 + (i % 3) * 20, { cpu_percent: i % 101, temperature: -i });
    expect(findings).toEqual([]);
  });

  it('find values outside their range, ends included in it', () => {
    const { findings, look } = checkedHost();
    look(0, { cpu_percent: 100.0001, read_per_second: -1, temperature: -1e9 });
    look(1, { cpu_percent: 100, read_per_second: 0, temperature: 1e9 });
    expect(findings).toEqual(['range cpu_percent', 'range read_per_second']);
  });

  it('find a missing metric when its moment is over, and take split events of one moment as one', () => {
    const { findings, look, endMoment } = checkedHost();
    look(0, { a: 1, b: 1 });
    look(1000, { a: 1 });
    look(1000, { b: 1 });
    look(2000, { a: 1 });
    expect(findings).toEqual([]);
    look(3000, { a: 1 });
    expect(findings).toEqual(['missing b']);
    endMoment();
    expect(findings).toEqual(['missing b', 'missing b']);
  });

  it('expect what they are told to expect, and forget what is gone for good', () => {
    const { checks, findings, look } = checkedHost(3);
    checks.expect('never');
    for (let i = 0; i < 10; i += 1) look(i, { a: 1 });
    expect(findings).toEqual(Array.from({ length: 3 }, () => 'missing never'));
    for (let i = 10; i < 30; i += 1) look(i, i % 3 === 0 ? { a: 1, b: 1 } : { a: 1 });
    expect(findings.filter((finding) => finding === 'missing b')).toHaveLength(11);
  });

  it('find events out of order and repeated ones, and learn nothing from the late', () => {
    const { findings, look } = checkedHost();
    look(1000, { a: 1, b: 1 });
    look(1000, { a: 1, b: 1 });
    look(500, { a: 1 });
    look(2000, { a: 1, b: 1 });
    expect(findings).toEqual(['duplicate', 'order']);
    look(3000, { a: 1 });
    look(2500, { b: 1 });
    look(4000, { a: 1, b: 1 });
    expect(findings.slice(2)).toEqual(['order', 'missing b']);
  });

  it('go on with the others when one is forgotten, in whatever order they come', () => {
    const { findings, look } = checkedHost(2);
    look(0, { a: 1, b: 1, cpu_percent: 1 });
    for (let i = 1; i < 4; i += 1) look(i, { a: 1, cpu_percent: 1 });
    expect(findings).toEqual(['missing b', 'missing b']);
    look(4, { cpu_percent: 150, a: 1 });
    look(5, { cpu_percent: 1, a: 1 });
    expect(findings.slice(2)).toEqual(['range cpu_percent']);
  });

  it('find silences longer than the usual interval, but none below a second', () => {
    const fast = checkedHost();
    const slow = checkedHost();
    for (let i = 0; i < 100; i += 1) {
      fast.look(i * 10, { a: 1 });
      slow.look(i * 5000, { a: 1 });
    }
    fast.look(99 * 10 + 999, { a: 1 });
    slow.look(99 * 5000 + 5000, { a: 1 });
    expect([...fast.findings, ...slow.findings]).toEqual([]);
    slow.look(100 * 5000 + 10_000, { a: 1 });
    fast.look(99 * 10 + 1999, { a: 1 });
    expect([slow.findings, fast.findings]).toEqual([['gap'], ['gap']]);
  });

  it('find a new rhythm usual after a while', () => {
    const { findings, look } = checkedHost();
    let at = 0;
    for (let i = 0; i < 300; i += 1) {
      at += i < 50 ? 1000 : 10_000;
      look(at, { a: 1 });
    }
    expect(findings.length).toBeGreaterThan(20);
    expect(findings.length).toBeLessThan(60);
    const before = findings.length;
    for (let i = 1; i <= 100; i += 1) look(at + i * 10_000, { a: 1 });
    expect(findings).toHaveLength(before);
  });

  it('find values beyond the fences that they were given', () => {
    const { checks, findings, look } = checkedHost();
    checks.fence('a', fencesOf(10, 20, 3));
    look(0, { a: 50 });
    look(1, { a: 50.1 });
    look(2, { a: -20.1 });
    expect(findings).toEqual(['outlier a', 'outlier a']);
    look(3, { a: 1, cpu_percent: 92 });
    checks.fence('cpu_percent', fencesOf(90, 95, 3));
    look(4, { a: 1, cpu_percent: 105 });
    look(5, { a: 1, cpu_percent: 70 });
    expect(findings.slice(2)).toEqual(['range cpu_percent', 'outlier cpu_percent']);
    expect(fencesOf(5, 5, 3)).toEqual({ low: Number.NEGATIVE_INFINITY, high: Number.POSITIVE_INFINITY });
  });
});
