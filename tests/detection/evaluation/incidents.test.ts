import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { incidentQuality } from '../../../detection/evaluation/incidents.js';

/** Rows 0..length-1 with ones where said. */
function column(length: number, ...ones: readonly (readonly [number, number])[]): number[] {
  return Array.from({ length }, (_, i) => (ones.some(([from, to]) => i >= from && i <= to) ? 1 : 0));
}

describe('incident quality', () => {
  it('counts incidents, delays and false alarms', () => {
    const labels = column(100, [10, 19], [50, 59], [80, 80]);
    // 13 and 17 find the first after 3 rows, 50 the second at once; 30 and 39 are one false alarm (8 quiet rows between).
    const alarms = column(100, [13, 13], [17, 17], [30, 30], [39, 39], [50, 52]);
    // 39 and 50 lie 10 quiet rows apart, 17 and 30 twelve: both stay apart.
    expect(incidentQuality(labels, alarms, { rowsPerDay: 50 })).toEqual({
      incidents: 3,
      detected: 2,
      recall: 2 / 3,
      delays: [3, 0],
      meanDelay: 1.5,
      medianDelay: 1.5,
      falseAlarms: 1,
      falseAlarmsPerDay: 0.5,
    });
  });

  it('joins runs under the gap, so that the echo of an incident is not a false alarm', () => {
    const labels = column(60, [10, 19]);
    const near = column(60, [15, 19], [29, 30]);
    const far = column(60, [15, 19], [30, 31]);
    expect(incidentQuality(labels, near, { rowsPerDay: 60 }).falseAlarms).toBe(0);
    expect(incidentQuality(labels, far, { rowsPerDay: 60 }).falseAlarms).toBe(1);
    expect(incidentQuality(labels, near, { rowsPerDay: 60, mergeGap: 1 }).falseAlarms).toBe(1);
  });

  it('does not find an incident by an alarm beside it', () => {
    const quality = incidentQuality(column(30, [10, 12]), column(30, [13, 13]), { rowsPerDay: 30 });
    expect(quality).toMatchObject({ detected: 0, recall: 0, meanDelay: null, falseAlarms: 1 });
  });

  it('answers without labels and without alarms', () => {
    expect(incidentQuality([0, 0], [1, 0], { rowsPerDay: 2 })).toMatchObject({
      recall: null,
      falseAlarms: 1,
    });
    expect(incidentQuality([0, 1], [0, 0], { rowsPerDay: 2 })).toMatchObject({
      recall: 0,
      medianDelay: null,
    });
  });

  it('refuses columns that do not fit', () => {
    expect(() => incidentQuality([], [], { rowsPerDay: 1 })).toThrow(RangeError);
    expect(() => incidentQuality([0], [0, 1], { rowsPerDay: 1 })).toThrow(/1 labels for 2 alarms/);
    expect(() => incidentQuality([0], [0.5], { rowsPerDay: 1 })).toThrow(/alarm of row 0 is 0.5/);
    expect(() => incidentQuality([0], [0], { rowsPerDay: 0 })).toThrow(/day of 0 rows/);
  });

  it('never loses by one more alarm inside an incident, and stays in range', () => {
    const bits = fc.array(fc.tuple(fc.constantFrom(0, 1), fc.constantFrom(0, 1)), {
      minLength: 1,
      maxLength: 80,
    });
    fc.assert(
      fc.property(bits, fc.nat(79), (rows, at) => {
        const labels = rows.map(([label]) => label);
        const alarms = rows.map(([, alarm]) => alarm);
        const before = incidentQuality(labels, alarms, { rowsPerDay: 10 });
        if (labels[at] === 1) {
          const more = incidentQuality(labels, alarms.with(at, 1), { rowsPerDay: 10 });
          expect(more.detected).toBeGreaterThanOrEqual(before.detected);
          expect(more.falseAlarms).toBeLessThanOrEqual(before.falseAlarms);
        }
        expect(before.delays.every((delay) => delay >= 0)).toBe(true);
        expect(before.detected).toBeLessThanOrEqual(before.incidents);
      }),
    );
  });
});
