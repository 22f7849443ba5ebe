import { createPublisher, type Publisher, type PublisherOptions } from '../common/kafka/publisher.js';
import { completion, Lifecycle, type Running } from '../common/lifecycle.js';

/** A running producer that ends by itself. */
export interface SelfEndingRun<Report> extends Running {
  /** Resolves with the report after the run, also after an early stop; rejects with the first fatal error. */
  readonly report: Promise<Report>;
}

/** What a run does: publishes until it is finished or the signal asks it to end early; returns its report. */
export type PublishingWork<Report> = (publisher: Publisher, signal: AbortSignal) => Promise<Report>;

/**
 * Starts the work with a publisher of its own, which is closed when the work has ended, well or not. `stop` asks it to end early
 * and waits for that. Throws TOPIC_MISSING or the client's error.
 */
export async function startSelfEndingRun<Report>(
  options: PublisherOptions,
  work: PublishingWork<Report>,
): Promise<SelfEndingRun<Report>> {
  const lifecycle = new Lifecycle(options.log);
  const publisher = await lifecycle.start(
    'publisher',
    () => createPublisher(options),
    (started) => started.close(),
  );
  const stopping = new AbortController();
  const ended = completion();
  const report = work(publisher, stopping.signal).finally(() => lifecycle.stop());
  report.then(ended.finish, ended.fail);
  return {
    report,
    done: ended.done,
    stop: async () => {
      stopping.abort();
      await report.catch(() => undefined);
    },
  };
}
