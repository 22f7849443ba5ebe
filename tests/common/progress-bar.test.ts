import { describe, expect, it } from 'vitest';
import { createProgressBar } from '../../common/progress-bar.js';

describe('the progress bar', () => {
  it('is redrawn on a terminal when a percent has passed', () => {
    const drawn: string[] = [];
    const bar = createProgressBar({ isTTY: true, write: (text) => drawn.push(text) }, 'scoring', 1_000);
    for (let row = 1; row <= 1_000; row += 1) bar.show(row);
    bar.end();
    expect(drawn.length).toBe(102);
    expect(drawn.at(-2)).toBe(`\r\u001b[Kscoring [${'#'.repeat(24)}] 100% 1000/1000`);
    expect(drawn.at(-1)).toBe('\n');
  });

  it('writes nothing where there is no terminal', () => {
    const drawn: string[] = [];
    const bar = createProgressBar({ write: (text) => drawn.push(text) }, 'scoring', 10);
    bar.show(10);
    bar.end();
    expect(drawn).toEqual([]);
  });
});
