import { stripVTControlCharacters } from 'node:util';
import { describe, expect, it } from 'vitest';
import type { HostLine } from '../../../cli/up/host-view.js';
import { plainSummary, terminalSummary } from '../../../cli/up/summary.js';

const HOST: HostLine = {
  host: 'web-1',
  score: 0.8123,
  verdict: 'anomaly',
  confidence: 2 / 3,
  topContribution: 'cpu_percent 45 %',
  ageMs: 88,
  rate: 1,
};
const CONTENT = {
  hosts: [HOST, { ...HOST, host: 'a-longer-name', verdict: 'warming up', topContribution: '' }],
  children: [
    { name: 'sink', url: 'http://127.0.0.1:1', pid: 5, restarts: 2 },
    { name: 'drift', url: 'http://127.0.0.1:2', pid: null, restarts: 0 },
  ],
  lag: 7,
  addresses: ['Kafka  127.0.0.1:9092'],
};

describe('the summary on a terminal', () => {
  const lines = terminalSummary(CONTENT).map(stripVTControlCharacters);

  it('has a table with columns under their titles', () => {
    const [title = '', first = '', second = ''] = lines.slice(1);
    for (const [column, text] of [
      ['score', '0.812'],
      ['verdict', 'anomaly'],
      ['confidence', '0.67'],
      ['top contribution', 'cpu_percent 45 %'],
      ['age ms', '88'],
    ] as const)
      expect(first.indexOf(text)).toBe(title.indexOf(column));
    expect(second).toMatch(/^a-longer-name {2}0\.812 {2}warming up/);
  });

  it('marks an anomaly in red, and only that', () => {
    const red = terminalSummary(CONTENT).filter((line) => line.includes('\u001b[31m'));
    expect(red.map(stripVTControlCharacters)).toEqual([expect.stringMatching(/^web-1/)]);
  });

  it('says how many processes run, the restarts, the lag and where to look', () => {
    expect(lines).toContain('1 of 2 processes running, 2 restarts, lag 7');
    expect(lines).toContain('Kafka  127.0.0.1:9092');
  });

  it('says that it waits as long as there is no host', () => {
    const waiting = terminalSummary({ ...CONTENT, hosts: [], lag: null }).map(stripVTControlCharacters);
    expect(waiting).toContain('waiting for the first verdicts');
    expect(waiting.join('\n')).toContain('lag unknown');
  });
});

it('is one line per host without colours where there is no terminal', () => {
  expect(plainSummary(CONTENT)).toEqual([
    'web-1 score=0.812 verdict=anomaly confidence=0.67 top="cpu_percent 45 %" age_ms=88 rate=1.0 lag=7',
    'a-longer-name score=0.812 verdict=warming-up confidence=0.67 top="" age_ms=88 rate=1.0 lag=7',
  ]);
  expect(plainSummary({ ...CONTENT, lag: null })[0]).toMatch(/lag=unknown$/);
});
