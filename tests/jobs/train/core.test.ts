import { describe, expect, it } from 'vitest';
import { decodeDriftReference } from '../../../detection/drift/reference-bytes.js';
import { compactRow } from '../../../jobs/compact-row.js';
import { train } from '../../../jobs/train/core.js';
import { createScorer } from '../../../processors/score/core.js';
import { compileModel, type ScoringModel } from '../../../processors/score/model.js';
import { modelVersionCodec } from '../../../schemas/model-version.js';
import { driftReferences } from '../../support/drift-references.js';
import { simulateFeatures } from '../../support/simulated-features.js';
import { SMALL_TRAINING, trainedModel } from '../../support/trained-model.js';

const stream = simulateFeatures({ seed: 5, events: 1600, group: 'web' });
const WARM_UP = stream.findIndex(({ warmingUp }) => !warmingUp);

function scorerOf(model: ScoringModel) {
  return createScorer({
    models: { current: () => model },
    mode: 'mean',
    explain: 'none',
    explainMetrics: 8,
    explainEvery: 100,
    additivityEvery: 1000,
  });
}

/** Share of events that a model shows above the alarm boundary. */
function boundaryShare(rows: number, live: typeof stream): number {
  const compiled = compileModel(trainedModel(stream.slice(0, WARM_UP + rows)));
  if (!compiled.ok) throw new Error(compiled.reason);
  return (
    scorerOf(compiled.model)
      .scoreBatch(live)
      .filter(({ score }) => score > 0.5).length / live.length
  );
}

describe('train', () => {
  it('gives the same content for the same seed, whatever the time, and another for another seed', () => {
    const first = trainedModel(stream);
    const later = trainedModel(stream, { created: first.created + 1000 });
    expect(later.contentHash).toBe(first.contentHash);
    expect(later.version).not.toBe(first.version);
    expect(trainedModel(stream, { seed: 2 }).contentHash).not.toBe(first.contentHash);
  });

  it('names the version by time and content, and survives its codec', () => {
    const model = trainedModel(stream);
    expect(model.version).toBe(`v${model.created}-${model.contentHash.slice(0, 8)}`);
    const decoded = modelVersionCodec.decode(modelVersionCodec.encode(model));
    if (!decoded.ok) throw new Error(decoded.reason);
    expect(decoded.value).toEqual(model);
    expect(compileModel(decoded.value).ok).toBe(true);
  });

  it('leaves out rows that warm up or come late, and tells its range', () => {
    const late = stream.map((row, i) => (i === 700 ? { ...row, late: true } : row));
    const model = trainedModel(late);
    expect(model.rows).toBe(stream.length - WARM_UP - 1);
    expect(model.metrics).toEqual({ rowsGiven: 1600, rowsLeftOut: WARM_UP + 1 });
    expect(model.trainedFrom).toBe(stream[WARM_UP]?.timestamp);
    expect(model.hosts).toEqual(['web-1']);
  });

  it('reads level and spread of every metric over three windows, scaled by what is normal on each host', () => {
    const other = simulateFeatures({ seed: 6, events: 400, host: 'web-2', group: 'web' });
    const stranger = simulateFeatures({ seed: 7, events: 60, host: 'web-3', group: 'web' });
    const { features, scaling } = trainedModel([...stream, ...other, ...stranger]);
    expect(features.map(({ metric, statistic, window }) => [metric, statistic, window])).toEqual(
      ['cpu', 'memory', 'network'].flatMap((metric) =>
        [5, 20, 100].flatMap((window) => [
          [metric, 'mean', window],
          [metric, 'standardDeviation', window],
        ]),
      ),
    );
    // 30 warm rows are too few for a scaling of a host's own.
    expect(scaling.map(({ host, centres, scales }) => [host, centres.length, scales.length])).toEqual([
      ['web-1', 18, 18],
      ['web-2', 18, 18],
    ]);
  });

  it('leaves the first tenth of the rows out of the calibration, in which references are still young', () => {
    const warm = stream.slice(WARM_UP);
    const first = Math.floor(warm.length / 10);
    const withLoud = (from: number, to: number) =>
      trainedModel(
        warm.map((row, i) => ({
          ...row,
          statistics: row.statistics.map((one) =>
            one.name.endsWith('Evidence') && i >= from && i < to
              ? { ...one, values: one.values.map(() => 29) }
              : one,
          ),
        })),
      ).calibration;
    const { calibration } = trainedModel(warm);
    expect(withLoud(0, first)).toEqual(calibration);
    expect(withLoud(first, 2 * first)).not.toEqual(calibration);
  });

  it('learns nothing of what may be an incident, as long as that is the exception', () => {
    const incident = simulateFeatures({
      seed: 5,
      events: 1600,
      group: 'web',
      disturb: (event, values) => {
        if (event >= 1000 && event < 1020) values[0] = (values[0] ?? 0) + 200;
      },
    });
    const model = trainedModel(incident);
    // The 20 rows, and the 100 in whose windows they still are.
    expect(model.metrics['rowsLeftOut']).toBeGreaterThanOrEqual(WARM_UP + 120);
    expect(model.metrics['rowsLeftOut']).toBeLessThan(WARM_UP + 300);
  });

  it('sets no boundary that a fifth of the history exceeds, though it learns the quiet rows alone', () => {
    const warm = stream.slice(WARM_UP);
    const quiet = Math.floor(0.7 * warm.length);
    const off = (name: string) => (name === 'zscore' ? 6 : name.endsWith('Evidence') ? 29 : null);
    const lasting = warm.map((row, i) => ({
      ...row,
      statistics: row.statistics.map((one) => {
        const value = i < quiet ? null : off(one.name);
        return value === null ? one : { ...one, values: one.values.map(() => value) };
      }),
    }));
    const [learnt, alone] = [trainedModel(lasting), trainedModel(warm.slice(0, quiet))];
    expect(learnt.rows).toBe(alone.rows);
    expect(learnt.calibration).toEqual(alone.calibration);
    expect(learnt.threshold).toBeGreaterThan(3 * alone.threshold);
  });

  it('needs of a row only what is kept of it', () => {
    expect(trainedModel(stream.map(compactRow))).toEqual(trainedModel(stream));
  });

  it('names the readings that it learnt and the commit of the code that learnt them', () => {
    const model = trainedModel(stream, { gitCommit: 'abc' });
    expect(model.gitCommit).toBe('abc');
    expect(trainedModel(stream).gitCommit).toBeNull();
    expect(model.dataFingerprint).toMatch(/^[0-9a-f]{64}$/);
    expect(trainedModel(stream, { seed: 9 }).dataFingerprint).toBe(model.dataFingerprint);
    expect(trainedModel(stream.slice(0, -1)).dataFingerprint).not.toBe(model.dataFingerprint);
  });

  it('refuses too few warm rows and says how many are missing', () => {
    const trained = train(stream.slice(0, WARM_UP + 49), SMALL_TRAINING);
    expect(trained).toMatchObject({ ok: false, code: 'TOO_FEW_ROWS', missing: 1 });
    expect(trained).toMatchObject({ reason: expect.stringMatching(/1 are missing$/) });
  });

  it('says that rows came out of order, where that is why they are missing', () => {
    const late = stream.slice(0, 500).map((row, i) => ({ ...row, late: i > 0 }));
    expect(train(late, SMALL_TRAINING)).toMatchObject({
      ok: false,
      reason: expect.stringContaining('499 of 500 rows are older than one before them'),
    });
  });

  it('is provisional below 1,000 rows', () => {
    expect(trainedModel(stream.slice(0, WARM_UP + 999)).provisional).toBe(true);
    expect(trainedModel(stream.slice(0, WARM_UP + 1000)).provisional).toBe(false);
  });

  it('grows no tree from more than half of the rows, so that each row is new to half of the forest', () => {
    expect(trainedModel(stream.slice(0, WARM_UP + 60)).subsampleSize).toBe(30);
    expect(trainedModel(stream).subsampleSize).toBe(SMALL_TRAINING.subsampleSize);
  });

  it('does not alarm at every turn when trained on 60 rows', () => {
    const live = stream.slice(WARM_UP + 60, WARM_UP + 360);
    expect(boundaryShare(60, live)).toBeLessThan(0.05);
  });

  it('alarms on about the contamination of new events when trained on many', () => {
    const live = simulateFeatures({ seed: 5, events: 3600, group: 'web' }).slice(1600);
    expect(boundaryShare(1500, live)).toBeLessThan(0.03);
  });

  it('stays calm on constant metrics, and wakes up when they move', () => {
    const constant = (moves: boolean) =>
      simulateFeatures({
        seed: 1,
        events: 300,
        group: 'flat',
        disturb: (event, values) => values.fill(moves && event === 250 ? 9 : 5),
      });
    const compiled = compileModel(trainedModel(constant(false).slice(0, 200)));
    if (!compiled.ok) throw new Error(compiled.reason);
    const alarms = scorerOf(compiled.model)
      .scoreBatch(constant(true).slice(200))
      .flatMap(({ isAnomaly, sourceOffset }) => (isAnomaly ? [sourceOffset] : []));
    expect(alarms).toEqual([250]);
  });

  it('takes its drift references as they are; they are built only where the range is long enough', () => {
    expect(driftReferences(stream, SMALL_TRAINING.drift)).toEqual([]);
    const drift = { blockMs: 10_000, windowBlocks: 12 };
    const { reference } = trainedModel(stream, { drift, references: driftReferences(stream, drift) });
    expect(reference.map(({ metric }) => metric)).toEqual(['cpu', 'memory', 'network']);
    expect(reference[0]?.limit).toBeGreaterThanOrEqual(0.3);
    const cpu = decodeDriftReference(reference[0]?.state ?? Buffer.alloc(0));
    expect(cpu).toMatchObject({ blockMs: 10_000, windowBlocks: 12, limit: reference[0]?.limit });
    expect(cpu.sample.rows).toBe(reference[0]?.rows);
    expect(cpu.autocorrelationRows).toBeGreaterThanOrEqual(1);
  });
});
