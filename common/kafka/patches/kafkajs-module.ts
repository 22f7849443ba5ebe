import { createRequire } from 'node:module';
import { TidewatchError } from '../../errors.js';

/** The only release of kafkajs that the patches were written for and tested with. It is the last one published. */
export const PATCHED_VERSION = '2.2.4';

const require = createRequire(import.meta.url);

/** Returns the exports of one of kafkajs's own modules, for example `consumer/offsetManager`. */
export function kafkajsInternal(path: string): unknown {
  return require(`kafkajs/src/${path}`);
}

const REPLACED = Symbol.for('tidewatch.replaced-module');

/**
 * Replaces the exports of one of kafkajs's own modules. Works only before the modules that use it are loaded, which is
 * why nothing but `client.ts` may load kafkajs: throws KAFKAJS_LOADED_EARLY when somebody did, because the patch would
 * silently do nothing. Replacing twice leaves the first replacement.
 */
export function replaceKafkajsModule(path: string, replacement: object): void {
  const file = require.resolve(`kafkajs/src/${path}`);
  require(file);
  const loaded = require.cache[file];
  if (loaded === undefined || Reflect.has(Object(loaded.exports), REPLACED)) return;
  if (require.cache[require.resolve('kafkajs')] !== undefined) {
    throw new TidewatchError({
      code: 'KAFKAJS_LOADED_EARLY',
      retriable: false,
      message: `patching kafkajs: it was loaded before ${path} was replaced; get kafkajs from common/kafka/client.ts only`,
      facts: { path },
    });
  }
  loaded.exports = Object.assign(replacement, { [REPLACED]: true });
}

/** Throws KAFKAJS_VERSION unless the installed kafkajs is exactly the one that the patches fit. */
export function assertPatchedVersion(): void {
  const { version } = require('kafkajs/package.json') as { version: string };
  if (version !== PATCHED_VERSION) {
    throw new TidewatchError({
      code: 'KAFKAJS_VERSION',
      retriable: false,
      message: `loading kafkajs: found ${version}, but delivery relies on patches written for ${PATCHED_VERSION}; run npm ci`,
      facts: { found: version, expected: PATCHED_VERSION },
    });
  }
}

/** Returns kafkajs itself, loaded after its parts have been replaced. */
export function loadKafkajs(): typeof import('kafkajs') {
  return require('kafkajs') as typeof import('kafkajs');
}
