import { describe, expect, it } from 'vitest';
import { HostView } from '../../../cli/up/host-view.js';
import { prediction } from '../../schemas/samples.js';

const NOW = 1_800_000_000_000;

describe('the newest verdict of each host', () => {
  it('is one line per host, by name', () => {
    const view = new HostView();
    for (const host of ['b', 'a', 'c', 'a']) view.take({ ...prediction, host }, NOW);
    expect(view.lines(NOW).map(({ host }) => host)).toEqual(['a', 'b', 'c']);
  });

  it('is that of the latest event, not of the last to arrive', () => {
    const view = new HostView();
    view.take({ ...prediction, host: 'a', timestamp: NOW - 1_000, score: 0.2 }, NOW);
    view.take({ ...prediction, host: 'a', timestamp: NOW - 5_000, score: 0.9 }, NOW + 100);
    expect(view.lines(NOW + 100)[0]).toMatchObject({ score: 0.2, ageMs: 1_000 });
  });

  it('has an age of at least 0: clocks of two hosts differ', () => {
    const view = new HostView();
    view.take({ ...prediction, host: 'a', timestamp: NOW + 500 }, NOW);
    expect(view.lines(NOW)[0]).toMatchObject({ ageMs: 0 });
  });

  it('counts the verdicts of the last ten seconds', () => {
    const view = new HostView();
    for (let second = 0; second < 60; second += 1)
      view.take({ ...prediction, host: 'a' }, NOW + 500 * second);
    expect(view.lines(NOW + 500 * 59)[0]).toMatchObject({ rate: 2 });
    expect(view.lines(NOW + 500 * 59 + 20_000)[0]).toMatchObject({ rate: 0 });
  });

  it('names an anomaly before the warm-up, and says which metric contributes most', () => {
    const line = (changes: Partial<typeof prediction>) => {
      const view = new HostView();
      view.take({ ...prediction, metrics: ['cpu', 'memory', 'network'], ...changes }, NOW);
      return view.lines(NOW)[0];
    };
    expect(line({ isAnomaly: true, warmingUp: true })?.verdict).toBe('anomaly');
    expect(line({ isAnomaly: false, warmingUp: true })?.verdict).toBe('warming up');
    expect(line({ isAnomaly: false, warmingUp: false })?.verdict).toBe('normal');
    expect(line({ contributions: [0.2, 0.7, 0.1] })?.topContribution).toBe('memory 70 %');
    expect(line({ contributions: [0, 0, 0] })?.topContribution).toBe('');
    expect(line({ contributions: [] })?.topContribution).toBe('');
  });
});
