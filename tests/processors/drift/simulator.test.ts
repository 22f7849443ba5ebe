import { expect, it } from 'vitest';
import { openSection, type Section, step } from '../../../processors/drift/core.js';
import type { DriftReport } from '../../../schemas/drift-report.js';
import {
  type Act,
  GROUP,
  modelOf,
  START,
  settingsWith,
  simulateWorld,
  tableOf,
  WINDOW_MS,
} from './drift-world.js';

/** Windows that the reference is built from, and windows watched after it. */
const TRAINED = 8;
const WATCHED = 16;
const SHIFT_AT = (TRAINED + 12) * WINDOW_MS;

const spike = (window: number): Act => ({
  after: (TRAINED + window) * WINDOW_MS + 50_000,
  kind: 'spike',
  hosts: ['sim-2'],
  seconds: 25,
  magnitude: 1,
});

const shift: Act = { after: SHIFT_AT, kind: 'level_shift', hosts: ['sim-1'], seconds: 1, magnitude: 1 };

it('reports the step change of the simulator for its host and metrics, its spikes and untouched hosts never', () => {
  const acts = [shift, ...[2, 3, 5, 8, 9, 11, 13].map(spike)];
  const { events, truths } = simulateWorld({ hosts: 3, seed: 1, windows: TRAINED + WATCHED, acts });
  const trainedTo = START + TRAINED * WINDOW_MS;
  const model = tableOf(settingsWith(), modelOf(events.filter(({ timestamp }) => timestamp < trainedTo)));
  const sections = new Map<string, Section>();
  for (const host of ['sim-1', 'sim-2', 'sim-3']) {
    const current = model.current(GROUP);
    const section = current === null ? null : openSection(current, host);
    if (section !== null) sections.set(host, section);
  }
  const reports: DriftReport[] = [];
  for (const event of events) {
    const section = sections.get(event.host);
    if (section !== undefined && event.timestamp >= trainedTo) reports.push(...step(section, event).reports);
  }

  expect(truths.filter(({ kind }) => kind === 'spike')).toHaveLength(7);
  expect(new Set(reports.map(({ host }) => host))).toEqual(new Set(['sim-1']));
  const onHost = reports.filter(({ drifted }) => drifted);
  expect(onHost).toHaveLength(1);
  const [report] = onHost;
  const truth = truths.find(({ kind }) => kind === 'level_shift');
  expect(report?.metrics.map(({ metric }) => metric)).toEqual(
    expect.arrayContaining([...(truth?.metrics ?? ['-'])]),
  );
  expect(Math.abs((report?.onset ?? 0) - (truth?.from ?? 0))).toBeLessThan(WINDOW_MS / 2);
  expect((report?.to ?? 0) - (truth?.from ?? 0)).toBeLessThan(2 * WINDOW_MS);
  expect(report?.severity).toBeGreaterThanOrEqual(5);
  for (const { statistic, limit, effect, confirmed } of report?.metrics ?? []) {
    expect(statistic).toBeGreaterThan(limit);
    expect(effect).toBeGreaterThan(0.9);
    expect(confirmed).toBe(true);
  }
  for (const note of reports.filter(({ drifted }) => !drifted)) expect(note.severity).toBeLessThanOrEqual(3);
});
