import { Counter } from 'prom-client';
import { CHECKS, type Check, type Fences, fencesOf, HostChecks } from '../../common/checks/host-checks.js';
import { metricRanges } from '../../common/checks/ranges.js';
import type { checkSettings } from '../../common/checks/settings.js';
import type { Settings } from '../../common/config.js';
import type { Logger } from '../../common/log.js';
import type { MetricsRegistry } from '../../common/metrics.js';
import { QuantileSketch } from '../../detection/statistics/quantile-sketch.js';
import type { Baseline } from '../../schemas/baseline.js';
import type { MetricEvent } from '../../schemas/metric-event.js';

export interface LiveChecksOptions {
  readonly settings: Settings<typeof checkSettings>;
  readonly registry: MetricsRegistry;
  readonly log: Logger;
}

/** Looks at every event that is taken in, counts what is odd about it and warns. Nothing of it is state: it begins anew with the process. */
export interface LiveChecks {
  /** `host` stands for the host's state: what is known of it goes with that. `appendTime` in ms. */
  look(host: object, event: MetricEvent, appendTime: number, baselines: readonly Baseline[]): void;
  /** An event came again under the same id and was dropped. */
  repeated(host: string, appendTime: number): void;
}

/** Append time between two log lines of one check, ms: an odd host must not fill the log. */
const WARN_EVERY_MS = 60_000;
/** A metric that was missing for so many moments in a row is taken to be gone for good. */
const FORGET_AFTER = 60;

const WARNINGS: Readonly<Record<Check, string>> = {
  range: 'a value is outside the range of its metric',
  missing: 'a metric that the host sends is missing',
  duplicate: 'an event came twice',
  order: "an event is older than its host's newest",
  gap: 'a host was silent for longer than usual',
  outlier: 'a value is far outside the quartiles of its metric',
};

/** Returns the checks of one process, counted in `tidewatch_window_check_warnings_total`. Throws BAD_SETTINGS for ranges that are none. */
export function createLiveChecks({ settings, registry, log }: LiveChecksOptions): LiveChecks {
  const warn = createWarner(registry, log);
  const options = {
    rangeOf: metricRanges(settings.METRIC_RANGES),
    gapFactor: settings.CHECK_GAP_FACTOR,
    forgetAfter: FORGET_AFTER,
  };
  const hosts = new WeakMap<object, HostChecks>();
  const checksOf = (host: object): HostChecks => {
    const known = hosts.get(host);
    if (known !== undefined) return known;
    const checks = new HostChecks(options);
    hosts.set(host, checks);
    return checks;
  };
  return {
    repeated: (host, appendTime) => {
      warn.begin(host, appendTime);
      warn.found('duplicate', null);
    },
    look: (host, event, appendTime, baselines) => {
      const checks = checksOf(host);
      warn.begin(event.host, appendTime);
      checks.look(event.timestamp, event.metrics, event.values, warn.found);
      for (const { metric, sketch } of baselines)
        checks.fence(metric, fencesOfSketch(sketch, settings.CHECK_IQR_WIDTH));
    },
  };
}

/** The fences are those of the baseline: incidents do not widen them. */
function fencesOfSketch(sketch: Uint8Array, width: number): Fences {
  const view = QuantileSketch.fromBytes(sketch).view();
  return fencesOf(view.quantile(0.25), view.quantile(0.75), width);
}

interface Warner {
  /** Names the event that is looked at next. */
  begin(host: string, appendTime: number): void;
  readonly found: (check: Check, metric: string | null) => void;
}

/** Counts every finding; logs the first of each check and then one a minute, with the number of those in between. */
function createWarner(registry: MetricsRegistry, log: Logger): Warner {
  const tallies = new Map<Check, { total: number; unlogged: number; loggedAt: number }>(
    CHECKS.map((check) => [check, { total: 0, unlogged: 0, loggedAt: Number.NEGATIVE_INFINITY }]),
  );
  new Counter({
    name: 'tidewatch_window_check_warnings_total',
    help: 'Odd values by check; the events are scored all the same',
    labelNames: ['check'],
    registers: [registry],
    collect() {
      this.reset();
      for (const [check, { total }] of tallies) this.inc({ check }, total);
    },
  });
  let host = '';
  let appendTime = 0;
  return {
    begin: (name, time) => {
      host = name;
      appendTime = time;
    },
    found: (check, metric) => {
      const tally = tallies.get(check);
      if (tally === undefined) return;
      tally.total += 1;
      // By append time, which may run backwards from partition to partition: the distance counts.
      if (Math.abs(appendTime - tally.loggedAt) < WARN_EVERY_MS) {
        tally.unlogged += 1;
        return;
      }
      log.warn(
        { check, host, ...(metric === null ? {} : { metric }), suppressed: tally.unlogged },
        WARNINGS[check],
      );
      tally.loggedAt = appendTime;
      tally.unlogged = 0;
    },
  };
}
