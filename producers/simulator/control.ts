import type { FastifyInstance } from 'fastify';
import type { Simulation, StressRequest } from './core.js';
import { INCIDENT_NAMES } from './incident-kinds.js';

export interface ControlOptions {
  readonly simulation: Simulation;
  /** Returns the event time of the tick to come, ms. */
  readonly nextAt: () => number;
}

const FIELDS = ['kind', 'hosts', 'seconds', 'magnitude'] as const;

/**
 * Body of POST /stress. `propertyNames` stands beside `additionalProperties: false` because fastify by default takes
 * unknown properties out instead of refusing them; it is checked first.
 */
const STRESS_BODY = {
  type: 'object',
  required: ['kind'],
  additionalProperties: false,
  propertyNames: { enum: FIELDS },
  properties: {
    kind: { type: 'string', enum: INCIDENT_NAMES },
    hosts: {
      default: 'all',
      anyOf: [
        { type: 'string', const: 'all' },
        {
          type: 'array',
          minItems: 1,
          maxItems: 1_000,
          items: { type: 'string', minLength: 1, maxLength: 255 },
        },
      ],
    },
    seconds: { type: 'number', minimum: 1, maximum: 3_600, default: 30 },
    magnitude: { type: 'number', minimum: 0, maximum: 5, default: 1 },
  },
} as const;

/** Adds POST /stress and GET /incidents to a server. Answers: 202 booked, 400 not valid, 404 unknown host, 409 too many at once. */
export function addControl(server: FastifyInstance, options: ControlOptions): void {
  const { simulation } = options;
  // Only JSON: a web page cannot send that across origins without a preflight, which nobody answers here.
  server.removeContentTypeParser('text/plain');
  server.get('/incidents', () => ({ incidents: simulation.running() }));
  server.post<{ Body: StressRequest }>('/stress', { schema: { body: STRESS_BODY } }, (request, reply) => {
    const answer = simulation.stress(request.body, options.nextAt());
    switch (answer.kind) {
      case 'accepted': {
        const { incidents } = answer;
        const firstEventTime = Math.min(...incidents.map(({ from }) => from));
        return reply.code(202).send({ ids: incidents.map(({ id }) => id), firstEventTime, incidents });
      }
      case 'unknown-hosts': {
        const { unknown } = answer;
        return reply.code(404).send({
          code: 'UNKNOWN_HOST',
          message: `stressing hosts: there is no ${unknown.join(', ')}`,
          unknown,
          hosts: simulation.hostNames,
        });
      }
      case 'too-many':
        return reply.code(409).send({
          code: 'TOO_MANY_INCIDENTS',
          message: `stressing hosts: ${answer.host} has too many incidents waiting or going on`,
          hosts: [answer.host],
        });
    }
  });
}
