import { expect, it } from 'vitest';
import { Simulation } from '../../../producers/simulator/core.js';
import type { ModelVersion } from '../../../schemas/model-version.js';
import { SMALL_TRAINING } from '../../support/trained-model.js';
import { DriftPipeline } from './drift-pipeline.js';
import { GROUP, LENGTHS, START, settingsWith, WINDOW_MS } from './drift-world.js';

/** One event of each host in five seconds: 96 in a window of eight minutes. */
const TICK_MS = 5_000;
const MIN_ROWS = 60;
/** The models change twice in a window, as they would at most. */
const INTERVAL_MS = WINDOW_MS / 2;
const SHIFT_AT = 9 * WINDOW_MS;
/** Times of events, from windows. */
const at = (windows: number): number => TICK_MS * Math.round((windows * WINDOW_MS) / TICK_MS);
const RESTART_AT = at(9.7);
const SPIKES_AT = [6.2, 7.1, 8.4, 9.3, 10.2].map(at);

const { group: _group, parent: _parent, created: _created, ...training } = SMALL_TRAINING;

/** What the references of a version are, for comparing: their names, and their bytes as text. */
function bytesOf({ reference }: ModelVersion): Map<string, string> {
  return new Map(reference.map(({ host, metric, state }) => [`${host}/${metric}`, state.toString('base64')]));
}

it('reports a level shift on the way from the simulator through training to drift, across versions and a restart of the trainer; spikes it does not', () => {
  const simulation = new Simulation({
    ...{ hosts: 3, seed: 1, startAt: START, dayMs: WINDOW_MS / 7, group: GROUP, producerId: 'p' },
    incidents: { enabled: false, everyMs: 1, quietMs: 0 },
  });
  const pipeline = new DriftPipeline({
    policy: { minimumRows: 50, fullRows: 1_000, intervalMs: INTERVAL_MS },
    training: { ...training, trees: 10, maximumRows: 1_000, drift: { ...LENGTHS, minRows: MIN_ROWS } },
    settings: settingsWith({ DRIFT_MIN_ROWS: String(MIN_ROWS) }),
    retentionMs: 7 * WINDOW_MS,
  });
  let spikes = 0;
  let restarts = 0;
  for (let after = 0; after < 11.5 * WINDOW_MS; after += TICK_MS) {
    const now = START + after;
    if (after === SHIFT_AT)
      simulation.stress({ kind: 'level_shift', hosts: ['sim-1'], seconds: 1, magnitude: 1 }, now);
    if (SPIKES_AT.includes(after)) {
      simulation.stress({ kind: 'spike', hosts: ['sim-2'], seconds: 25, magnitude: 1 }, now);
      spikes++;
    }
    for (const event of simulation.step(now).events) pipeline.take(event);
    if (after === RESTART_AT) {
      pipeline.restartTrainer(now);
      restarts++;
    }
    pipeline.look(now);
  }

  expect([spikes, restarts]).toEqual([5, 1]);
  const { versions, reports } = pipeline;
  const tested = versions.filter(({ reference }) => reference.length > 0);
  const [first] = tested;
  // A thousand rows are less than four windows of three hosts: these references are not from the training rows.
  expect((first?.created ?? 0) - START).toBeLessThan(6.5 * WINDOW_MS);
  expect((first?.created ?? 0) - START).toBeGreaterThan(5 * WINDOW_MS);
  for (const [name, bytes] of bytesOf(first ?? expect.fail('no version has references')))
    expect(tested.map((version) => bytesOf(version).get(name) === bytes)).not.toContain(false);

  const onHost = reports.filter(({ drifted }) => drifted);
  expect([...new Set(onHost.map(({ host }) => host))]).toEqual(['sim-1']);
  const [opened] = onHost;
  if (opened === undefined) return;
  expect(opened.to - START).toBeGreaterThan(SHIFT_AT + WINDOW_MS);
  expect(opened.to - START).toBeLessThan(SHIFT_AT + 2 * WINDOW_MS);
  expect(Math.abs(opened.onset - START - SHIFT_AT)).toBeLessThan(WINDOW_MS / 2);
  const between = versions.filter(({ created }) => created > START + SHIFT_AT && created < opened.to);
  expect(between.length).toBeGreaterThanOrEqual(2);
  expect(between.at(-1)?.version).toBe(opened.modelVersion);
  expect(between.some(({ created }) => created > START + RESTART_AT)).toBe(true);
  for (const { severity, drifted } of reports) if (!drifted) expect(severity).toBeLessThanOrEqual(3);
});
