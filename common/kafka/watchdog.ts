import type { Consumer } from 'kafkajs';
import { TidewatchError } from '../errors.js';

/**
 * Calls `onDead` once when the consumer has shown no sign of life for `limitMs`: no fetch begun or ended, no heartbeat, no
 * join. kafkajs can stop turning without an event of its own (tulios/kafkajs 659, 660); a dead loop in a live process is
 * the worst state there is. Returns a function that ends the watch.
 */
export function watchConsumer(
  consumer: Consumer,
  limitMs: number,
  onDead: (error: TidewatchError) => void,
): () => void {
  let lastSign = performance.now();
  const sign = () => {
    lastSign = performance.now();
  };
  const { FETCH_START, FETCH, HEARTBEAT, GROUP_JOIN, END_BATCH_PROCESS, REBALANCING } = consumer.events;
  const removers = [FETCH_START, FETCH, HEARTBEAT, GROUP_JOIN, END_BATCH_PROCESS, REBALANCING].map((event) =>
    consumer.on(event, sign),
  );
  const timer = setInterval(() => {
    const silentMs = Math.round(performance.now() - lastSign);
    if (silentMs < limitMs) return;
    clearInterval(timer);
    onDead(
      new TidewatchError({
        code: 'CONSUMER_DEAD',
        retriable: true,
        message: `consuming: no sign of life for ${silentMs} ms`,
        facts: { silentMs },
      }),
    );
  }, 1_000);
  timer.unref();
  return () => {
    clearInterval(timer);
    for (const remove of removers) remove();
  };
}
