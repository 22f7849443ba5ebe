import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createAdaptiveThreshold } from '../../../detection/consensus/adaptive-threshold.js';
import { reportLines } from '../../../jobs/backtest/report.js';
import { csvRows, ROW_MS } from './csv-files.js';
import { ALARM, backtest, readVerdicts, TIMES, trainOnFile } from './harness.js';

let folder = '';
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'tidewatch-backtest-'));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

const START = Date.UTC(2024, 0, 1);
const alarmed = (rows: readonly Readonly<Record<string, string>>[], column: string) =>
  rows.filter((row) => row[column] === '1').map(({ row }) => Number(row));

describe('a backtest with a training file', () => {
  const train = csvRows({ seed: 1, rows: 600, start: null });
  const input = csvRows({ seed: 2, rows: 400, start: null, incident: [300, 309] });

  it('writes one verdict per row, in order, and finds the incident', async () => {
    const { report, verdicts } = await backtest(folder, { train, input });
    expect(Object.keys(verdicts[0] ?? {}).join(',')).toBe(
      'row,timestamp,score,is_anomaly,alarm,zscore,baseline,iforest',
    );
    expect(verdicts.map(({ row }) => Number(row))).toEqual(Array.from({ length: 400 }, (_, i) => i));
    expect(report).toMatchObject({ rows: 400, metrics: 3, shiftMs: 0, quality: null });
    expect(report.models).toMatchObject([{ fromRow: 0 }]);
    for (const column of ['is_anomaly', 'alarm']) {
      const found = alarmed(verdicts, column);
      expect(found.filter((row) => row >= 300 && row < 320).length).toBeGreaterThan(3);
      expect(found.filter((row) => row < 300).length).toBeLessThan(20);
    }
    expect(
      verdicts.every(({ zscore, baseline, iforest }) => zscore !== '' && baseline !== '' && iforest !== ''),
    ).toBe(true);
  });

  it('alarms by the adaptive threshold after a full training, and by the anomalies after a provisional one', async () => {
    const provisional = await backtest(folder, { train, input });
    expect(provisional.report.models).toMatchObject([{ provisional: true }]);
    expect(alarmed(provisional.verdicts, 'alarm')).toEqual(alarmed(provisional.verdicts, 'is_anomaly'));

    const longer = csvRows({ seed: 1, rows: 1400, start: null });
    const { report, verdicts } = await backtest(folder, { train: longer, input });
    expect(report.models).toMatchObject([{ provisional: false }]);
    const threshold = createAdaptiveThreshold(ALARM);
    const expected = verdicts.map(({ score }) => threshold.judge(Number(score) / (1 - Number(score))));
    expect(verdicts.map(({ alarm }) => alarm === '1')).toEqual(expected);
    expect(alarmed(verdicts, 'alarm')).not.toEqual(alarmed(verdicts, 'is_anomaly'));
  });

  it('refuses a training file about other metrics: every verdict would be noise', async () => {
    const other = train.replace(/^.*$/m, (header) => header.replaceAll(/(\w+)/g, 'other_$1'));
    await expect(backtest(folder, { train: other, input })).rejects.toMatchObject({
      code: 'BAD_INPUT',
      message: expect.stringContaining('no metric in common (other_'),
    });
  });

  it('goes on with the time where the training file ends', async () => {
    const { verdicts } = await backtest(folder, { train, input });
    expect(Number(verdicts[0]?.['timestamp'])).toBe(TIMES.startMs + 600 * TIMES.intervalMs);
  });

  it('says the same twice', async () => {
    const first = await backtest(folder, { train, input });
    expect((await backtest(folder, { train, input })).verdicts).toEqual(first.verdicts);
  });

  it('moves a test file behind a history whose times it overlaps, and shows its own times', async () => {
    const timed = { seed: 1, rows: 300, start: START };
    const apart = await backtest(folder, {
      train: csvRows(timed),
      input: csvRows({ seed: 2, rows: 100, start: START + 300 * ROW_MS }),
    });
    const overlapping = await backtest(
      folder,
      { train: csvRows(timed), input: csvRows({ seed: 2, rows: 100, start: START }) },
      { times: { startMs: 0, intervalMs: ROW_MS } },
    );
    expect(overlapping.report.shiftMs).toBe(300 * ROW_MS);
    expect(overlapping.verdicts[0]?.['timestamp']).toBe(String(START));
    expect(overlapping.verdicts.map(({ score }) => score)).toEqual(apart.verdicts.map(({ score }) => score));
  });

  it('refuses a training file that is too short, and says how much is missing', async () => {
    const short = csvRows({ seed: 1, rows: 60, start: null });
    await expect(backtest(folder, { train: short, input })).rejects.toMatchObject({
      code: 'TOO_FEW_ROWS',
      message: expect.stringContaining('20 are missing'),
    });
  });
});

describe('a backtest without a training file', () => {
  it('warms up, trains itself, and knows nothing of the rows to come', async () => {
    const whole = csvRows({ seed: 3, rows: 500, start: START, incident: [400, 420] });
    const { report, verdicts } = await backtest(folder, { input: whole });
    expect(report.models.map(({ trainedOn }) => trainedOn)).toEqual([50, 200]);
    expect(verdicts[0]).toMatchObject({ is_anomaly: '0', alarm: '0', iforest: '', baseline: '' });
    expect(alarmed(verdicts, 'is_anomaly').some((row) => row >= 400 && row <= 420)).toBe(true);
    const beginning = `${whole.split('\n').slice(0, 351).join('\n')}\n`;
    const part = await backtest(folder, { input: beginning });
    expect(part.verdicts).toEqual(verdicts.slice(0, 350));
  });

  it('says that a file is not in the order of its times: nothing learns from late rows', async () => {
    const [header = '', ...rows] = csvRows({ seed: 3, rows: 120, start: START }).trimEnd().split('\n');
    const backwards = `${[header, ...rows.toReversed()].join('\n')}\n`;
    const { report } = await backtest(folder, { input: backwards });
    expect(report).toMatchObject({ late: 119, models: [] });
    expect(reportLines(report)).toContain(
      '119 rows are older than one before them: nothing learns from these',
    );
  });

  it('works on a single metric, keeps the file times, and passes over cells and rows without a number', async () => {
    const lines = csvRows({ seed: 4, rows: 300, start: START, incident: [250, 253] })
      .trimEnd()
      .split('\n');
    const single = lines.map((line) => line.split(',').slice(0, 2).join(','));
    single[101] = `${START + 100 * ROW_MS},`;
    const out = join(folder, 'verdicts.csv.gz');
    const { report } = await backtest(folder, { input: single.join('\n') }, { out });
    const verdicts = await readVerdicts(out);
    expect(report.metrics).toBe(1);
    expect(verdicts).toHaveLength(300);
    expect(verdicts[100]).toMatchObject({
      row: '100',
      score: '0',
      zscore: '',
      timestamp: String(START + 100 * ROW_MS),
    });
    expect(alarmed(verdicts, 'is_anomaly').some((row) => row >= 250 && row <= 253)).toBe(true);
  });
});

describe('a backtest with a model', () => {
  it('refuses a file of other metrics: the forest would know none of them', async () => {
    const path = join(folder, 'history.csv');
    await writeFile(path, csvRows({ seed: 1, rows: 200, start: null }));
    const model = await trainOnFile(path, 'web');
    await expect(backtest(folder, { input: 'timestamp,other\n0,1\n' }, { model })).rejects.toMatchObject({
      code: 'BAD_INPUT',
      message: expect.stringContaining("none of the model's metrics"),
    });
  });
});

describe('the report', () => {
  const train = csvRows({ seed: 1, rows: 600, start: null });
  const rows = { seed: 2, rows: 400, start: null, incident: [300, 309] as const };

  it('is refused by its name where it cannot be written', async () => {
    const report = join(folder, 'nowhere', 'report.json');
    const input = csvRows({ seed: 1, rows: 20, start: null });
    await expect(backtest(folder, { input }, { report })).rejects.toMatchObject({
      code: 'FILE_UNWRITABLE',
      message: expect.stringContaining(report),
    });
  });

  it('judges every column by a labels file or by a column of the input alike', async () => {
    const labels = `label\n${Array.from({ length: 400 }, (_, i) => Number(i >= 300 && i <= 309)).join('\n')}\n`;
    const path = join(folder, 'report.json');
    const { report } = await backtest(folder, { train, input: csvRows(rows), labels }, { report: path });
    const written: unknown = JSON.parse(await readFile(path, 'utf8'));
    expect(written).toEqual(JSON.parse(JSON.stringify(report)));
    expect(report.quality).toMatchObject({ rows: 400, labelled: 10 });
    expect(report.quality?.ranking?.score.rocAuc).toBeGreaterThan(0.9);
    expect(report.quality?.verdicts.alarm.byIncident).toMatchObject({ incidents: 1, detected: 1 });
    const own = await backtest(
      folder,
      { train, input: csvRows({ ...rows, labelled: true }) },
      { labelColumn: 'label' },
    );
    expect(own.report.quality).toEqual(report.quality);
  });

  it.each([
    ['too few labels', 'label\n0\n1\n', /2 labels for 400 rows/],
    ['a label that is no label', 'label\n0\n2\n', /row 1 is not 0 or 1/],
  ])('refuses %s', async (_, labels, message) => {
    await expect(backtest(folder, { train, input: csvRows(rows), labels })).rejects.toMatchObject({
      code: 'BAD_INPUT',
      message: expect.stringMatching(message),
    });
  });
});
