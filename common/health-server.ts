import fastify, { type FastifyInstance } from 'fastify';
import { codeOf, TidewatchError } from './errors.js';
import type { MetricsRegistry } from './metrics.js';

/** What a process tells about itself. `ready` false keeps traffic and deployments away; `facts` says why. */
export interface Health {
  readonly ready: boolean;
  readonly facts: Readonly<Record<string, string | number | boolean | null>>;
}

export interface HealthServerOptions {
  /** Address to listen on; loopback unless someone decides otherwise. */
  readonly address: string;
  /** Port; 0 takes a free one. */
  readonly port: number;
  readonly registry: MetricsRegistry;
  readonly health: () => Health;
  /** Adds routes of the component's own before the server starts. */
  readonly routes?: (server: FastifyInstance) => void;
}

/** A listening server and the address that it got. */
export interface HealthServer {
  /** For example http://127.0.0.1:40123. */
  readonly url: string;
  readonly server: FastifyInstance;
  close(): Promise<void>;
}

/**
 * Serves GET /healthz (200 while the process turns), /readyz (200 or 503 with the facts) and /metrics (Prometheus text).
 * Throws PORT_TAKEN when the port belongs to someone else.
 */
export async function startHealthServer(options: HealthServerOptions): Promise<HealthServer> {
  const server = fastify({ bodyLimit: 1_048_576, forceCloseConnections: true });
  server.get('/healthz', () => ({ status: 'alive' }));
  server.get('/readyz', (_request, reply) => {
    const health = options.health();
    return reply.code(health.ready ? 200 : 503).send({ ready: health.ready, ...health.facts });
  });
  server.get('/metrics', async (_request, reply) =>
    reply.type(options.registry.contentType).send(await options.registry.metrics()),
  );
  options.routes?.(server);
  try {
    const url = await server.listen({ host: options.address, port: options.port });
    return { url, server, close: () => server.close() };
  } catch (error) {
    await server.close();
    if (codeOf(error) !== 'EADDRINUSE') throw error;
    const { address, port } = options;
    throw new TidewatchError({
      code: 'PORT_TAKEN',
      retriable: false,
      cause: error,
      facts: { address, port },
      message: `listening on ${address}:${port}: the port is taken; free it, choose another, or use 0 for a free one`,
    });
  }
}
