import { expect, test } from 'vitest';
import { figuresLine, figuresOf, type JudgedRow, judge } from '../../support/simulated-judgement.js';
import { type Scene, trainedBefore, trainedLive } from '../../support/simulated-scene.js';

/**
 * Nothing was chosen by these seeds: they were run for the first time when simulator, detection and this test were done. A row is an event; its
 * verdict is the stateless one, at the one threshold that ships. Rows of a host while it stands at a shifted level are left out, its incidents among them.
 */
const SEEDS = [1001, 1002, 1003] as const;

const scenes: [string, (seed: number) => Scene][] = [
  ['trained on an hour without incidents', trainedBefore],
  ['trained on its own stream, incidents included, as npm start does', trainedLive],
];

const isUnshifted = ({ isShifted }: JudgedRow): boolean => !isShifted;

test.each(scenes)('incidents of the default schedule are found: %s', (name, play) => {
  const rowsOfSeeds = SEEDS.map((seed) => judge(play(seed)));
  const figures = rowsOfSeeds.map((rows) => figuresOf(rows.filter(isUnshifted)));
  figures.forEach((ofSeed, i) => {
    console.log(figuresLine(`${name}, seed ${SEEDS[i]}`, ofSeed));
  });
  const rows = rowsOfSeeds.flat();
  console.log(figuresLine(`${name}, all seeds`, figuresOf(rows.filter(isUnshifted))));
  console.log(figuresLine(`${name}, all seeds, shifted hosts taken for normal`, figuresOf(rows)));
  for (const { precision, recall, f1, rocAuc } of figures) {
    expect(precision).toBeGreaterThanOrEqual(0.9);
    expect(recall).toBeGreaterThanOrEqual(0.9);
    expect(f1).toBeGreaterThanOrEqual(0.85);
    expect(rocAuc).toBeGreaterThanOrEqual(0.95);
  }
});
