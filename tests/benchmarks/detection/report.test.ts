import type { HeapProfiler } from 'node:inspector';
import { describe, expect, it } from 'vitest';
import { ASKED, askedOf } from '../../../benchmarks/detection/asked.js';
import { summarise } from '../../../benchmarks/detection/heap-profile.js';
import { type Measurement, measurementsSchema, perEvent } from '../../../benchmarks/detection/measurement.js';
import { largestDifference } from '../../../benchmarks/detection/on-reference-forest.js';
import { planOf } from '../../../benchmarks/detection/plan.js';
import { figureOf, tablesOf } from '../../../benchmarks/detection/report.js';

const timed = (cpu: number, wall = 2 * cpu) => ({ cpuMicroseconds: cpu, wallMicroseconds: wall });

describe('a measurement per event', () => {
  it('divides by the events, and tells the median wall time beside the spread of CPU time', () => {
    const measured = perEvent('score', 100, [timed(300), timed(100), timed(500)]);
    expect(measured).toEqual({
      name: 'score',
      unit: 'us/event',
      spread: { samples: 3, minimum: 1, median: 3, maximum: 5 },
      facts: { wallMedian: 6 },
    });
    expect(measurementsSchema.parse(JSON.parse(JSON.stringify([measured])))).toEqual([measured]);
  });
});

describe('a figure beside what is asked', () => {
  const of = (median: number): Measurement => ({
    name: 'score, batches of 256',
    unit: 'us/event',
    spread: { samples: 3, minimum: 1, median, maximum: 9 },
    facts: {},
  });

  it('is within it or over it by its median, and a median that is no number is over', () => {
    expect([3, 3.01, Number.NaN].map((median) => figureOf('forest', 3, of(median)).ok)).toEqual([
      true,
      false,
      false,
    ]);
  });

  it('is only told where nothing is asked', () => {
    expect(figureOf('forest', 8, of(3))).toMatchObject({ asked: null, ok: null });
  });

  it('asks the same of every agreement with a reference', () => {
    expect(askedOf('reference forest', 8, 'largest difference of SHAP values')).toBe(1e-9);
  });

  it('stands in one line of the table, small numbers included', () => {
    const difference: Measurement = {
      name: 'largest difference of scores',
      unit: '',
      spread: { samples: 1, minimum: 2e-16, median: 2e-16, maximum: 2e-16 },
      facts: {},
    };
    const figures = [figureOf('forest', 3, of(4)), figureOf('reference forest', 3, difference)];
    expect(tablesOf({ figures }).split('\n').slice(2)).toEqual([
      '| forest | 3 | score, batches of 256 | 4 | 1 - 9 | us/event | 3 | **over** |',
      '| reference forest | 3 | largest difference of scores | 2.0e-16 |  |  | 1.0e-9 | ok |',
      '',
    ]);
  });
});

describe('the times on the same forest', () => {
  it('stand side by side, a column for each number of features', () => {
    const of = (name: string, median: number): Measurement => ({
      name,
      unit: 'us/event',
      spread: { samples: 1, minimum: median, median, maximum: median },
      facts: {},
    });
    const figures = [
      figureOf('scikit-learn and shap', 3, of('TreeExplainer, 1 row', 519)),
      figureOf('reference forest', 3, of('ours: score, batches of 1', 7)),
      figureOf('scikit-learn and shap', 8, of('TreeExplainer, 1 row', 647)),
    ];
    expect(tablesOf({ figures }).split('\n').slice(-5)).toEqual([
      '| the same forest and rows, us/event | 3 features | 8 features |',
      '| --- | --- | --- |',
      '| TreeExplainer, 1 row | 519 | 647 |',
      '| ours: score, batches of 1 | 7 |  |',
      '',
    ]);
  });
});

describe('the plan', () => {
  it('measures every asked figure, quick or not', () => {
    const asked = Object.keys(ASKED).map((key) => key.split('/').slice(0, 2).join(' '));
    for (const quick of [true, false]) {
      const planned = planOf(quick).tasks.map(({ subject, shape }) => `${subject} ${shape}`);
      expect(asked.filter((place) => !planned.includes(place))).toEqual([]);
    }
  });
});

describe('a difference of two lists', () => {
  it('is the largest, and no number when they cannot be compared', () => {
    expect(largestDifference(Float64Array.of(1, 2), Float64Array.of(1.5, -1))).toBe(3);
    expect(largestDifference(Float64Array.of(1), Float64Array.of(Number.NaN))).toBeNaN();
    expect(largestDifference(Float64Array.of(1), Float64Array.of(1, 2))).toBeNaN();
  });
});

describe('a heap profile', () => {
  type Node = HeapProfiler.SamplingHeapProfileNode;
  const node = (functionName: string, selfSize: number, children: Node[] = [], url = ''): Node => ({
    callFrame: { functionName, scriptId: '0', url, lineNumber: 0, columnNumber: 0 },
    selfSize,
    children,
  });

  it('sums what each function of a file allocated, wherever it was called from', () => {
    const called = [node('a', 10, [node('b', 5)]), node('b', 20), node('b', 7, [], 'file:///x/y.js')];
    expect(summarise(node('(root)', 0, [...called, node('', 1)]))).toEqual({
      bytes: 43,
      byFunction: [
        { name: 'b', bytes: 25 },
        { name: 'a', bytes: 10 },
        { name: 'b in y.js', bytes: 7 },
        { name: '(anonymous)', bytes: 1 },
      ],
    });
  });
});
