import type { ChildState } from './child-process.js';
import type { HostLine } from './host-view.js';

/** What one summary shows. */
export interface SummaryContent {
  readonly hosts: readonly HostLine[];
  readonly children: readonly ChildState[];
  /** Metric events that are not scored yet; null while unknown. */
  readonly lag: number | null;
  /** What to look for first: where to find what. */
  readonly addresses: readonly string[];
}

const COLUMNS = ['host', 'score', 'verdict', 'confidence', 'top contribution', 'age ms', 'events/s'] as const;
const RED = '\u001b[31m';
const DIM = '\u001b[2m';
const PLAIN = '\u001b[0m';

/** Returns the block that is redrawn on a terminal: one row per host, one line on the processes, the addresses. */
export function terminalSummary({ hosts, children, lag, addresses }: SummaryContent): string[] {
  const rows = hosts.map((host) => ({ cells: cellsOf(host), isAnomaly: host.verdict === 'anomaly' }));
  const widths = COLUMNS.map((title, column) =>
    Math.max(title.length, ...rows.map(({ cells }) => cells[column]?.length ?? 0)),
  );
  const format = (cells: readonly string[]) =>
    cells.map((cell, column) => cell.padEnd(widths[column] ?? 0)).join('  ');
  const body = rows.map(({ cells, isAnomaly }) =>
    isAnomaly ? `${RED}${format(cells)}${PLAIN}` : format(cells),
  );
  const waiting = hosts.length === 0 ? ['waiting for the first verdicts'] : [];
  return [
    '',
    `${DIM}${format(COLUMNS)}${PLAIN}`,
    ...body,
    ...waiting,
    '',
    processLine(children, lag),
    ...addresses.map((address) => `${DIM}${address}${PLAIN}`),
  ];
}

/** Returns one plain line per host, for logs and pipes. */
export function plainSummary({ hosts, lag }: SummaryContent): string[] {
  return hosts.map(
    ({ host, score, verdict, confidence, topContribution, ageMs, rate }) =>
      `${host} score=${score.toFixed(3)} verdict=${verdict.replace(' ', '-')} confidence=${confidence.toFixed(2)} top="${topContribution}" age_ms=${ageMs} rate=${rate.toFixed(1)} lag=${lag ?? 'unknown'}`,
  );
}

function cellsOf({ host, score, verdict, confidence, topContribution, ageMs, rate }: HostLine): string[] {
  return [
    host,
    score.toFixed(3),
    verdict,
    confidence.toFixed(2),
    topContribution,
    String(ageMs),
    rate.toFixed(1),
  ];
}

function processLine(children: readonly ChildState[], lag: number | null): string {
  const running = children.filter(({ pid }) => pid !== null).length;
  const restarts = children.reduce((sum, child) => sum + child.restarts, 0);
  return `${running} of ${children.length} processes running, ${restarts} restarts, lag ${lag ?? 'unknown'}`;
}
