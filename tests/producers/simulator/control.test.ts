import fastify from 'fastify';
import { expect, test } from 'vitest';
import { addControl } from '../../../producers/simulator/control.js';
import { Simulation } from '../../../producers/simulator/core.js';

const NEXT = Date.UTC(2025, 10, 19, 9);

function control() {
  const simulation = new Simulation({
    hosts: 2,
    seed: 1,
    startAt: NEXT,
    dayMs: 86_400_000,
    group: 'simulator',
    producerId: 'p',
    incidents: { enabled: false, everyMs: 600_000, quietMs: 0 },
  });
  const server = fastify();
  addControl(server, { simulation, nextAt: () => NEXT });
  const stress = (payload: object) => server.inject({ method: 'POST', url: '/stress', payload });
  return { simulation, server, stress };
}

test('a stress is booked: 202 with the ids of its truth and the time of its first event', async () => {
  const { simulation, stress, server } = control();
  const response = await stress({ kind: 'cpu', hosts: ['sim-2'], seconds: 20, magnitude: 1.5 });
  expect(response.statusCode).toBe(202);
  expect(response.json()).toEqual({
    ids: ['p:truth-1'],
    firstEventTime: NEXT,
    incidents: [{ id: 'p:truth-1', host: 'sim-2', from: NEXT }],
  });
  const { truths } = simulation.step(NEXT);
  expect(truths).toMatchObject([{ id: 'p:truth-1', from: NEXT, to: NEXT + 20_000, magnitude: 1.5 }]);
  const incidents = await server.inject('/incidents');
  expect(incidents.json()).toEqual({ incidents: [{ id: 'p:truth-1', host: 'sim-2', name: 'cpu' }] });
});

test('all hosts, 30 seconds and magnitude 1 are the defaults', async () => {
  const { simulation, stress } = control();
  const response = await stress({ kind: 'leak' });
  expect(response.json<{ ids: string[] }>().ids).toHaveLength(2);
  expect(simulation.step(NEXT).truths[1]).toMatchObject({ host: 'sim-2', to: NEXT + 30_000, magnitude: 1 });
});

test('an unknown host is 404 with the names that are known, and nothing is booked', async () => {
  const { simulation, stress } = control();
  const response = await stress({ kind: 'cpu', hosts: ['sim-1', 'web-9'] });
  expect(response.statusCode).toBe(404);
  expect(response.json()).toMatchObject({
    code: 'UNKNOWN_HOST',
    unknown: ['web-9'],
    hosts: ['sim-1', 'sim-2'],
  });
  expect(simulation.step(NEXT).truths).toEqual([]);
});

test.each([
  ['no kind', {}],
  ['an unknown kind', { kind: 'fire' }],
  ['an unknown property', { kind: 'cpu', host: 'sim-1' }],
  ['no host at all', { kind: 'cpu', hosts: [] }],
  ['too long', { kind: 'cpu', seconds: 3601 }],
  ['too short', { kind: 'cpu', seconds: 0 }],
  ['too strong', { kind: 'cpu', magnitude: 6 }],
  ['negative', { kind: 'cpu', magnitude: -1 }],
])('refused with 400: %s', async (_, body) => {
  const { simulation, stress } = control();
  expect((await stress(body)).statusCode).toBe(400);
  expect(simulation.step(NEXT).truths).toEqual([]);
});

test('a body that is not JSON is refused: a page of another origin cannot stress hosts', async () => {
  const { server } = control();
  const response = await server.inject({
    method: 'POST',
    url: '/stress',
    headers: { 'content-type': 'text/plain' },
    payload: '{"kind":"cpu"}',
  });
  expect(response.statusCode).toBe(415);
});

test('more incidents than a host may have waiting are 409', async () => {
  const { stress } = control();
  for (let count = 0; count < 16; count += 1) expect((await stress({ kind: 'cpu' })).statusCode).toBe(202);
  expect((await stress({ kind: 'cpu' })).statusCode).toBe(409);
});
