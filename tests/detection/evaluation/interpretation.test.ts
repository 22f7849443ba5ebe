import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { interpretationFit, parseInterpretation } from '../../../detection/evaluation/interpretation.js';
import { labelledData } from '../../support/labelled-data.js';

const SMD = { metrics: 38, endIncluded: false };
const ASD = { metrics: 19, endIncluded: true };

describe('an interpretation file', () => {
  it('counts columns from 1 and ends a range as its collection does', () => {
    expect(parseInterpretation('5-8:3,1\n', SMD)).toEqual([{ start: 5, end: 7, metrics: [0, 2] }]);
    expect(parseInterpretation('5-8:3,1\n', ASD)).toEqual([{ start: 5, end: 8, metrics: [0, 2] }]);
  });

  it('is put in order, blank lines and Windows line ends passed over', () => {
    const read = parseInterpretation('\r\n20-22:2\r\n5-8:1\r\n', SMD);
    expect(read.map(({ start, end }) => [start, end])).toEqual([
      [5, 7],
      [20, 21],
    ]);
  });

  it.each([
    ['5-8', /line 1 is not/],
    ['1-2:3\n5-8:1,x', /line 2 is not/],
    ['5-5:1', /line 1 names no row/],
    ['5-8:0', /a column that there is not/],
    ['5-8:39', /a column that there is not/],
    ['5-8:2,2', /a column twice/],
    ['5-8:1\n7-9:2', /from row 5 and 7 overlap/],
  ])('is refused where it cannot be meant: %s', (text, message) => {
    expect(() => parseInterpretation(text, SMD)).toThrow(message);
  });

  it('fits labels when each incident is one labelled segment', () => {
    const labels = [0, 1, 1, 0, 1, 0, 1];
    const incidents = parseInterpretation('1-3:1\n4-6:1', SMD);
    expect(interpretationFit(incidents, labels)).toEqual({ exact: 1, misfits: 1, unexplained: 2 });
  });
});

describe.each([
  ['smd', SMD],
  ['asd', ASD],
] as const)('the interpretation files of %s', (collection, format) => {
  const root = labelledData(collection);
  const machines = root === null ? [] : readdirSync(root).sort();
  const filesOf = (machine: string) => ({
    text: readFileSync(join(root ?? '', machine, 'interpretation.txt'), 'utf8'),
    labels: gunzipSync(readFileSync(join(root ?? '', machine, 'labels.csv.gz')))
      .toString()
      .trim()
      .split('\n')
      .slice(1)
      .map(Number),
  });

  it.skipIf(root === null)('fit the labels with this end, and not with the other', () => {
    expect(machines.length).toBeGreaterThan(0);
    for (const machine of machines) {
      const { text, labels } = filesOf(machine);
      const right = interpretationFit(parseInterpretation(text, format), labels);
      expect(right.misfits).toBe(0);
      const other = parseInterpretation(text, { ...format, endIncluded: !format.endIncluded });
      expect(interpretationFit(other, labels).exact).toBe(0);
    }
  });
});
