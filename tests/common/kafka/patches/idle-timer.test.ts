import { describe, expect, it } from 'vitest';
import { loadPatchedKafkajs } from '../../../../common/kafka/client.js';
import { needsPendingCheck } from '../../../../common/kafka/patches/idle-timer.js';
import { kafkajsInternal } from '../../../../common/kafka/patches/kafkajs-module.js';

interface Queue {
  pending: unknown[];
  throttledUntil: number;
  throttleCheckTimeoutId: unknown;
  scheduleCheckPendingRequests(): void;
  destroy(): void;
}

function newQueue(): Queue {
  loadPatchedKafkajs();
  const RequestQueue = kafkajsInternal('network/requestQueue') as new (options: object) => Queue;
  const logger = { namespace: () => ({ debug: () => undefined }) };
  return new RequestQueue({
    maxInFlightRequests: 1,
    requestTimeout: 1_000,
    enforceRequestTimeout: false,
    clientId: 'test',
    broker: 'test',
    logger,
    isConnected: () => true,
  });
}

describe('the idle timer of a connection', () => {
  it('is needed only while requests are held back or the broker throttles', () => {
    expect(needsPendingCheck({ pending: [], throttledUntil: -1 }, 1_000)).toBe(false);
    expect(needsPendingCheck({ pending: [{}], throttledUntil: -1 }, 1_000)).toBe(true);
    expect(needsPendingCheck({ pending: [], throttledUntil: 1_001 }, 1_000)).toBe(true);
  });

  it('is not set by an idle queue of kafkajs, and is set by one that is throttled', () => {
    const queue = newQueue();
    queue.scheduleCheckPendingRequests();
    expect(queue.throttleCheckTimeoutId ?? null).toBeNull();
    queue.throttledUntil = Date.now() + 60_000;
    queue.scheduleCheckPendingRequests();
    expect(queue.throttleCheckTimeoutId ?? null).not.toBeNull();
    queue.destroy();
  });
});
