import { EventEmitter } from 'node:events';
import { expect, it } from 'vitest';
import { interruption, ONE_REQUEST_MS } from '../../cli/interruption.js';

function interruptible() {
  const state = { source: new EventEmitter(), now: 5_000, ended: 0 };
  const interrupted = interruption({
    source: state.source,
    monotonicNow: () => state.now,
    endAtOnce: () => {
      state.ended += 1;
    },
  });
  return { state, interrupted };
}

it('takes signals that come together for one: npm hands on what the terminal sends to both', async () => {
  const { state, interrupted } = interruptible();
  state.source.emit('SIGINT');
  state.now += ONE_REQUEST_MS;
  state.source.emit('SIGINT');
  state.source.emit('SIGTERM');
  expect(await interrupted).toBe('SIGINT');
  expect(state.ended).toBe(0);
});

it('ends at once at a signal that comes later', () => {
  const { state } = interruptible();
  state.source.emit('SIGTERM');
  state.now += ONE_REQUEST_MS + 1;
  state.source.emit('SIGTERM');
  expect(state.ended).toBe(1);
});

it('stops in order when its supervisor is gone, whatever signal came before', async () => {
  const { state, interrupted } = interruptible();
  state.source.emit('SIGTERM');
  state.now += 2 * ONE_REQUEST_MS;
  state.source.emit('disconnect');
  expect(await interrupted).toBe('SIGTERM');
  expect(state.ended).toBe(0);
});
