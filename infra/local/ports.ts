import { randomInt } from 'node:crypto';
import { connect, createServer } from 'node:net';
import { TidewatchError } from '../../common/errors.js';

/**
 * Free ports are looked for below the kernel's ephemeral range: a client that redials a dead port of that range on
 * loopback can connect to itself and then holds the port against the restarting server.
 */
const FREE_PORT_RANGE = { from: 20_000, to: 32_000 } as const;
const ATTEMPTS = 200;

/** Returns whether nothing listens on `127.0.0.1:port`, by binding and releasing it. */
export function isPortFree(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const server = createServer();
    server.once('error', () => resolve(false));
    server.listen({ host: '127.0.0.1', port, exclusive: true }, () => server.close(() => resolve(true)));
  });
}

/** Returns whether something accepts connections on `127.0.0.1:port`; unlike {@link isPortFree} it never holds the port. */
export function isListening(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect({ host: '127.0.0.1', port });
    socket.once('connect', () => {
      socket.destroy();
      resolve(true);
    });
    socket.once('error', () => resolve(false));
  });
}

/** Returns a free loopback port in 20,000..31,999 that is not in `taken`; throws PORT_TAKEN when 200 draws find none. */
export async function freePort(taken: readonly number[] = []): Promise<number> {
  for (let attempt = 0; attempt < ATTEMPTS; attempt += 1) {
    const port = randomInt(FREE_PORT_RANGE.from, FREE_PORT_RANGE.to);
    if (!taken.includes(port) && (await isPortFree(port))) return port;
  }
  throw new TidewatchError({
    code: 'PORT_TAKEN',
    message: `choosing a port: ${ATTEMPTS} ports between ${FREE_PORT_RANGE.from} and ${FREE_PORT_RANGE.to} were all taken`,
    retriable: true,
  });
}

/** What a port is chosen from. */
export interface PortWish {
  /** The service and its setting, for the refusal: `Kafka`, `KAFKA_PORT`. */
  readonly service: string;
  readonly setting: string;
  /** Asked for by the user: taken means refusal. */
  readonly configured?: number | undefined;
  /** Tried in this order: the port of the last start, then the service's usual one. Taken means the next. */
  readonly preferred: readonly number[];
}

/** Returns the port to listen on; throws PORT_TAKEN when the configured one is in use. */
export async function choosePort(wish: PortWish): Promise<number> {
  if (wish.configured !== undefined) {
    if (await isPortFree(wish.configured)) return wish.configured;
    throw portTaken(wish.service, wish.configured, wish.setting);
  }
  for (const port of wish.preferred) {
    if (await isPortFree(port)) return port;
  }
  return freePort(wish.preferred);
}

/** Returns the refusal for a port that another process holds. */
export function portTaken(service: string, port: number, setting: string): TidewatchError {
  return new TidewatchError({
    code: 'PORT_TAKEN',
    message: `starting ${service}: port ${port} on 127.0.0.1 is taken by another process; stop that process, set ${setting} to another port, or leave it out for a free one`,
    retriable: false,
    facts: { service, port },
  });
}
