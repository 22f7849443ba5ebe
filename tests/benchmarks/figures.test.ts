import { describe, expect, it } from 'vitest';
import { trainBenchModel } from '../../benchmarks/stream/bench-model.js';
import { metricOf } from '../../benchmarks/stream/measured-child.js';
import { quantileOf, spreadOf } from '../../benchmarks/stream/spread.js';
import { compileModel } from '../../processors/score/model.js';

describe('figures of a benchmark', () => {
  it('gives smallest, middle and largest, whatever the order', () => {
    expect(spreadOf([3, 1, 2])).toEqual({ samples: 3, minimum: 1, median: 2, maximum: 3 });
  });

  it('takes the nearest rank as a quantile', () => {
    const sorted = Array.from({ length: 200 }, (_, i) => i + 1);
    expect([quantileOf(sorted, 0.5), quantileOf(sorted, 0.99), quantileOf([7], 0.99)]).toEqual([100, 198, 7]);
  });

  it('reads a metric of the Prometheus text, summed over labels, and tells when it is not there', () => {
    const text = '# HELP a b\na 1.5\na_total{x="1"} 2\na_total{x="2"} 3\n';
    expect(metricOf(text, 'a')).toBe(1.5);
    expect(metricOf(text, 'a_total')).toBe(5);
    expect(metricOf(text, 'b')).toBeNaN();
  });

  it('trains a model of 100 trees that a scorer takes', () => {
    const model = trainBenchModel(1_800_000_000_000);
    const compiled = compileModel(model);
    expect(compiled.ok && compiled.model.forest.treeCount).toBe(100);
    expect(compiled.ok && compiled.model.inputs.metrics).toHaveLength(3);
  });
});
