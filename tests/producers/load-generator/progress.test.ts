import { expect, test } from 'vitest';
import { ProgressDisplay, progressLine } from '../../../producers/load-generator/progress.js';

const state = {
  elapsedSeconds: 5,
  totalSeconds: 10,
  acknowledged: 500,
  recentRate: 99.6,
  failed: 2,
  p99Ms: 12.34,
};

test('a terminal gets a bar that is drawn over, cut to its width', () => {
  expect(progressLine(state, true)).toBe(
    '[############............]  50% 500 acknowledged, 100/s, p99 12.3 ms, 2 failed',
  );
  expect(progressLine(state, true, 40)).toHaveLength(39);
  const written: string[] = [];
  const display = new ProgressDisplay({ isTTY: true, columns: 100, write: (text) => written.push(text) });
  display.show(state);
  display.end();
  expect(written[0]?.startsWith('\r\u001b[K[####')).toBe(true);
  expect(written[1]).toBe('\n');
});

test('anything else gets plain lines, more seldom', () => {
  const written: string[] = [];
  const display = new ProgressDisplay({ write: (text) => written.push(text) });
  display.show(state);
  display.end();
  expect(written).toEqual(['50% 500 acknowledged, 100/s, p99 12.3 ms, 2 failed\n']);
  expect(display.everyMs).toBe(5_000);
});
