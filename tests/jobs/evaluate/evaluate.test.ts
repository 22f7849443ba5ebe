import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { liveSteps } from '../../../cli/live-steps.js';
import { readSettings } from '../../../common/config.js';
import { evaluateSettings } from '../../../jobs/evaluate/config.js';
import { type EvaluateFileOptions, evaluateFile } from '../../../jobs/evaluate/main.js';
import { failedMinima } from '../../../jobs/evaluate/minima.js';
import { type EvaluationReport, evaluationLines } from '../../../jobs/evaluate/report.js';
import { trainSettings } from '../../../jobs/train/config.js';
import { scoreSettings } from '../../../processors/score/config.js';
import { windowSettings } from '../../../processors/window/config.js';
import type { ModelVersion } from '../../../schemas/model-version.js';
import { csvRows } from '../backtest/csv-files.js';
import { backtest, TIMES, trainOnFile } from '../backtest/harness.js';

let folder = '';
let model: ModelVersion;
let report: EvaluationReport;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'tidewatch-evaluate-'));
  await writeFile(inFolder('train.csv'), csvRows({ seed: 1, rows: 600, start: null }));
  const test = { seed: 2, rows: 500, start: null, incident: [300, 319] as const };
  await writeFile(inFolder('test.csv'), csvRows({ ...test, labelled: true }));
  await writeFile(inFolder('short.csv'), csvRows({ seed: 2, rows: 299, start: null }));
  await writeFile(inFolder('other.csv'), `x\n${'1\n'.repeat(400)}`);
  model = await trainOnFile(inFolder('train.csv'), 'web');
  report = await evaluate({ report: inFolder('report.json') });
});
afterAll(() => rm(folder, { recursive: true, force: true }));

const inFolder = (name: string) => join(folder, name);

function evaluate(changes: Partial<EvaluateFileOptions> = {}, values: Record<string, string> = {}) {
  const defaults = { values: {}, readFile: () => '' };
  const steps = liveSteps({
    window: readSettings(windowSettings, defaults),
    score: readSettings(scoreSettings, defaults),
    train: readSettings(trainSettings, defaults),
    drift: { blockMs: 3_600_000, windowBlocks: 24 },
  });
  return evaluateFile({
    steps,
    explainingSteps: steps,
    model,
    input: inFolder('test.csv'),
    train: inFolder('train.csv'),
    labels: null,
    labelColumn: 'label',
    report: null,
    times: TIMES,
    settings: readSettings(evaluateSettings, { values, readFile: () => '' }),
    progress: { write: () => undefined },
    monotonicNow: () => performance.now(),
    ...changes,
  });
}

describe('evaluateFile', () => {
  it('disturbs all rows of a short file after the training file, and finds the incident all the same', async () => {
    expect(report.rows).toEqual({ inFile: 500, history: 600, from: 0, to: 500 });
    expect(report).toMatchObject({ labelled: 20, spreadsOf: 'train', failed: [] });
    expect(report.scenarios).toHaveLength(13);
    const [clean] = report.scenarios;
    expect(clean).toMatchObject({ kind: 'clean', agreement: 1, newAlarms: 0, scoreDistance: 0 });
    expect(clean?.quality?.rocAuc).toBeGreaterThan(0.95);
    const shift = report.scenarios.find(({ kind, size }) => kind === 'shift' && size === 1);
    expect(shift?.scoreDistance).toBeGreaterThan(0.1);
    expect(shift?.scores.median).toBeGreaterThan(clean?.scores.median ?? 1);
    expect(report.latency.p99).toBeGreaterThanOrEqual(report.latency.p50);
    expect(JSON.parse(await readFile(inFolder('report.json'), 'utf8'))).toEqual(report);
    expect(evaluationLines(report).join('\n')).toMatch(/without cpu .*\n.*without memory/);
  });

  it('scores undisturbed rows as a backtest does', async () => {
    const input = csvRows({ seed: 2, rows: 500, start: null, incident: [300, 319] });
    const train = csvRows({ seed: 1, rows: 600, start: null });
    const { report: tested } = await backtest(folder, { train, input }, { model });
    expect(report.scenarios[0]?.alarms).toBe(tested.anomalies);
  });

  it('reads labels from a file of their own alike, and refuses one of another length', async () => {
    const input = inFolder('unlabelled.csv');
    await writeFile(input, csvRows({ seed: 2, rows: 500, start: null, incident: [300, 319] }));
    const labels = Array.from({ length: 500 }, (_, row) => Number(row >= 300 && row < 320));
    await writeFile(inFolder('labels.csv'), `label\n${labels.join('\n')}\n`);
    const files = { input, labels: inFolder('labels.csv'), labelColumn: null };
    expect((await evaluate(files)).scenarios).toEqual(report.scenarios);
    await writeFile(inFolder('labels.csv'), 'label\n1\n');
    await expect(evaluate(files)).rejects.toMatchObject({ code: 'BAD_INPUT' });
  });

  it('refuses a file that runs backwards: nothing is learnt from late rows', async () => {
    const start = Date.UTC(2024, 5, 1);
    const [header = '', ...lines] = csvRows({ seed: 2, rows: 400, start }).trimEnd().split('\n');
    await writeFile(inFolder('back.csv'), [header, ...lines.reverse()].join('\n'));
    await expect(evaluate({ input: inFolder('back.csv'), labelColumn: null })).rejects.toMatchObject({
      code: 'BAD_INPUT',
      message: expect.stringContaining('399 of 400 rows'),
    });
  });

  it('says the same twice, times aside', async () => {
    expect((await evaluate()).scenarios).toEqual(report.scenarios);
  });

  it('takes history and deviations from the file itself where there is no other', async () => {
    const alone = await evaluate({ train: null, labelColumn: null, input: inFolder('train.csv') });
    expect(alone).toMatchObject({
      spreadsOf: 'input',
      labelled: null,
      rows: { history: 200, from: 200, to: 600 },
    });
  });

  it('fails the minima that are declared, and only those', () => {
    const failed = (values: Record<string, string>, scenarios = report.scenarios) =>
      failedMinima(scenarios, report.latency, readSettings(evaluateSettings, { values, readFile: () => '' }));
    expect(failed({})).toEqual([]);
    expect(failed({ EVALUATE_MIN_ROC_AUC: '0.5', EVALUATE_MAX_P99_US: '1e9' })).toEqual([]);
    expect(failed({ EVALUATE_MIN_F1: '1' })).toEqual([
      expect.stringMatching(/^F1 0\.\d+, at least 1 is asked for$/),
    ]);
    expect(failed({ EVALUATE_MAX_P99_US: '1' })).toEqual([expect.stringContaining('at most 1 us')]);
    // Outliers and shifts are meant to change verdicts: they do not count.
    const shaky = report.scenarios.map((scenario) => ({ ...scenario, agreement: 0.9 }));
    expect(failed({ EVALUATE_MIN_AGREEMENT: '0.91' }, shaky)).toHaveLength(6);
    expect(failed({ EVALUATE_MIN_AGREEMENT: '0.91' }, shaky)[0]).toBe(
      'noise 0.01 sd: 90.0% of the verdicts stay, at least 91.0% are asked for',
    );
  });

  it.each([
    ['too few rows', { input: 'short.csv', train: null }, {}, 'TOO_FEW_ROWS', '1 are missing'],
    ['a file of other metrics', { input: 'other.csv', train: null }, {}, 'BAD_INPUT', 'none of the model'],
    [
      'a least F1 without labels',
      { input: 'train.csv', train: null },
      { EVALUATE_MIN_F1: '0.5' },
      'BAD_INPUT',
      '--label-column',
    ],
    ['a file that is not there', { input: 'absent.csv', train: null }, {}, 'FILE_UNREADABLE', 'absent.csv'],
  ])('refuses %s', async (_, files, values, code, words) => {
    const refused = evaluate({ ...files, input: inFolder(files.input), labelColumn: null }, values);
    await expect(refused).rejects.toMatchObject({ code, message: expect.stringContaining(words) });
  });
});
