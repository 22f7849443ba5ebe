import { posix } from 'node:path';
import { importsOf, type ModuleImport } from './module-imports.js';

/** One breach of a rule of the repository, as it is shown. */
export type Breach = string;

/** Which rooms each room may import besides its own folder. Where a room is missing here, it may import everything. */
const MAY_IMPORT: Readonly<Record<string, readonly string[]>> = {
  schemas: [],
  detection: [],
  common: ['schemas'],
  producers: ['schemas', 'detection', 'common'],
  processors: ['schemas', 'detection', 'common'],
  sinks: ['schemas', 'detection', 'common'],
  jobs: ['schemas', 'detection', 'common'],
  serve: ['schemas', 'detection', 'common'],
  infra: ['schemas', 'common'],
};
/** Rooms whose folders are components that never import each other; files directly in the room are shared by them. */
const COMPONENT_ROOMS = new Set(['producers', 'processors', 'sinks', 'jobs', 'serve']);
/** Rooms that nothing of the product may lean on. */
const NEVER_IMPORTED = new Set(['tests', 'benchmarks']);

/** The only places that may load kafkajs: everybody else would get it without its patches. */
const LOADS_KAFKAJS = /^common\/kafka\/(client\.ts$|patches\/)/;
/** Built-in modules that pure mathematics may use: none that reads, writes or tells the time. */
const PURE_BUILTINS = new Set(['node:buffer']);

/** Returns the imports of a file that break the direction of imports. `path` is relative to the project, with slashes. */
export function importBreaches(path: string, source: string): Breach[] {
  return importsOf(source).flatMap((found) => {
    const reason = found.specifier.startsWith('.')
      ? relativeReason(path, posix.join(posix.dirname(path), found.specifier))
      : packageReason(path, found);
    return reason === null ? [] : [`${path}:${found.line} ${reason}`];
  });
}

function relativeReason(from: string, to: string): string | null {
  const [fromRoom, toRoom] = [roomOf(from), roomOf(to)];
  if (fromRoom === 'tests' || fromRoom === '') return null;
  if (NEVER_IMPORTED.has(toRoom) && fromRoom !== toRoom)
    return `imports ${to}: nothing may lean on ${toRoom}/`;
  const allowed = MAY_IMPORT[fromRoom];
  if (allowed === undefined || allowed.includes(toRoom)) return null;
  if (fromRoom !== toRoom)
    return `imports ${to}: ${fromRoom}/ may import ${allowed.join(', ') || 'nothing of ours'}`;
  if (!COMPONENT_ROOMS.has(fromRoom)) return null;
  const [fromComponent, toComponent] = [componentOf(from), componentOf(to)];
  if (toComponent === null || fromComponent === toComponent) return null;
  return `imports ${to}: components of ${fromRoom}/ never import each other`;
}

function packageReason(path: string, { specifier, typeOnly }: ModuleImport): string | null {
  const room = roomOf(path);
  const isKafkajs = specifier === 'kafkajs' || specifier.startsWith('kafkajs/');
  if (isKafkajs && !typeOnly && !LOADS_KAFKAJS.test(path) && !COMPARES_KAFKAJS.test(path))
    return 'loads kafkajs without its patches: get it from common/kafka/client.ts';
  const isImpure = specifier.startsWith('node:') && !PURE_BUILTINS.has(specifier);
  if (room === 'detection' && isImpure) return `imports ${specifier}: detection/ is pure`;
  if (specifier === 'node:process' || specifier === 'process')
    return 'imports the process: only a main.ts touches it, as the global';
  return null;
}

/** The patches' own tests look into kafkajs, to compare and to see whether a patch has reached it. */
const COMPARES_KAFKAJS = /^tests\/common\/kafka\/patches\//;

function roomOf(path: string): string {
  return path.includes('/') ? (path.split('/')[0] ?? '') : '';
}

function componentOf(path: string): string | null {
  const parts = path.split('/');
  return parts.length > 2 ? (parts[1] ?? null) : null;
}
