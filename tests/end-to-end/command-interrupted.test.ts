import { createServer, type Server, type Socket } from 'node:net';
import { afterEach, beforeAll, beforeEach, expect, it } from 'vitest';
import { buildOnce, startTidewatch } from '../support/built-command.js';
import { waitFor } from '../support/services.js';

/** Takes connections and answers nothing. */
let silent: Server;
let sockets: Socket[] = [];
beforeAll(buildOnce);
beforeEach(async () => {
  sockets = [];
  silent = createServer((socket) => sockets.push(socket.on('error', () => undefined)));
  await new Promise<void>((resolve) => silent.listen(0, '127.0.0.1', resolve));
});
afterEach(() => {
  for (const socket of sockets) socket.destroy();
  silent.close();
});

it.each([
  ['topics', 'apply'],
  ['check', 'counts'],
])('ends %s %s at the first signal while nobody answers', async (...command) => {
  const address = silent.address();
  if (address === null || typeof address === 'string') throw new Error('the silent server has no port');
  const endpoint = `127.0.0.1:${address.port}`;
  const running = startTidewatch(command, { KAFKA_BROKERS: endpoint, INFLUX_URL: `http://${endpoint}` });
  await waitFor(async () => sockets.length > 0, { what: 'the command to connect', timeoutMs: 20_000 });
  running.signal('SIGINT');
  expect(await running.ended).toBe(130);
  expect(running.output()).toContain('ended by SIGINT');
});
