import { beforeAll, describe, expect, it } from 'vitest';
import { movingZ, relativeEntropy, windowedGaussian } from '../../../benchmarks/accuracy/nab-detectors.js';
import { detect, type NabFile, readNab } from '../../../benchmarks/accuracy/nab-files.js';
import { seededRandom } from '../../../common/random.js';
import { type NabResult, nabBest, nabFile } from '../../../detection/evaluation/nab-score.js';
import { NAB_PROFILES, type NabSeries } from '../../../detection/evaluation/nab-sweep.js';
import { labelledData } from '../../support/labelled-data.js';

const files = readNab(labelledData('nab'));

/**
 * Published rows of the Windowed Gaussian detector at its threshold of 1 (github numenta/NAB, results/windowedGaussian, all three
 * `_scores.csv`): score in the standard, low-FP and low-FN profile, then rows TP, TN, FP, FN.
 */
const PUBLISHED: Readonly<Record<string, readonly number[]>> = {
  'realAWSCloudwatch/ec2_cpu_utilization_24ae8d.csv': [
    -1.26667875935, -2.39490832077, -2.26667875935, 2, 3015, 11, 400,
  ],
  'realAWSCloudwatch/ec2_cpu_utilization_5f5533.csv': [-2, -2, -4, 0, 3026, 0, 402],
  'realAWSCloudwatch/ec2_cpu_utilization_825cc2.csv': [
    0.956537840284, 0.956537840284, 0.956537840284, 36, 3085, 0, 307,
  ],
  'realAWSCloudwatch/ec2_cpu_utilization_c6585a.csv': [-1.32, -2.64, -1.32, 0, 3416, 12, 0],
  'realAWSCloudwatch/ec2_disk_write_bytes_1ef3de.csv': [
    -4.19089678552, -9.31619217025, -4.19089678552, 9, 3500, 48, 464,
  ],
  'realAWSCloudwatch/ec2_network_in_257a54.csv': [
    0.86067182427, 0.86067182427, 0.86067182427, 4, 3025, 0, 399,
  ],
  'realAWSCloudwatch/elb_request_count_8c0756.csv': [
    -0.138449197924, -0.138449197924, -1.13844919792, 1, 3026, 0, 401,
  ],
  'realAWSCloudwatch/iio_us-east-1_i-a2eb1cd9_NetworkIn.csv': [-2, -2, -4, 0, 931, 0, 126],
  'realAWSCloudwatch/rds_cpu_utilization_e47b3b.csv': [
    -0.138449197924, -0.138449197924, -1.13844919792, 2, 3026, 0, 400,
  ],
  'realKnownCause/ambient_temperature_system_failure.csv': [-2, -2, -4, 0, 5791, 0, 726],
  'realKnownCause/ec2_request_latency_system_failure.csv': [
    2.02150685678, 2.02150685678, 2.02150685678, 8, 3082, 0, 338,
  ],
  'realKnownCause/nyc_taxi.csv': [-5, -5, -10, 0, 8535, 0, 1035],
  'realKnownCause/rogue_agent_key_updown.csv': [-1.3964908955, -2.1748083231, -2.3964908955, 1, 4027, 8, 529],
};

/** Returns the results in the three profiles and prints them. */
function best(name: string, corpus: readonly NabSeries[]): readonly NabResult[] {
  const results = NAB_PROFILES.map((profile) => nabBest(corpus, profile));
  const shown = results.map(({ normalized }) => normalized.toFixed(2)).join(' / ');
  console.log(`NAB, ${files.length} files, ${name}: standard / low FP / low FN = ${shown}`);
  return results;
}

describe.skipIf(files.length === 0)('NAB scorer against published figures', () => {
  let gaussian: readonly NabSeries[] = [];
  beforeAll(() => {
    gaussian = detect(files, windowedGaussian);
  });

  describe('Windowed Gaussian, file by file', () => {
    it.each(files.map(({ name }: NabFile) => name).filter((name) => name in PUBLISHED))('%s', (name) => {
      const series = gaussian.find((candidate) => candidate.name === name);
      if (series === undefined) throw new Error(`no series ${name}`);
      const points = NAB_PROFILES.map((profile) => nabFile(series, profile, 1));
      const { truePositives, trueNegatives, falsePositives, falseNegatives } = points[0] ?? {};
      const scores = points.map(({ score }) => Number(score.toPrecision(12)));
      expect([...scores, truePositives, trueNegatives, falsePositives, falseNegatives]).toEqual(
        PUBLISHED[name],
      );
    });
  });

  const isShared = files.length === 13 && files.every(({ name }) => name in PUBLISHED);
  // Figures with the threshold chosen anew on the 13 files that the project's data holds; another selection has others.
  it.skipIf(!isShared)('gives the figures of three detectors on the 13 files', () => {
    expect(best('Windowed Gaussian', gaussian)[0]?.normalized).toBeCloseTo(40.0, 1);
    expect(best('Relative Entropy', detect(files, relativeEntropy))[0]?.normalized).toBeCloseTo(56.3, 1);
    expect(best('moving z of 100', detect(files, movingZ(100)))[0]?.normalized).toBeCloseTo(22.9, 1);
  });

  it('places noise under every detector that looks, and perfect foresight at 100', () => {
    const random = seededRandom(11);
    const noise = best(
      'random',
      detect(files, (values) => Float64Array.from(values, () => random())),
    );
    const perfect = files.map(({ name, values, windows }) => {
      const scores = new Float64Array(values.length);
      for (const { start } of windows) scores[start] = 1;
      return { name, windows, scores };
    });
    for (const [k, profile] of NAB_PROFILES.entries()) {
      expect(nabBest(perfect, profile).normalized).toBeCloseTo(100, 10);
      expect(noise[k]?.normalized).toBeGreaterThanOrEqual(0);
      expect(noise[k]?.normalized).toBeLessThan(40);
    }
  });
});
